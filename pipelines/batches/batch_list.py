"""The batches that have been received, what state each is in, and which one figures are made from.

Belongs here: reading what the archive says of each batch, and choosing. Does not belong here: receiving and staged rows
(``batches``), and the end of a batch (``retention``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from pipelines.contract import contract
from pipelines.danish import short_date
from pipelines.errors import UserError
from pipelines.layout import Output
from pipelines.receiving import archive
from pipelines.receiving.landing import redelivery_number
from pipelines.receiving.refusal import shown_name

CURRENT, SUPERSEDED, WITHDRAWN, EXPIRED = "gældende", "erstattet", "trukket tilbage", "udløbet"


@dataclass(frozen=True)
class Batch:
    """A batch that has been received, with its receipt and its state."""

    batch_id: str
    extract_date: date
    source_system: str
    manifest_sha256: str
    received_at: datetime
    state: str
    receipt: dict[str, Any]

    @property
    def is_synthetic(self) -> bool:
        """Whether the delivery says of itself that it is invented."""
        return "syntetisk" in self.source_system.casefold()

    @property
    def is_usable(self) -> bool:
        """Whether figures may be made from it."""
        return self.state in (CURRENT, SUPERSEDED)

    @property
    def order(self) -> tuple[date, int]:
        """Older batches sort first, a redelivery after what it replaces."""
        return self.extract_date, redelivery_number(self.batch_id)


def all_batches(output: Output) -> list[Batch]:
    """Return every batch received, oldest first."""
    return _with_states([read_batch(output, batch_id) for batch_id in archive.batch_ids(output)])


def _with_states(batches: Sequence[Batch]) -> list[Batch]:
    found = sorted(batches, key=lambda batch: batch.order)
    newest = {batch.extract_date: batch.batch_id for batch in found if batch.is_usable}
    return [
        batch
        if not batch.is_usable or newest[batch.extract_date] == batch.batch_id
        else replace(batch, state=SUPERSEDED)
        for batch in found
    ]


def earlier_lists(output: Output) -> Iterator[list[Batch]]:
    """Yield what ``all_batches`` may have been: before the deliveries that came last, one by one, and before batches
    that are expired or withdrawn today were that.
    """
    found = [read_batch(output, batch_id) for batch_id in archive.batch_ids(output)]
    by_time = sorted(found, key=lambda batch: batch.received_at)
    for count in range(len(by_time), 0, -1):
        for undone in ((), (EXPIRED,), (WITHDRAWN,), (EXPIRED, WITHDRAWN)):
            there = [replace(one, state=CURRENT) if one.state in undone else one for one in by_time[:count]]
            if not undone or any(one.state in undone for one in by_time[:count]):
                yield _with_states(there)


def read_batch(output: Output, batch_id: str) -> Batch:
    receipt = archive.read_paper(output, batch_id, archive.RECEIPT)
    assert receipt is not None
    rejudged = archive.read_paper(output, batch_id, archive.REJUDGED)
    state = CURRENT
    if archive.read_paper(output, batch_id, archive.EXPIRED):
        state = EXPIRED
    if archive.read_paper(output, batch_id, archive.WITHDRAWN):
        state = WITHDRAWN
    return Batch(
        batch_id=batch_id,
        extract_date=date.fromisoformat(receipt["extract_date"]),
        source_system=receipt["source_system"],
        manifest_sha256=receipt["manifest_sha256"],
        received_at=datetime.fromisoformat(receipt["received_at"]),
        state=state,
        receipt=receipt | (rejudged or {}),
    )


def receipts(batches: Iterable[Batch]) -> list[dict[str, Any]]:
    """Return each batch's receipt with its ``state``, in the order given."""
    return [{**batch.receipt, "state": batch.state} for batch in batches]


def find(output: Output, batch_id: str) -> Batch:
    """Return one batch; raises UserError when it has not been received."""
    return _named(all_batches(output), output, batch_id)


def _named(batches: Sequence[Batch], output: Output, batch_id: str) -> Batch:
    known = {batch.batch_id: batch for batch in batches}
    if batch_id not in known:
        names = ", ".join(known) or "ingen"
        raise UserError(
            f"Leverancen {shown_name(batch_id)} er ikke modtaget i {output.root}. Modtagne leverancer: {names}."
        )
    return known[batch_id]


def choose(
    output: Output, as_of: date | None = None, batch_id: str | None = None, *, among: Sequence[Batch] | None = None
) -> Batch:
    """Return the batch to assess: the one named, else the newest that may be used with an extract date by ``as_of``.

    ``among`` are the folder's batches when they have been read already.
    """
    batches = all_batches(output) if among is None else among
    if batch_id is not None:
        batch = _named(batches, output, batch_id)
        if not batch.is_usable:
            raise UserError(f"Leverancen {batch_id} er {batch.state} og kan ikke bruges. Vælg en anden med --batch.")
        return batch
    usable = [batch for batch in batches if batch.is_usable]
    if not usable:
        raise UserError(
            f"Der er ingen leverance at regne på i {output.root}. Læg en i mappen med leverancer, og kør igen."
        )
    in_time = [batch for batch in usable if as_of is None or batch.extract_date <= as_of]
    if not in_time:
        oldest, wanted = short_date(usable[0].extract_date), short_date(as_of or date.max)
        raise UserError(
            f"Ingen leverance er udtrukket den {wanted} eller før; den ældste er fra {oldest}. Vælg en senere dag med "
            "--as-of eller en leverance med --batch."
        )
    return in_time[-1]


def batch_before(output: Output, extract_date: date) -> Batch | None:
    """Return the newest usable batch of an earlier extract date."""
    earlier = [batch for batch in all_batches(output) if batch.is_usable and batch.extract_date < extract_date]
    return earlier[-1] if earlier else None


def is_same_content(receipt: dict[str, Any], checksums: dict[str, str]) -> bool:
    """Tell whether a delivery with these checksums is the one that the receipt is about."""
    received = {file["file"]: file["sha256"] for file in receipt["files"]}
    received[contract().manifest_file] = receipt["manifest_sha256"]
    return all(checksums.get(name) == checksum for name, checksum in received.items())
