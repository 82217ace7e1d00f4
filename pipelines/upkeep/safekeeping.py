"""What must not be lost and what must not be read by others: folders and modes, the key and its copy, the backups.

Belongs here: examining these. Does not belong here: making a backup (``backup``), the machine (``machine``).
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipelines import audit_trail, given_secrets
from pipelines.configuration import settings
from pipelines.danish import number, short_date
from pipelines.durable_files import is_private
from pipelines.errors import UserError
from pipelines.layout import Output
from pipelines.mailing.record import journal
from pipelines.privacy import pseudonyms
from pipelines.receiving import archive
from pipelines.upkeep import backup, backup_contents
from pipelines.upkeep.findings import DoctorFinding, fault, note, sound, warning

#: What a person would have to do again, or could not do again, after an event of the audit trail.
_LOST = {
    "delivery_received": ("leverance", "leverancer"),
    "delivery_withdrawn": ("tilbagetrækning", "tilbagetrækninger"),
    "publication": ("udgivelse", "udgivelser"),
}
_OF_MAILING, _OF_REPLIES = ("mail",), ("repl", "action")


def examine(output: Output, now: datetime) -> Iterator[DoctorFinding]:
    """Yield what is found about the folders, the key and the backups of an output folder."""
    yield from _folders(output)
    yield _key(output)
    yield _copy_of_key(output)
    yield from _backups(output, now)


# ---- folders --------------------------------------------------------------------------------------------------------


def _folders(output: Output) -> Iterator[DoctorFinding]:
    if not output.root.exists():
        yield note("Resultatmappe", f"{output.root} findes ikke endnu; den første kørsel laver den")
        return
    if not output.root.is_dir():
        yield fault("Resultatmappe", f"{output.root} er ingen mappe.", "Vælg en anden med --output.")
        return
    if not os.access(output.root, os.W_OK | os.X_OK):
        yield fault("Resultatmappe", f"Kontoen kan ikke skrive i {output.root}.", "Giv kontoen mappen (chown).")
    places = [output.root, output.archive, output.staged, output.mailing, output.replies, journal.folder(output)]
    files = [output.warehouse, output.marts, output.audit_log, journal.path(output)]
    open_to_others = [path for path in [*places, *files] if path.exists() and not is_private(path.stat())]
    if open_to_others:
        names = ", ".join(str(path) for path in open_to_others[:4])
        yield fault("Adgang", f"{names} kan læses af andre på maskinen.", f"Kør: chmod -R go-rwx {open_to_others[0]}")
    elif os.access(output.root, os.W_OK):
        yield sound("Resultatmappe", f"{output.root}, lukket for andre")
    leaked = [name for name in _kept_apart(output) if name]
    if leaked:
        yield fault("Nøglens sted", leaked[0], "Flyt den, så resultater og nøgle ikke kan tages med i ét greb.")


def _kept_apart(output: Output) -> Iterator[str]:
    copy = settings().upkeep.key_copy
    inside = [Path(copy)] if copy else []
    for file in [*inside, pseudonyms.key_file()]:
        backups = settings().upkeep.backup_folder
        for folder in [output.root, *([Path(backups)] if backups else [])]:
            if file.exists() and file.resolve().is_relative_to(folder.resolve()):
                yield f"Nøglen {file} ligger sammen med resultaterne eller deres sikkerhedskopier."


# ---- key ------------------------------------------------------------------------------------------------------------


def _key(output: Output) -> DoctorFinding:
    in_use = archive.key_in_use(output) if output.archive.exists() else None
    try:
        key = pseudonyms.pseudonym_key(output, may_make=False)
    except UserError as problem:
        if (
            in_use is None
            and not pseudonyms.key_file().exists()
            and not given_secrets.is_given(pseudonyms.KEY_VARIABLE)
        ):
            return note("Nøgle", f"Der er ingen pseudonymnøgle endnu; den første kørsel laver {pseudonyms.key_file()}")
        return fault("Nøgle", str(problem), "")
    if in_use is not None and key.key_id != in_use:
        return fault(
            "Nøgle",
            "Pseudonymnøglen er en anden end den, som leverancerne er indlæst med.",
            "Læg den rigtige tilbage fra kopien.",
        )
    where = (
        "miljøet eller en hemmelig fil"
        if given_secrets.is_given(pseudonyms.KEY_VARIABLE)
        else str(pseudonyms.key_file())
    )
    return sound("Nøgle", f"fra {where}, den samme som leverancerne er indlæst med" if in_use else f"fra {where}")


def _copy_of_key(output: Output) -> DoctorFinding:
    named = settings().upkeep.key_copy
    about = "Kopi af nøglen"
    if not named:
        return warning(
            about,
            "Ingen kopi er nævnt. Går nøglen tabt, kan en persons tidligere sager ikke ses sammen med de nye.",
            "Læg en kopi på et andet drev, og skriv dens sted i key_copy i [upkeep].",
        )
    copy = Path(named)
    try:
        secret = copy.read_bytes().strip()
        status = copy.stat()
    except OSError:
        return fault(
            about, f"{copy} findes ikke eller kan ikke læses.", "Lav kopien igen, eller ret key_copy i [upkeep]."
        )
    try:
        key = pseudonyms.pseudonym_key(output, may_make=False)
    except UserError:
        return note(about, f"{copy} findes, men nøglen selv kan ikke læses, så de er ikke sammenlignet")
    if secret != key.secret:
        return fault(about, f"{copy} er en anden nøgle end den, der bruges.", "Kopiér den nøgle, der bruges, dertil.")
    if not is_private(status):
        return fault(about, f"{copy} kan læses af andre på maskinen.", f"Kør: chmod 600 {copy}")
    own = pseudonyms.key_file()
    if not given_secrets.is_given(pseudonyms.KEY_VARIABLE) and own.exists() and own.stat().st_dev == status.st_dev:
        return warning(about, f"{copy} ligger på samme drev som nøglen selv.", "Læg kopien på et andet drev.")
    return sound(about, f"{copy}, den samme som nøglen")


# ---- backups --------------------------------------------------------------------------------------------------------


def _backups(output: Output, now: datetime) -> Iterator[DoctorFinding]:
    trail = list(audit_trail.entries(output)) if output.root.is_dir() else []
    made = [number for number, entry in enumerate(trail) if entry["event"] == backup.EVENT]
    since = trail[made[-1] + 1 :] if made else trail
    lost = would_be_lost(since)
    told = f"Uden en ny ville dette gå tabt: {lost}." if lost else "Intet er kommet til siden."
    folder = settings().upkeep.backup_folder
    if not made:
        if lost:
            yield warning("Sikkerhedskopi", f"Der er ingen. {told}", "Kør: god-loesladelse backup --to MAPPE")
        else:
            yield note("Sikkerhedskopi", "Der er ingen, og intet kan gå tabt endnu")
    else:
        at = datetime.fromisoformat(trail[made[-1]]["when"])
        days = (now.astimezone(UTC) - at).days
        text = f"den seneste er fra {short_date(at.astimezone().date())}. {told}"
        if days > settings().upkeep.backup_days and lost:
            yield warning("Sikkerhedskopi", f"{days} dage gammel: {text}", "Kør: god-loesladelse backup --to MAPPE")
        else:
            yield sound("Sikkerhedskopi", text)
    if folder:
        yield _in_folder(Path(folder), output, trail[made[-1]]["backup"] if made else None)


def _in_folder(folder: Path, output: Output, newest: str | None) -> DoctorFinding:
    about = "Mappe med kopier"
    if not folder.is_dir():
        return fault(about, f"{folder} findes ikke.", "Er drevet tilsluttet? Ret ellers backup_folder i [upkeep].")
    if not is_private(folder.stat()):
        return fault(about, f"{folder} kan læses af andre på maskinen.", f"Kør: chmod -R go-rwx {folder}")
    found = backup_contents.all_backups(folder, output)
    if newest is not None and newest not in [each.folder.name for each in found]:
        return warning(about, f"Den seneste kopi, {newest}, er ikke i {folder} eller kan ikke læses.", "Lav en ny.")
    if output.root.exists() and folder.stat().st_dev == output.root.stat().st_dev:
        return warning(
            about,
            f"{folder} ligger på samme drev som resultaterne.",
            "Læg kopierne på et andet drev eller en anden maskine.",
        )
    size = sum(each.size for each in found[-1:])
    return sound(about, f"{folder}, {len(found)} kopier, den nyeste på {number(size / 1e6)} MB")


def would_be_lost(entries: Sequence[dict[str, Any]]) -> str:
    """Return what these events of the audit trail left that no run could make again (Danish; "" for nothing)."""
    counts: Counter[tuple[str, str]] = Counter()
    for entry in entries:
        event = str(entry["event"])
        if event in _LOST:
            counts[_LOST[event]] += 1
        elif event.startswith(_OF_MAILING):
            counts["skridt i udsendelsen", "skridt i udsendelsen"] += 1
        elif event.startswith(_OF_REPLIES):
            counts["svar eller aftale", "svar og aftaler"] += 1
    return ", ".join(f"{count} {one if count == 1 else many}" for (one, many), count in counts.items())
