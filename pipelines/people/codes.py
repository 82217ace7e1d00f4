"""One-time codes that confirm a name: made, kept as a hash, and used up.

Belongs here: the code and its life. Does not belong here: mailing it (``mailing.code_mail``), when one is needed
(``two_people.py``).

A code is for one person and one matter, for a limited time and a few attempts. Kept is a salted scrypt hash, so that
nobody who can read the file can use the code.
"""

from __future__ import annotations

import datetime
import hashlib
import hmac
import json
import secrets
from pathlib import Path

from pipelines import durable_files, locks
from pipelines.configuration import People
from pipelines.errors import UserError
from pipelines.layout import Output
from pipelines.people import names

# Without letters and digits that are read for one another. Ten of 32 are 50 bits.
_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_LENGTH = 10
ATTEMPTS = 5


def registered_address(people: People, name: str) -> str:
    """Return the address registered for exactly this person; raises UserError when there is none."""
    found = [one.address for one in people.approvers if " ".join(one.name.split()).casefold() == name.casefold()]
    if len(found) != 1:
        raise UserError(
            f"{name} er ikke registreret med en mailadresse. Skriv navnet, som det står i approvers i [people] i "
            "konfigurationsfilen, eller få navn og adresse skrevet ind dér."
        )
    return found[0]


def issue(output: Output, people: People, matter: str, name: str, now: datetime.datetime) -> str:
    """Return a new code for this person and matter; one made before for the same no longer counts."""
    code = "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))
    salt = secrets.token_bytes(16)
    expires = now + datetime.timedelta(minutes=people.code_minutes)
    content = {
        "salt": salt.hex(),
        "hash": _hashed(code, salt),
        "expires_at": expires.isoformat(),
        "attempts_left": ATTEMPTS,
    }
    with locks.exclusive(output.codes / "codes.lock"):
        durable_files.write_json(_file(output, matter, name), content)
    return f"{code[: _LENGTH // 2]}-{code[_LENGTH // 2 :]}"


def use(output: Output, matter: str, name: str, code: str, now: datetime.datetime) -> None:
    """Use the code up; raises UserError when it is not the one mailed for this person and matter, or is too old."""
    file = _file(output, matter, name)
    with locks.exclusive(output.codes / "codes.lock"):
        try:
            kept = json.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            raise UserError(f"Der er ingen kode til {name} i denne sag. Få en ny ved at udelade --code.") from None
        if now >= datetime.datetime.fromisoformat(kept["expires_at"]):
            file.unlink()
            raise UserError("Koden er for gammel. Få en ny ved at udelade --code.")
        given = "".join(letter for letter in code.upper() if letter.isalnum())
        if not hmac.compare_digest(_hashed(given, bytes.fromhex(kept["salt"])), kept["hash"]):
            kept["attempts_left"] -= 1
            if kept["attempts_left"] <= 0:
                file.unlink()
                raise UserError("Koden er forkert for sidste gang. Få en ny ved at udelade --code.")
            durable_files.write_json(file, kept)
            raise UserError(f"Koden er forkert. Der er {kept['attempts_left']} forsøg tilbage.")
        file.unlink()
        durable_files.sync_folder(file.parent)


def _file(output: Output, matter: str, name: str) -> Path:
    mark = hashlib.sha256(f"{matter}\n{names.key(name)}".encode()).hexdigest()[:32]
    return durable_files.make_folder(output.codes) / f"{mark}.json"


def _hashed(code: str, salt: bytes) -> str:
    return hashlib.scrypt(code.encode(), salt=salt, n=2**14, r=8, p=1).hex()
