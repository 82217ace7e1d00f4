"""The end of a batch: withdrawn with a reason, or expired when its time is up.

Belongs here: those two and the rules for them. Does not belong here: receiving and choosing (``batches``).
A withdrawal marks and deletes nothing. An expiry deletes received bytes and staged rows, and keeps manifest, checksums
and quality figures. Whoever calls holds the output folder's lock.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

from pipelines import accounts, audit_trail
from pipelines.batches import batch_list
from pipelines.batches.batch_list import WITHDRAWN, Batch
from pipelines.configuration import settings
from pipelines.errors import UserError
from pipelines.layout import Output
from pipelines.privacy.civil_registration import contains_number
from pipelines.receiving import archive


@dataclass(frozen=True)
class Expiry:
    """What an expiry removes, or would remove: batches, and bytes that no other batch needs."""

    batches: list[Batch]
    kept_as_newest: Batch | None
    objects: list[tuple[str, int]]

    @property
    def size(self) -> int:
        """Bytes removed from the archive, as compressed there."""
        return sum(size for _, size in self.objects)


def withdraw(output: Output, batch_id: str, reason: str) -> Batch:
    """Mark a batch as withdrawn, so that no figure is made from it any more; raises UserError when it cannot be."""
    batch = batch_list.find(output, batch_id)
    if batch.state == WITHDRAWN:
        raise UserError(f"Leverancen {batch_id} er allerede trukket tilbage.")
    reason = reason.strip()
    if not reason:
        raise UserError("Skriv en begrundelse efter --reason; den gemmes sammen med leverancen.")
    if contains_number(reason):
        raise UserError("Begrundelsen indeholder noget, der ligner et personnummer. Skriv den uden.")
    facts = {"reason": reason, "withdrawn_at": _now(), "withdrawn_by": accounts.current()}
    archive.add_paper(output, batch_id, archive.WITHDRAWN, facts)
    audit_trail.record(
        output, "delivery_withdrawn", batch=batch_id, reason=reason, manifest_sha256=batch.manifest_sha256
    )
    return batch_list.find(output, batch_id)


def expire(output: Output, today: date, *, months: int | None = None, dry_run: bool = True) -> Expiry:
    """Remove received bytes and staged rows of batches received more than N months ago (default: from the settings).

    The newest usable batch stays whatever its age, since without it no figure could be made. Bytes that a killed run
    left without a batch go too.
    """
    months = settings().retention.months if months is None else months
    if months < 1:
        raise UserError("Antallet af måneder skal være mindst 1.")
    everything = batch_list.all_batches(output)
    usable = [batch for batch in everything if batch.is_usable]
    newest = usable[-1] if usable else None
    limit = _months_before(today, months)
    over = [batch for batch in everything if _has_bytes(output, batch) and batch.received_at.date() < limit]
    leaving = [batch for batch in over if newest is None or batch.batch_id != newest.batch_id]
    staying = [batch for batch in everything if _has_bytes(output, batch) and batch not in leaving]
    used = {checksum for batch in staying for checksum in _checksums(batch)}
    if not dry_run:
        for batch in leaving:  # marked first: a killed expiry is finished by the next one
            facts = {"expired_at": _now(), "expired_by": accounts.current(), "months": months}
            archive.add_paper(output, batch.batch_id, archive.EXPIRED, facts)
            audit_trail.record(output, "delivery_expired", batch=batch.batch_id, manifest_sha256=batch.manifest_sha256)
        for batch in everything:
            if not _has_bytes(output, batch):
                shutil.rmtree(output.staged / batch.batch_id, ignore_errors=True)
    objects = archive.remove_unused(output, used, dry_run=True)
    if objects and not dry_run:
        audit_trail.record(output, "bytes_removed", objects=[checksum for checksum, _ in objects])
        archive.remove_unused(output, used, dry_run=False)
    return Expiry(leaving, newest if newest in over else None, objects)


def _has_bytes(output: Output, batch: Batch) -> bool:
    # A withdrawn batch may have expired as well; its state says only the former.
    return archive.read_paper(output, batch.batch_id, archive.EXPIRED) is None


def _checksums(batch: Batch) -> Iterator[str]:
    for file in batch.receipt["files"]:
        yield file["sha256"]


def _months_before(day: date, months: int) -> date:
    index = day.year * 12 + day.month - 1 - months
    for last in (day.day, 30, 29, 28):
        try:
            return date(index // 12, index % 12 + 1, last)
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
