"""Receiving deliveries: which folder of the landing folder becomes a batch, and in which order that happens.

Belongs here: the steps from a landing folder to a batch, and why one is refused. Does not belong here: reading
(``landing``), judging (``quarantine``), files (``archive``, ``judged_rows``), choosing a batch (``batch_list``), its
rows later on (``batch_rows``), removing what was received (``clearance``), the end of a batch (``retention``).

Whoever calls ``receive`` holds the output folder's lock (``locks.sole_run``).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from typing import Any

from pipelines import accounts, audit_trail, typesetting
from pipelines.batches.batch_list import all_batches, batch_before, find, is_same_content, read_batch
from pipelines.batches.batch_rows import file_facts, key_to_use, put_in_place, stage, write_rows
from pipelines.configuration import settings
from pipelines.contract import contract
from pipelines.danish import number, short_date
from pipelines.judging import plausibility, quarantine
from pipelines.judging.quarantine import JudgedFile
from pipelines.layout import Output
from pipelines.privacy.containment import contained
from pipelines.privacy.pseudonyms import PseudonymKey
from pipelines.receiving import archive
from pipelines.receiving import landing as landing_folder
from pipelines.receiving.landing import Delivery, Manifest
from pipelines.receiving.refusal import DeliveryRefused, shown_name

# As many characters as 128 bits in hexadecimal.
_GOOD_KEY = 32
# A delivery in another alphabet is told by its first places.
_MOST_NOTICES = 10


@dataclass
class ReceiveResult:
    """What came of the landing folder: batches loaded, refused and skipped (each with its Danish message).

    ``notices`` are what a user should know although nothing is wrong: columns and files that were kept out, a weak key.
    """

    loaded: list[str] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)
    skipped: list[tuple[str, str]] = field(default_factory=list)
    notices: list[tuple[str, str]] = field(default_factory=list)


def has_news(landing: Path, output: Output) -> bool:
    """Tell whether the landing folder has a delivery that is neither received nor already refused."""
    try:
        return any(_known_as(folder, output, allow_older=False) is None for folder in landing_folder.folders(landing))
    except OSError:
        return True  # receive says what cannot be read


def news(landing: Path, output: Output) -> tuple[list[Path], list[Path]]:
    """Return the folders that are neither received nor refused: the whole ones, and those still being copied."""
    now = time.time()
    whole: list[Path] = []
    copied: list[Path] = []
    for folder in landing_folder.folders(landing):
        if _known_as(folder, output, allow_older=False) is None:
            (copied if landing_folder.is_being_copied(folder, now) else whole).append(folder)
    return whole, copied


@contained
def receive(
    landing: Path,
    output: Output,
    *,
    allow_older: bool = False,
    accept_new_key: bool = False,
    only_whole: bool = False,
    progress: Callable[[str], None] = lambda text: None,
    on_loaded: Callable[[str], None] = lambda batch_id: None,
) -> ReceiveResult:
    """Receive every delivery of the landing folder that is new, oldest first; ``only_whole``: none still being copied.

    ``on_loaded`` is called with each one received, before the next. A refused one changes nothing and the others are
    received all the same. Raises UserError when nothing can be received at all (the pseudonym key is missing or another
    one).
    """
    result = ReceiveResult()
    key: PseudonymKey | None = None
    for folder in landing_folder.folders(landing):
        batch_id = shown_name(folder.name)
        if only_whole and landing_folder.is_being_copied(folder, time.time()):
            result.skipped.append((batch_id, "Leverancen er ved at blive kopieret; den modtages, når den er hel."))
            continue
        try:
            known = _known_as(folder, output, allow_older=allow_older)
        except OSError:
            unreadable = f"mappen {folder} kan ikke læses. Giv din konto læseadgang til den og dens filer."
            result.refused.append((batch_id, unreadable))
            continue
        if known is not None:
            result.skipped.append((batch_id, known))
            continue
        progress(batch_id)
        key = key or key_to_use(output, accept_new_key=accept_new_key)
        try:
            unprintable = _receive_one(folder, output, key, allow_older=allow_older, progress=progress)
        except DeliveryRefused as refusal:
            reason, message = refusal.reason, refusal.message
        else:
            result.loaded.append(batch_id)
            on_loaded(batch_id)
            notices = [*_notices(output, batch_id, key), *unprintable]
            result.notices += [(batch_id, notice) for notice in notices]
            continue
        _note_refused(folder, output, reason, message)
        result.refused.append((batch_id, message))
    return result


def _notices(output: Output, batch_id: str, key: PseudonymKey) -> Iterator[str]:
    receipt = find(output, batch_id).receipt
    for file in receipt["files"]:
        if file["unknown_columns"]:
            names = ", ".join(file["unknown_columns"][:10])
            yield f"{file['file']} har kolonner, som kontrakten ikke har; de er holdt ude: {names}."
    if receipt["unknown_files"]:
        yield f"Mappen har filer, som kontrakten ikke har; de er ikke læst: {', '.join(receipt['unknown_files'][:10])}."
    if len(key.secret) < _GOOD_KEY:
        yield f"Pseudonymnøglen er kort. Brug mindst {_GOOD_KEY} tilfældige tegn, ellers kan numrene gættes."


def _unprintable(judged: list[JudgedFile]) -> Iterator[str]:
    """Yield each place with characters that no font of the program has, so that the sender can be asked."""
    for part in judged:
        word = "række" if part.file.is_workbook else "linje"
        for column in part.file.columns:
            values = part.columns.get(column.stored_name, ()) if column.type in ("text", "email") else ()
            if "".join(value for value in values if value).isascii():
                continue
            for line, value in zip(part.lines, values, strict=True):
                if missing := typesetting.unprintable(value or ""):
                    signs = ", ".join(missing[:5]) + (" med flere" if len(missing) > 5 else "")
                    yield (
                        f"{part.file.name} {word} {number(line)}: kolonnen {column.name} har tegn, som "
                        f"ikke kan trykkes; i PDF-filer vises de som {signs}."
                    )


def _known_as(folder: Path, output: Output, *, allow_older: bool) -> str | None:
    """Return why the folder needs no reading ("" for a batch that is received); None when it is new."""
    is_received = (archive.batch_folder(output, folder.name) / archive.RECEIPT).exists()
    if not is_received and not archive.has_refused(output):
        return None
    checksums = landing_folder.checksums(folder)
    if is_received:
        batch = read_batch(output, folder.name)
        if is_same_content(batch.receipt, checksums):
            return "" if batch.is_usable else f"Leverancen er {batch.state}."
    refused = archive.refused_as(output, landing_folder.fingerprint(checksums))
    if refused is None or refused["conditions"] != _conditions():
        return None
    if refused["reason"] == "older_than_loaded":
        manifest = landing_folder.read_manifest(folder)
        if allow_older or not _is_older(output, manifest):
            return None
    return f"{refused['message']} (afvist den {short_date(datetime.fromisoformat(refused['refused_at']).date())})"


def _conditions() -> dict[str, Any]:
    """What a refusal depends on besides the bytes: when it changes, they are judged again."""
    return {"contract": contract().version, "program": version("god-loesladelse"), **settings().deliveries.model_dump()}


def _is_older(output: Output, manifest: Manifest) -> bool:
    return any(batch.is_usable and batch.extract_date > manifest.extract_date for batch in all_batches(output))


def _receive_one(
    folder: Path, output: Output, key: PseudonymKey, *, allow_older: bool, progress: Callable[[str], None]
) -> list[str]:
    """Receive one delivery; returns what in it cannot be printed (Danish). Raises DeliveryRefused."""
    manifest = landing_folder.read_manifest(folder)
    if folder.name in archive.batch_ids(output):
        raise DeliveryRefused(
            "changed_content",
            "nummeret er allerede indlæst med et andet indhold, og en indlæst leverance ændres ikke. Lever rettelsen "
            f"som {manifest.extract_date_text}-{_next_number(output, manifest)} (mappe og batch_id).",
        )
    if not allow_older and _is_older(output, manifest):
        newest = max(batch.extract_date for batch in all_batches(output) if batch.is_usable)
        raise DeliveryRefused(
            "older_than_loaded",
            f"udtræksdatoen {short_date(manifest.extract_date)} ligger før en leverance, der er indlæst "
            f"({short_date(newest)}). Brug --allow-older, hvis den skal med alligevel.",
        )
    delivery = landing_folder.read_delivery(folder, manifest)
    judged = quarantine.judge(landing_folder.tables(delivery, progress), manifest.date_format, key)
    # Nothing has been written so far; from here on the delivery is accepted.
    progress(f"{manifest.batch_id}: arkiverer")
    archive.store(output, delivery.contents.values())
    with archive.workspace(output) as work:
        warnings = write_rows(work / "staged", manifest, judged, key)
        for name, count in _recorded_late(output, work / "staged", manifest, judged).items():
            warnings[name]["recorded_late"] = count
        receipt = _receipt(delivery, judged, warnings, key)
        archive.commit_batch(output, work, manifest.batch_id, manifest.content, receipt)
        put_in_place(output, work / "staged", manifest.batch_id)
    audit_trail.record(
        output,
        "delivery_received",
        batch=manifest.batch_id,
        manifest_sha256=landing_folder.sha256(manifest.content),
        files={file.file.name: [file.rows, file.loaded] for file in judged},
    )
    return list(islice(_unprintable(judged), _MOST_NOTICES))


def _next_number(output: Output, manifest: Manifest) -> int:
    taken = [batch for batch in archive.batch_ids(output) if batch[:10] == manifest.extract_date_text]
    return max(map(landing_folder.redelivery_number, taken)) + 1


def _receipt(
    delivery: Delivery, judged: list[JudgedFile], warnings: dict[str, dict[str, int]], key: PseudonymKey
) -> dict[str, Any]:
    manifest = delivery.manifest
    return {
        "batch_id": manifest.batch_id,
        "extract_date": manifest.extract_date_text,
        "source_system": manifest.source_system,
        "encoding": manifest.encoding,
        "date_format": manifest.date_format,
        "received_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "received_by": accounts.current(),
        "manifest_sha256": landing_folder.sha256(manifest.content),
        "key_id": key.key_id,
        "contract_version": contract().version,
        "unknown_files": delivery.unknown_files,
        "files": file_facts(manifest, judged, warnings),
    }


def _note_refused(folder: Path, output: Output, reason: str, message: str) -> None:
    note = {
        "batch_id": shown_name(folder.name),
        "reason": reason,
        "message": message,
        "refused_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "conditions": _conditions(),
    }
    try:
        fingerprint = landing_folder.fingerprint(landing_folder.checksums(folder))
    except OSError:  # what cannot be read cannot be known again: it is judged anew the next time
        audit_trail.record(output, "delivery_refused", batch=note["batch_id"], reason=reason, fingerprint=None)
        return
    audit_trail.record(output, "delivery_refused", batch=note["batch_id"], reason=reason, fingerprint=fingerprint)
    archive.note_refused(output, fingerprint, note)


def _recorded_late(output: Output, staged: Path, manifest: Manifest, judged: list[JudgedFile]) -> dict[str, int]:
    before = batch_before(output, manifest.extract_date)
    if before is None:
        return {}
    files = [part.file for part in judged]
    return plausibility.recorded_late(staged, stage(output, before.batch_id), before.extract_date.isoformat(), files)
