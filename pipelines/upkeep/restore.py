"""Putting a backup back: read and compared first, made beside, compared again, moved into place by a rename.

Belongs here: that, and the mailing's journal, which never goes back in time. Does not belong here: making a backup
(``backup``).

Nothing is deleted: a folder that is in the way is renamed and stays. What is one file under many names in the backup is
one in the output folder. What a backup leaves out (the warehouse above all) is built anew by the next run, from the
received bytes.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from pipelines import audit_trail, durable_files, locks
from pipelines.errors import UserError
from pipelines.layout import Output
from pipelines.mailing import matters
from pipelines.mailing.record import journal
from pipelines.upkeep import backup_contents
from pipelines.upkeep.backup_contents import JOURNAL, OUTPUT, Backup

EVENT = "restored"


@dataclass(frozen=True)
class Restored:
    """What was put back: the backup, where the folder that was in the way lies now, what was done about the journal."""

    backup: Backup
    aside: Path | None
    about_journal: str


def restore(folder: Path, output: Output, *, replace_existing: bool = False) -> Restored:
    """Put a backup back as the output folder; raises UserError when it is damaged, or when something is in the way.

    ``replace_existing`` lets a folder that is there be moved aside. Its lock is taken first, so that no run is cut off.
    """
    backup = backup_contents.read(folder.resolve())
    problems = backup_contents.differences(backup)
    if problems:
        raise UserError(
            f"Sikkerhedskopien {folder} er ikke hel: {len(problems)} afvigelser, den første: {problems[0]}. Intet er "
            "ændret. Brug en anden."
        )
    root = output.root
    is_in_the_way = root.exists() and (not root.is_dir() or any(root.iterdir()))
    if is_in_the_way and not replace_existing:
        raise UserError(
            f"{root} findes og er ikke tom. Med --replace flyttes den til side (intet slettes), og sikkerhedskopien "
            "tages i brug."
        )
    unfinished = root.with_name(f".{root.name}.genoprettes")
    with locks.sole_run(output) if root.is_dir() and is_in_the_way else contextlib.nullcontext():
        durable_files.make_folder(root.parent)
        if unfinished.exists():
            locks.remove_tree(unfinished)
        try:
            _put_back(backup, unfinished)
            aside = _swap(unfinished / OUTPUT, root)
        finally:
            if unfinished.exists():
                locks.remove_tree(unfinished)
        about_journal = _put_journal_back(backup, output)
    audit_trail.record(
        output,
        EVENT,
        backup=backup.folder.name,
        made_at=backup.made_at.isoformat(),
        aside=aside.name if aside else None,
    )
    return Restored(backup, aside, about_journal)


def _put_back(backup: Backup, unfinished: Path) -> None:
    needed = backup_contents.room_for(backup.folder / entry.path for entry in backup.entries)
    free = shutil.disk_usage(unfinished.parent).free
    if needed > free:
        raise UserError(f"Der er ikke plads i {unfinished.parent}: {needed // 1_000_000 + 1} MB skal bruges.")
    durable_files.make_folder(unfinished / OUTPUT)
    once: dict[tuple[int, int], Path] = {}
    for entry in backup.entries:
        if not entry.path.startswith(f"{OUTPUT}/"):
            continue
        place = unfinished / entry.path
        durable_files.make_folder(place.parent)
        if entry.leads_to:
            place.symlink_to(entry.leads_to)
            continue
        copied = backup.folder / entry.path
        known = once.get(backup_contents.place_of(copied))
        if known is not None:
            with contextlib.suppress(OSError):  # a drive without such links, or with as many as it allows
                os.link(known, place)
                continue
        descriptor = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with copied.open("rb") as source, os.fdopen(descriptor, "wb") as target:
            shutil.copyfileobj(source, target)
            target.flush()
            os.fsync(descriptor)
        place.chmod(entry.mode)
        if backup_contents.may_have_more_names(copied):
            once[backup_contents.place_of(copied)] = place
    for folder in (path for path in (backup.folder / OUTPUT).rglob("*") if path.is_dir() and not path.is_symlink()):
        durable_files.make_folder(unfinished / folder.relative_to(backup.folder))
        (unfinished / folder.relative_to(backup.folder)).chmod(stat.S_IMODE(folder.stat().st_mode))
    own = tuple(entry for entry in backup.entries if entry.path.startswith(f"{OUTPUT}/"))
    wrong = backup_contents.differences(replace(backup, entries=own), unfinished)
    if wrong:
        raise UserError(f"Genopretningen blev ikke hel på disken ({wrong[0]}). Det hidtidige er uændret.")
    for path in sorted(unfinished.rglob("*"), reverse=True):
        if durable_files.operators_group() is not None and not path.is_symlink():
            durable_files.protect(path)  # the group may be another than it was
        if path.is_dir() and not path.is_symlink():
            durable_files.sync_folder(path)


def _swap(new: Path, root: Path) -> Path | None:
    aside = None
    try:
        if root.is_dir() and not any(root.iterdir()):
            root.rmdir()
        elif root.exists():
            aside = root.with_name(f"{root.name}-foer-{datetime.now(UTC):%Y%m%dT%H%M%SZ}")
            root.rename(aside)
        new.rename(root)
    except OSError as problem:
        if aside is not None and not root.exists():
            aside.rename(root)
        raise UserError(
            f"{root} kunne ikke flyttes ({type(problem).__name__}). Er mappen selv et drev, så brug en mappe på det. "
            "Det hidtidige er uændret."
        ) from None
    durable_files.sync_folder(root.parent)
    return aside


def _put_journal_back(backup: Backup, output: Output) -> str:
    """Put the journal back where it is missing, and let one that knows more stand; returns what was done (Danish)."""
    kept = [backup.folder / entry.path for entry in backup.entries if entry.path.startswith(f"{JOURNAL}/")]
    if not kept:
        return "Der er ingen udsendelsesjournal i sikkerhedskopien."
    places = {path.name: path for path in map(journal.path, matters.seen_from_all(output))}
    durable_files.make_folder(journal.folder(output))
    for file in kept:
        beside = journal.folder(output) / file.name
        if file.name not in places and not beside.exists():
            durable_files.write_file(beside, file.read_bytes())
    return " ".join(_put_one_back(file, places[file.name]) for file in kept if file.name in places)


def _put_one_back(copied: Path, place: Path) -> str:
    try:
        saved, present = journal.read(copied), journal.read(place)
    except journal.Damaged:
        return f"Udsendelsens journal {place} er beskadiget og er ikke rørt; se docs/udsendelse.md."
    if [line.sum for line in saved[: len(present)]] == [line.sum for line in present] and len(saved) > len(present):
        durable_files.write_file(place, copied.read_bytes())
        return f"Udsendelsens journal er lagt tilbage: {place}."
    if [line.sum for line in present[: len(saved)]] == [line.sum for line in saved]:
        return f"Udsendelsens journal {place} ved det samme som sikkerhedskopiens eller mere og er ikke rørt."
    return f"Udsendelsens journal {place} er en anden end sikkerhedskopiens og er ikke rørt; se docs/udsendelse.md."
