"""What the sending of packs and worklists needs beside the results: passwords, and the folder of Digital Post.

Belongs here: examining these. Does not belong here: using them (``mailing.parcels``).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from pipelines.configuration import settings
from pipelines.durable_files import is_private
from pipelines.errors import UserError
from pipelines.layout import Output
from pipelines.mailing.parcels import addressees, passwords
from pipelines.upkeep.findings import DoctorFinding, fault, sound


def examine(output: Output) -> Iterator[DoctorFinding]:
    """Yield what is found, and nothing where nothing of it is used."""
    folder = passwords.folder()
    if folder.is_dir():
        yield _passwords(output, folder)
    if "memo" in (settings().parcels.packs, settings().parcels.worklists):
        yield _digital_post()


def _passwords(output: Output, folder: Path) -> DoctorFinding:
    files = sorted(folder.glob("*.txt"))
    open_to_others = [path for path in (folder, *files) if not is_private(path.stat())]
    if open_to_others:
        return fault(
            "Adgangskoder", f"{open_to_others[0]} kan læses af andre på maskinen.", f"Kør: chmod -R go-rwx {folder}"
        )
    backups = settings().upkeep.backup_folder
    for place in (output.root, *([Path(backups)] if backups else [])):
        if folder.resolve().is_relative_to(place.resolve()):
            return fault(
                "Adgangskoder",
                f"{folder} ligger sammen med pakkerne eller deres sikkerhedskopier.",
                "Flyt mappen, og sæt password_folder i [parcels].",
            )
    try:
        for file in files:
            passwords.of(file.stem)
    except UserError as problem:
        return fault("Adgangskoder", str(problem), "")
    return sound("Adgangskoder", f"{len(files)} i {folder}, lukket for andre")


def _digital_post() -> DoctorFinding:
    about, chosen = "Digital Post", settings().parcels
    missing = [name for name in ("memo_folder", "memo_sender_cvr", "memo_recipients") if not getattr(chosen, name)]
    if missing:
        return fault(about, f"{', '.join(missing)} i [parcels] er tom.", "Sæt dem i konfigurationsfilen.")
    folder = Path(chosen.memo_folder)
    if not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK):
        return fault(about, f"Kontoen kan ikke skrive i {folder}.", "Lav mappen, eller giv kontoen adgang til den.")
    if not addressees.is_cvr(chosen.memo_sender_cvr):
        return fault(about, "memo_sender_cvr i [parcels] er ikke et gyldigt CVR-nummer.", "Ret det.")
    try:
        numbers = addressees.cvr_numbers(chosen)
    except UserError as problem:
        return fault(about, str(problem), "")
    return sound(about, f"{folder}, {len(numbers)} modtagere med CVR-nummer")
