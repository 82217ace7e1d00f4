"""Received bytes and what is known of each batch, on disk so that a kill or a power cut leaves no half of anything.

Belongs here: files, folders, renames, what is where. Does not belong here: what a batch is chosen for (``batches``).

A file's bytes lie once, by checksum, compressed and read-only. A batch's folder appears by one rename, after the bytes
it needs; until then the batch has not been received. What happens to it later is a further file, never a change.
"""

from __future__ import annotations

import contextlib
import gzip
import json
import shutil
import tempfile
import zlib
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from pipelines.durable_files import make_folder, protect, sync_folder, write_file, write_json
from pipelines.errors import UserError
from pipelines.layout import Output
from pipelines.receiving.landing import sha256

RECEIPT, MANIFEST, WITHDRAWN, EXPIRED, REJUDGED = (
    "receipt.json",
    "manifest.json",
    "withdrawn.json",
    "expired.json",
    "rejudged.json",
)


# ---- bytes ----------------------------------------------------------------------------------------------------------


def object_file(output: Output, checksum: str) -> Path:
    """Return where the bytes with this checksum lie."""
    return output.archive / "objects" / checksum[:2] / f"{checksum}.gz"


def store(output: Output, contents: Iterable[bytes]) -> None:
    """Keep the bytes of some files; those already kept are not written again."""

    def store_one(content: bytes) -> None:
        file = object_file(output, sha256(content))
        if not file.exists():
            make_folder(file.parent)
            write_file(file, gzip.compress(content, compresslevel=1, mtime=0), mode=0o400)

    make_folder(output.archive / "objects")
    with ThreadPoolExecutor(2) as pool:  # compressing releases the interpreter
        list(pool.map(store_one, contents))
    sync_folder(output.archive / "objects")


def fetch(output: Output, checksum: str, name: str) -> bytes:
    """Return the kept bytes; raises UserError when they are gone or not what was received."""
    content = None
    try:
        content = gzip.decompress(object_file(output, checksum).read_bytes())
    except (OSError, EOFError, zlib.error):
        content = None
    if content is None or sha256(content) != checksum:
        raise UserError(
            f"De modtagne bytes af {name} ({checksum[:12]}...) mangler i arkivet eller er beskadiget. Læg arkivet "
            "tilbage fra sikkerhedskopien, eller lever filen igen."
        )
    return content


def is_kept(output: Output, checksum: str, name: str) -> bool:
    """Tell whether the bytes are in the archive and sound."""
    try:
        fetch(output, checksum, name)
    except UserError:
        return False
    return True


def remove_unused(output: Output, used: set[str], *, dry_run: bool) -> list[tuple[str, int]]:
    """Remove bytes that no batch uses; return their checksums and sizes."""
    removed = []
    for file in sorted((output.archive / "objects").glob("*/*.gz")):
        checksum = file.name.removesuffix(".gz")
        if checksum not in used:
            removed.append((checksum, file.stat().st_size))
            if not dry_run:
                file.unlink()
    return removed


# ---- batches --------------------------------------------------------------------------------------------------------


def batch_folder(output: Output, batch_id: str) -> Path:
    """Return the folder of one batch's papers."""
    return output.archive / "batches" / batch_id


def batch_ids(output: Output) -> list[str]:
    """Return every batch that has been received."""
    folder = output.archive / "batches"
    return sorted(file.parent.name for file in folder.glob(f"*/{RECEIPT}")) if folder.exists() else []


def commit_batch(output: Output, work: Path, batch_id: str, manifest: bytes, receipt: dict[str, Any]) -> None:
    """Let the batch be received: its folder appears whole, by one rename. Its bytes must be stored before."""
    unfinished = make_folder(work / "batch")
    write_file(unfinished / MANIFEST, manifest, mode=0o400)
    write_json(unfinished / RECEIPT, receipt)
    batches = make_folder(output.archive / "batches")
    unfinished.rename(batches / batch_id)
    sync_folder(batches)


def read_paper(output: Output, batch_id: str, name: str) -> dict[str, Any] | None:
    """Return one of a batch's papers, None when there is none."""
    file = batch_folder(output, batch_id) / name
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError):
        content = None
    if not isinstance(content, dict):
        raise UserError(f"{file} er beskadiget. Læg arkivet tilbage fra sikkerhedskopien.")
    return content


def add_paper(output: Output, batch_id: str, name: str, content: dict[str, Any]) -> None:
    """Add a paper to a batch."""
    write_json(batch_folder(output, batch_id) / name, content)


# ---- refused deliveries ---------------------------------------------------------------------------------------------


def note_refused(output: Output, fingerprint: str, content: dict[str, Any]) -> None:
    """Remember why these bytes were refused; the bytes themselves are not kept."""
    write_json(make_folder(output.archive / "refused") / f"{fingerprint}.json", content)


def refused_as(output: Output, fingerprint: str) -> dict[str, Any] | None:
    """Return what is remembered of these bytes."""
    try:
        content = json.loads((output.archive / "refused" / f"{fingerprint}.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return content if isinstance(content, dict) else None


def has_refused(output: Output) -> bool:
    """Tell whether any delivery has been refused."""
    folder = output.archive / "refused"
    return folder.exists() and any(folder.iterdir())


# ---- pseudonym key in use -------------------------------------------------------------------------------------------


def key_in_use(output: Output) -> str | None:
    """Return the id of the pseudonym key that the batches are staged with."""
    file = output.archive / "key_id"
    return file.read_text(encoding="ascii").strip() if file.exists() else None


def use_key(output: Output, key_id: str) -> None:
    """Note the id of the pseudonym key from now on."""
    write_file(make_folder(output.archive) / "key_id", f"{key_id}\n".encode())


# ---- unfinished work ------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def workspace(output: Output) -> Iterator[Path]:
    """Give a folder for unfinished work, removed at the end; what a killed run leaves, the next run's lock removes."""
    folder = Path(tempfile.mkdtemp(prefix="receive-", dir=make_folder(output.work)))
    protect(folder)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
