"""The recipients' passwords: one file each, in a folder that only this account can read.

Belongs here: making and reading them. Does not belong here: telling a recipient its password. A person does, by another
way than the parcel's (a telephone call to the registered contact, the cooperation meeting).
"""

from __future__ import annotations

import secrets
from pathlib import Path

from pipelines import configuration
from pipelines.durable_files import make_folder, write_file
from pipelines.errors import UserError

# No letters or digits that are taken for one another when read aloud; 25 of them are 123 bits.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
_GROUPS, _IN_A_GROUP = 5, 5
_SHORTEST = 12


def folder() -> Path:
    """Return where the passwords lie."""
    chosen = configuration.settings().parcels.password_folder
    return Path(chosen) if chosen else configuration.user_folder() / "adgangskoder"


def of(code: str) -> str | None:
    """Return the recipient's password, None when it has none; raises UserError when it cannot be used."""
    file = folder() / f"{code}.txt"
    try:
        password = file.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError):
        raise UserError(f"Adgangskoden i {file} kan ikke læses. Giv kontoen adgang til den, eller slet den.") from None
    if len(password) < _SHORTEST or not password.isascii() or not password.isprintable():
        raise UserError(
            f"Adgangskoden i {file} skal have mindst {_SHORTEST} tegn, og kun bogstaver fra a til z, tal og tegn. "
            "Skriv en anden, eller slet filen; så laver programmet en."
        )
    return password


def made_for(code: str) -> str:
    """Make and keep a password for a recipient that has none."""
    groups = ("".join(secrets.choice(_ALPHABET) for _ in range(_IN_A_GROUP)) for _ in range(_GROUPS))
    password = "-".join(groups)
    make_folder(folder())
    write_file(folder() / f"{code}.txt", f"{password}\n".encode())
    return password
