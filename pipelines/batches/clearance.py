"""Clearing the landing folder: what is safely in the archive is removed from where it was delivered.

Belongs here: when a delivery may be removed, and finishing what a killed run left. Does not belong here: receiving.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from pipelines import audit_trail
from pipelines.batches.batch_list import is_same_content, read_batch
from pipelines.errors import UserError
from pipelines.layout import Output
from pipelines.receiving import archive
from pipelines.receiving import landing as landing_folder
from pipelines.receiving.refusal import shown_name

# A delivery being removed from the landing folder; a name with a dot in front is no delivery.
_LEAVING = ".modtaget-"


def clear_landing(landing: Path, output: Output) -> list[str]:
    """Remove from the landing folder each delivery whose every byte is safely in the archive; return their ids."""
    removed = finish_clearing(landing, output)
    for folder in _received(landing, output):
        batch = read_batch(output, folder.name)
        checksums = landing_folder.checksums(folder)
        kept = all(archive.is_kept(output, file["sha256"], file["file"]) for file in batch.receipt["files"])
        if not is_same_content(batch.receipt, checksums) or not kept:
            continue
        try:  # out of sight first: half a delivery is never seen
            folder.rename(folder.with_name(f"{_LEAVING}{folder.name}"))
        except OSError:
            raise _not_cleared(folder) from None
        removed += finish_clearing(landing, output)
    return removed


def finish_clearing(landing: Path, output: Output) -> list[str]:
    """Delete the deliveries that have been moved out of sight, also those a killed run did not come to delete."""
    finished = []
    for folder in sorted(landing.glob(f"{_LEAVING}*")):
        batch_id = shown_name(folder.name.removeprefix(_LEAVING))
        audit_trail.record(output, "landing_cleared", batch=batch_id)
        try:
            shutil.rmtree(folder)
        except OSError:
            raise _not_cleared(folder) from None
        finished.append(batch_id)
    return finished


def is_cleared(landing: Path, output: Output, *, of_received: bool) -> bool:
    """Whether nothing is half cleared and, when asked for, no received delivery is left in the landing folder."""
    if next(landing.glob(f"{_LEAVING}*"), None) is not None:
        return False
    return not of_received or next(_received(landing, output), None) is None


def _received(landing: Path, output: Output) -> Iterator[Path]:
    for folder in landing_folder.folders(landing):
        if (archive.batch_folder(output, folder.name) / archive.RECEIPT).exists():
            yield folder


def _not_cleared(folder: Path) -> UserError:
    return UserError(f"Mappen {folder} kan ikke slettes. Giv din konto skriveadgang til {folder.parent}.")
