"""Making a backup: a copy beside the earlier ones, read again and compared before it gets its name.

Belongs here: copying, and removing what is too old. Does not belong here: what is copied (``backup_contents``), putting
it back (``restore``).

No run, no preparation and no sending is under way while it is made: their locks are held. A file that is the same as in
the backup before is linked to it, so that a daily backup costs what is new; every backup is whole all the same, and
removing one takes nothing from another. What is one file under many names in the output folder is one in the backup.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import sqlite3
import stat
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from pipelines import accounts, audit_trail, locks
from pipelines.code_version import code_version
from pipelines.durable_files import make_folder, sum_of, sync_folder
from pipelines.errors import UserError
from pipelines.layout import Output
from pipelines.mailing import matters
from pipelines.mailing.record import journal, outbox
from pipelines.receiving import archive
from pipelines.upkeep import backup_contents
from pipelines.upkeep.backup_contents import Backup, BackupEntry

EVENT = "backup"
_SQLITE = b"SQLite format 3\0"
_PIECE = 1 << 20


def make(output: Output, to: Path, now: datetime | None = None) -> Backup:
    """Make a backup of an output folder below ``to`` and return it; raises UserError when it cannot be made whole.

    Its folder is named after the output folder and the moment (UTC). Whatever fails, no folder of that name is there.
    """
    to = to.resolve()
    if to.is_relative_to(output.root.resolve()):
        raise UserError(
            f"{to} ligger i resultatmappen selv. Vælg en mappe på et andet drev efter --to; det skal være krypteret."
        )
    if not output.root.is_dir():
        raise UserError(f"Mappen {output.root} findes ikke. Angiv resultatmappen efter --output.")
    now = now or datetime.now(UTC)
    name = f"{output.root.name}-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    with locks.sole_run(output), _no_mailing(output):
        make_folder(to)
        if (to / name).exists():
            raise UserError(f"{to / name} findes allerede. Vent et øjeblik, og prøv igen.")
        unfinished = to / f".{name}.ufaerdig"
        _remove_unfinished(to, output)
        try:
            backup = _copied(output, unfinished, now, _newest(to, output))
            backup_contents.write_list(backup)
            problems = backup_contents.differences(backup_contents.read(unfinished))
            if problems:
                raise UserError(
                    f"Sikkerhedskopien er ikke hel på disken ({problems[0]}) og er fjernet igen. Kontrollér drevet."
                )
            for folder in sorted((path for path in unfinished.rglob("*") if path.is_dir()), reverse=True):
                sync_folder(folder)
            sync_folder(unfinished)
            unfinished.rename(to / name)
        except BaseException:
            if unfinished.exists():
                locks.remove_tree(unfinished)
            raise
        sync_folder(to)
        audit_trail.record(output, EVENT, backup=name, files=len(backup.entries), bytes=backup.size)
    return backup_contents.read(to / name)


def remove_older(to: Path, output: Output, keep: int) -> list[str]:
    """Remove all but the newest ``keep`` backups of an output folder; returns the names of those removed.

    What was deleted for its age (``batch expire``) is still in older backups, so they have an end too.
    """
    if keep < 1:
        raise UserError("Mindst én sikkerhedskopi skal blive. Skriv et tal fra 1 og op efter --keep.")
    removed = []
    for backup in backup_contents.all_backups(to.resolve(), output)[:-keep]:
        locks.remove_tree(backup.folder)
        removed.append(backup.folder.name)
    if removed:
        audit_trail.record(output, "backups_removed", backups=removed)
    return removed


@contextlib.contextmanager
def _no_mailing(output: Output) -> Iterator[None]:
    """Hold the lock and the journal's lock of every matter that was ever mailed."""
    with contextlib.ExitStack() as held:
        for one in matters.seen_from_all(output):
            if one.mailing.exists():
                held.enter_context(outbox.exclusive(one))
            if journal.path(one).exists():
                held.enter_context(locks.exclusive(journal.path(one).with_suffix(".lock")))
        yield


def _remove_unfinished(to: Path, output: Output) -> None:
    for left in to.glob(f".{output.root.name}-*.ufaerdig"):
        locks.remove_tree(left)


def _newest(to: Path, output: Output) -> Backup | None:
    found = backup_contents.all_backups(to, output)
    return found[-1] if found else None


