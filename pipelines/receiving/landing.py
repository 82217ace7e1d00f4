"""A delivery in the landing folder: its manifest and its files, read once and checked before anything else.

Belongs here: the manifest, sizes, checksums, which files there are; and the order in which a file's checks are made.
Does not belong here: the inside of a csv file (``csv_reading``) or a workbook (``workbook_reading``), and judging rows.

Bytes are read once; what was checked is what is parsed and archived. Nothing is guessed: encoding, date format and
dialect are declared. Nothing heavy is imported, so that a delivery is refused within the time of the reading.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

from pipelines.configuration import settings
from pipelines.contract import contract
from pipelines.privacy.civil_registration import contains_number
from pipelines.receiving import csv_reading, workbook_reading
from pipelines.receiving.raw_table import RawTable
from pipelines.receiving.refusal import DeliveryRefused, number, shown_name

_BATCH_ID = re.compile(r"(\d{4}-\d{2}-\d{2})(?:-([2-9]|[1-9]\d{1,2}))?", re.ASCII)
# No file that is received has as many; a count beyond it is a mistake, and no figure to reckon with.
_MOST_ROWS = 999_999_999
_COPYING_SECONDS, _GIVEN_UP_SECONDS = 120, 1800
_SHA256 = re.compile(r"[0-9a-fA-F]{64}")


@dataclass(frozen=True)
class ManifestEntry:
    """One file as the manifest has it."""

    file: str
    rows: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """The manifest of a delivery, checked."""

    batch_id: str
    extract_date: date
    source_system: str
    encoding: str
    date_format: str
    entries: dict[str, ManifestEntry]
    content: bytes
    extract_date_text: str


@dataclass
class Delivery:
    """A delivery read whole: its manifest, the bytes of each file of the contract, and files nobody asked for."""

    manifest: Manifest
    contents: dict[str, bytes]
    unknown_files: list[str]


def redelivery_number(batch_id: str) -> int:
    """Return 1 for ``2026-09-30``, 2 for ``2026-09-30-2``."""
    return int(batch_id[11:] or 1)


def is_batch_id(text: str) -> bool:
    """Tell whether the text is an extract date, with or without the number of a redelivery."""
    return _BATCH_ID.fullmatch(text) is not None


def sha256(data: bytes) -> str:
    """Return the checksum in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def fingerprint(sums: dict[str, str]) -> str:
    """Return one checksum over the names and checksums of a folder's files."""
    return sha256(json.dumps(sums, sort_keys=True).encode())


def folders(landing: Path) -> list[Path]:
    """Return the folders that are deliveries, oldest extract date first, a redelivery after what it replaces."""
    found = [folder for folder in landing.iterdir() if folder.is_dir() and not folder.name.startswith(".")]

    def order(folder: Path) -> tuple[bool, str, int, str]:
        known = is_batch_id(folder.name)
        return (not known, folder.name[:10], redelivery_number(folder.name) if known else 0, folder.name)

    return sorted(found, key=order)


def is_being_copied(folder: Path, now: float) -> bool:
    """Whether somebody still copies into the folder, at a moment in seconds since 1970.

    It was changed within the last two minutes, or within the last half hour and has no manifest or not all the files
    that its manifest names. One left alone for longer will not be whole by itself: it is for ``read_delivery`` to say
    what it lacks.
    """
    try:
        rest = now - max(path.lstat().st_ctime for path in (folder, *folder.iterdir()))
    except FileNotFoundError:
        return True  # something was taken away or renamed this moment
    return rest < _COPYING_SECONDS or (rest < _GIVEN_UP_SECONDS and not _has_named_files(folder))


def _has_named_files(folder: Path) -> bool:
    try:
        named = [entry["file"] for entry in json.loads((folder / "manifest.json").read_bytes())["files"]]
        return all((folder / name).exists() for name in named)
    except (OSError, ValueError, LookupError, TypeError):
        return False


def checksums(folder: Path) -> dict[str, str]:
    """Return the checksum of each regular file in the folder, also when it is no sound delivery; reads in pieces."""
    found = {}
    for path in folder.iterdir():
        with contextlib.suppress(FileNotFoundError):  # it was there a moment ago, and is no part of the delivery now
            if stat.S_ISREG(path.lstat().st_mode):
                with path.open("rb") as file:
                    found[path.name] = hashlib.file_digest(file, "sha256").hexdigest()
    return found


