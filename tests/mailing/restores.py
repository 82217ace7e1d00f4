"""Putting back, emptying and losing what is known of a mailing, as accidents with backups do.

Belongs here: the places and the accidents. Does not belong here: what the program must do then (``test_agreement.py``,
``benchmarks/mail_restores.py``).
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Collection
from pathlib import Path

from pipelines.layout import Output
from pipelines.mailing.record import journal, witnesses

#: What can be put back on its own: its name, and its files.
PLACES: dict[str, Callable[[Output], list[Path]]] = {
    "ledger": lambda output: sorted(output.mailing.glob("ledger.sqlite*")),
    "journal": lambda output: [file for file in [journal.path(output)] if file.exists()],
    "outbox": lambda output: sorted(output.mailing.glob(f"*/{witnesses.ANSWERS}")),
    "audit trail": lambda output: [file for file in [output.audit_log] if file.exists()],
}


def save(output: Output, to: Path) -> Path:
    """Copy every place to a folder, as a backup does; return that folder."""
    for name, files in PLACES.items():
        for file in files(output):
            target = to / name / _key(output, name, file)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(file, target)
    return to


def put_back(output: Output, backup: Path, places: Collection[str]) -> None:
    """Let the places be as they were saved; what was not there then is not there afterwards."""
    lose(output, places)
    for name in places:
        for file in sorted((backup / name).rglob("*")):
            if file.is_file():
                relative = file.relative_to(backup / name)
                target = journal.path(output) if name == "journal" else output.root / relative
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(file, target)


def lose(output: Output, places: Collection[str]) -> None:
    """Delete the places."""
    for name in places:
        for file in PLACES[name](output):
            file.unlink()


def empty(output: Output, places: Collection[str]) -> None:
    """Leave the places' files without a byte."""
    for name in places:
        for file in PLACES[name](output):
            file.write_bytes(b"")


def _key(output: Output, name: str, file: Path) -> Path:
    return Path(file.name) if name == "journal" else file.relative_to(output.root)