def _copied(output: Output, folder: Path, now: datetime, before: Backup | None) -> Backup:
    wanted = list(backup_contents.files_of(output))
    earlier = {entry.path: entry for entry in before.entries} if before else {}
    needed = backup_contents.room_for(file for file, path in wanted if path not in earlier)
    free = shutil.disk_usage(folder.parent).free
    if needed > free:
        raise UserError(
            f"Der er ikke plads til sikkerhedskopien i {folder.parent}: {needed // 1_000_000 + 1} MB mangler, "
            f"{free // 1_000_000} MB er ledige."
        )
    folder.mkdir(mode=0o700)
    entries = []
    once: dict[tuple[int, int], tuple[Path, BackupEntry]] = {}
    for file, path in wanted:
        place = folder / path
        _make_alike(place.parent, file.parent, folder)
        known = once.get(backup_contents.place_of(file))
        if known is not None and _is_name_of(known[0], place):
            entries.append(replace(known[1], path=path))
            continue
        old = earlier.get(path)
        entries.append(_copy(file, place, path, (before.folder / path, old) if before and old else None))
        if backup_contents.may_have_more_names(file):
            once[backup_contents.place_of(file)] = place, entries[-1]
    return Backup(
        folder=folder,
        made_at=now.astimezone(UTC),
        made_by=accounts.current(),
        of=str(output.root.resolve()),
        code_version=code_version(),
        key_id=archive.key_in_use(output),
        entries=tuple(entries),
    )


def _make_alike(place: Path, source: Path, root: Path) -> None:
    """Make a folder of the backup with the mode of the folder that it copies."""
    if place.exists():
        return
    if place.parent != root:
        _make_alike(place.parent, source.parent, root)
    place.parent.mkdir(exist_ok=True, mode=0o700)
    place.mkdir(mode=0o700)
    place.chmod(stat.S_IMODE(source.stat().st_mode) | 0o700)


def _copy(file: Path, place: Path, path: str, before: tuple[Path, BackupEntry] | None) -> BackupEntry:
    if file.is_symlink():
        leads_to = os.readlink(file)
        place.symlink_to(leads_to)
        return BackupEntry(path, 0, "", 0, leads_to)
    mode = stat.S_IMODE(file.stat().st_mode) & 0o777
    with file.open("rb") as stream:
        is_database = stream.read(len(_SQLITE)) == _SQLITE
    if is_database:
        _copy_database(file, place)
    elif before is not None and _is_linked(file, place, mode, *before):
        return before[1]
    else:
        _copy_bytes(file, place)
    place.chmod(mode)
    return BackupEntry(path, place.stat().st_size, sum_of(place), mode)


def _is_name_of(first: Path, place: Path) -> bool:
    """Let one more name of a file that the backup has already be one more name there too."""
    try:
        os.link(first, place)
    except OSError:  # a drive without such links, or with as many as it allows
        return False
    return True


def _is_linked(file: Path, place: Path, mode: int, old: Path, entry: BackupEntry) -> bool:
    """Link to the same file in the backup before, when it is the same and still whole."""
    if entry.leads_to or entry.mode != mode or file.stat().st_size != entry.size:
        return False
    try:
        if sum_of(file) != entry.sha256 or sum_of(old) != entry.sha256:
            return False
        os.link(old, place)
    except OSError:  # a drive without such links
        return False
    return True


def _copy_bytes(file: Path, place: Path) -> None:
    digest = hashlib.sha256()
    descriptor = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with file.open("rb") as source, os.fdopen(descriptor, "wb") as target:
        while piece := source.read(_PIECE):
            digest.update(piece)
            target.write(piece)
        target.flush()
        os.fsync(descriptor)
    if sum_of(place) != digest.hexdigest():
        raise UserError(f"{place.name} blev ikke skrevet, som den er. Kontrollér drevet med sikkerhedskopier.")


def _copy_database(file: Path, place: Path) -> None:
    """Let SQLite copy its own file, with what its log holds."""
    os.close(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    source, target = sqlite3.connect(f"file:{file}?mode=ro", uri=True), sqlite3.connect(place)
    try:
        source.backup(target)
        target.execute("pragma journal_mode = delete")
    finally:
        source.close()
        target.close()
    with place.open("rb") as copied:
        os.fsync(copied.fileno())