# ---- manifest -------------------------------------------------------------------------------------------------------


def read_manifest(folder: Path) -> Manifest:
    """Read and check the manifest; raises DeliveryRefused."""
    agreed = contract()
    limit = agreed.limits.manifest_bytes
    content = _read(folder / agreed.manifest_file, limit, "manifest_missing", "manifest.json")
    if content is None:
        raise DeliveryRefused("manifest_missing", "manifest.json mangler i mappen. Læg den i, og lever igen.")
    fields = _json_object(content)
    missing = [name for name in agreed.manifest_fields if name not in fields]
    if missing:
        raise DeliveryRefused("manifest_missing", f"manifest.json mangler feltet {', '.join(missing)}. Tilføj det.")
    extract_date = _extract_date(fields["extract_date"])
    batch_id = _text(fields, "batch_id")
    if batch_id != folder.name:
        _bad_field("batch_id", "skal være det samme som mappens navn")
    match = _BATCH_ID.fullmatch(batch_id)
    if match is None or match.group(1) != fields["extract_date"]:
        _bad_field("batch_id", "skal være udtræksdatoen, ved en genlevering med -2, -3 og så videre efter")
    source_system = _text(fields, "source_system")
    if len(source_system) > 200 or not source_system.isprintable() or contains_number(source_system):
        _bad_field("source_system", "skal være et kort navn på kildesystemet")
    encoding, date_format = _text(fields, "encoding"), _text(fields, "date_format")
    if encoding not in agreed.encodings:
        _bad_field("encoding", f"skal være {' eller '.join(agreed.encodings)}")
    if date_format not in agreed.date_formats:
        _bad_field("date_format", f"skal være {' eller '.join(agreed.date_formats)}")
    return Manifest(
        batch_id=batch_id,
        extract_date=extract_date,
        source_system=source_system,
        encoding=encoding,
        date_format=date_format,
        entries=_entries(fields["files"]),
        content=content,
        extract_date_text=extract_date.isoformat(),
    )


def _json_object(content: bytes) -> dict[str, Any]:
    def without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(dict(pairs)) != len(pairs):
            raise ValueError
        return dict(pairs)

    try:
        fields = json.loads(content.decode("utf-8-sig"), object_pairs_hook=without_repeats)
    except (ValueError, RecursionError):
        fields = None
    if not isinstance(fields, dict):
        raise DeliveryRefused(
            "manifest_missing",
            "manifest.json kan ikke læses. Den skal være ét JSON-objekt i UTF-8, hvert felt én gang.",
        )
    return fields


def _text(fields: dict[str, Any], name: str) -> str:
    value = fields[name]
    if not isinstance(value, str) or not value.strip():
        _bad_field(name, "skal være en tekst")
    return str(value)


def _extract_date(value: Any) -> date:
    limits = contract().limits
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII):
        try:
            day = date.fromisoformat(value)
        except ValueError:
            pass
        else:
            if limits.earliest_date <= value <= limits.latest_date:
                return day
    _bad_field("extract_date", "skal være en dato som 2026-09-30")


def _entries(value: Any) -> dict[str, ManifestEntry]:
    if not isinstance(value, list):
        _bad_field("files", "skal være en liste over filerne")
    entries: dict[str, ManifestEntry] = {}
    for place, item in enumerate(value, start=1):
        if not isinstance(item, dict):
            _bad_field("files", f"nr. {place} skal have file, rows og sha256")
        name, rows, checksum = item.get("file"), item.get("rows"), item.get("sha256")
        is_count = isinstance(rows, int) and not isinstance(rows, bool) and 0 <= rows <= _MOST_ROWS
        is_sum = isinstance(checksum, str) and _SHA256.fullmatch(checksum) is not None
        if not isinstance(name, str) or not name or not is_count or not is_sum:
            _bad_field(
                "files", f"nr. {place} skal have file (navn), rows (antal under en milliard) og sha256 (64 tegn)"
            )
        if "/" in name or "\\" in name or "\0" in name or ":" in name or name in (".", "..") or name.startswith("~"):
            raise DeliveryRefused(
                "unsafe_file", f"manifest.json: filnavn nr. {place} er en sti. Skriv kun filens navn, uden mapper."
            )
        if name in entries:
            _bad_field("files", f"nævner {shown_name(name)} to gange")
        entries[name] = ManifestEntry(name, int(str(rows)), str(checksum).lower())
    return entries


def _bad_field(name: str, rule: str) -> NoReturn:
    raise DeliveryRefused("manifest_missing", f"manifest.json: feltet {name} {rule}. Ret det, og lever igen.")


# ---- files ----------------------------------------------------------------------------------------------------------


def read_delivery(folder: Path, manifest: Manifest) -> Delivery:
    """Read every file of the contract once and check its checksum; raises DeliveryRefused."""
    agreed = contract()
    most = settings().deliveries.largest_file_megabytes * 1_000_000
    contents: dict[str, bytes] = {}
    for file in agreed.files:
        entry = manifest.entries.get(file.name)
        if entry is None:
            if (folder / file.name).exists():
                raise DeliveryRefused(
                    "file_missing", f"{file.name} ligger i mappen, men er ikke nævnt i manifest.json."
                )
            if file.is_required(manifest.extract_date):
                raise DeliveryRefused("file_missing", f"{file.name} er ikke nævnt i manifest.json. Lever alle filer.")
            continue
        data = _read(folder / file.name, most, "unsafe_file", file.name)
        if data is None:
            raise DeliveryRefused("file_missing", f"{file.name} er nævnt i manifest.json, men ligger ikke i mappen.")
        found = sha256(data)
        if found != entry.sha256:
            raise DeliveryRefused(
                "checksum_mismatch",
                f"{file.name}: filens sha256 er {found[:12]}..., men manifest.json siger {entry.sha256[:12]}.... "
                "Filen er ændret eller kun delvist overført; overfør den igen.",
            )
        contents[file.name] = data
    known = {agreed.manifest_file, *(file.name for file in agreed.files)}
    try:
        present = {path.name for path in folder.iterdir()}
    except OSError:
        raise DeliveryRefused("file_missing", "mappen forsvandt, mens den blev læst. Lever den igen.") from None
    unknown = sorted((present | set(manifest.entries)) - known)
    return Delivery(manifest, contents, [shown_name(name) for name in unknown])


def _read(path: Path, most: int, reason: str, name: str) -> bytes | None:
    """Return the bytes of a regular file (no link, no device), or None when there is none."""
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    except FileNotFoundError:
        return None
    except OSError:
        raise DeliveryRefused(
            reason, f"{name} kan ikke læses: det er et link, eller programmet har ikke adgang. Lever en almindelig fil."
        ) from None
    information = os.fstat(descriptor)
    if not stat.S_ISREG(information.st_mode):
        os.close(descriptor)
        raise DeliveryRefused(reason, f"{name} er ikke en almindelig fil. Lever en fil, og flyt det, der ligger dér.")
    with os.fdopen(descriptor, "rb") as file:
        try:
            if information.st_size <= most and len(data := file.read(most + 1)) <= most:
                return data
        except OSError:
            raise DeliveryRefused(reason, f"{name} kan ikke læses til ende. Overfør filen igen.") from None
    raise DeliveryRefused(reason, f"{name} er over {number(most // 1_000_000)} MB, som er det største, der modtages.")


def tables(delivery: Delivery, step: Callable[[str], None] = lambda text: None) -> Iterator[RawTable]:
    """Yield each file as a table of text, in the contract's order; raises DeliveryRefused at the first unfit one."""
    manifest = delivery.manifest
    for file in contract().files:
        if file.name not in delivery.contents:
            continue
        step(f"{manifest.batch_id}: {file.name}")
        expected = manifest.entries[file.name].rows
        data = delivery.contents[file.name]
        agreed_then = file.of(manifest.extract_date)
        if file.is_workbook:
            table = workbook_reading.read(agreed_then, data, manifest.date_format, expected)
        else:
            table = csv_reading.read(agreed_then, data, manifest.encoding)
        table.file = file
        if table.rows != expected:
            raise DeliveryRefused(
                "row_count_mismatch",
                f"{file.name} har {number(table.rows)} rækker, men manifest.json siger {number(expected)}. "
                "Lever filen hel, og tæl rækkerne uden overskriften.",
            )
        yield table
