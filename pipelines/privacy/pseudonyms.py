"""Pseudonyms: the keyed hash that stands for a person, and its key.

Belongs here: the hash and the key's place. Does not belong here: what a civil registration number looks like
(``civil_registration``), which columns are personal (the contract), and exceptions (``containment``).
"""

from __future__ import annotations

import hmac
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from pipelines import given_secrets
from pipelines.configuration import user_folder
from pipelines.durable_files import is_private
from pipelines.errors import UserError
from pipelines.layout import Output

KEY_VARIABLE = "GOD_LOESLADELSE_PSEUDONYM_KEY"


@dataclass(frozen=True)
class PseudonymKey:
    """The secret behind every ``client_key``; ``key_id`` tells two keys apart and says nothing of either."""

    secret: bytes = field(repr=False)

    @property
    def key_id(self) -> str:
        """A name for the key that may be stored."""
        return hmac.digest(self.secret, b"god-loesladelse key id", "sha256").hex()[:16]

    def client_key(self, digits: str) -> str:
        """Return the pseudonym of ten digits: HMAC-SHA-256, hexadecimal."""
        return hmac.digest(self.secret, digits.encode("ascii"), "sha256").hex()

    def token(self, digits: str) -> str:
        """Return what stands for a number inside a case's or a row's own number, so that rows still meet."""
        return f"[personnummer-{self.client_key(digits)[:16]}]"


def key_file() -> Path:
    """Return where the key lies when the environment does not give it."""
    return user_folder() / "pseudonym.key"


def pseudonym_key(output: Output, *, may_make: bool) -> PseudonymKey:
    """Return the key; makes one at first use when ``may_make``, and raises UserError when it is missing or unsafe."""
    secret = given_secrets.given(KEY_VARIABLE)
    if secret is not None:
        if not secret.strip():
            raise UserError(f"Miljøvariablen {KEY_VARIABLE} er tom. Sæt den til nøglen, eller fjern den.")
        return PseudonymKey(secret.strip().encode())
    file = key_file()
    if file.resolve().is_relative_to(output.root.resolve()):
        raise UserError(
            f"Pseudonymnøglen må ikke ligge i resultatmappen ({file}). Vælg en anden resultatmappe, eller angiv nøglen "
            f"i miljøvariablen {KEY_VARIABLE}."
        )
    if not file.exists():
        if not may_make:
            raise UserError(
                f"Pseudonymnøglen {file} mangler, men der er leverancer indlæst med den. Læg nøglen tilbage fra "
                f"sikkerhedskopien, eller sæt {KEY_VARIABLE}. Er den tabt, så tag en ny i brug med --accept-new-key."
            )
        _make_key(file)
    return PseudonymKey(_read_key(file))


def _make_key(file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    unfinished = file.with_name(f"{file.name}.{os.getpid()}")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(descriptor, secrets.token_hex(32).encode() + b"\n")
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    try:
        os.link(unfinished, file)  # fails when another process was first; then its key is the one
    except FileExistsError:
        pass
    finally:
        unfinished.unlink()


def _read_key(file: Path) -> bytes:
    try:
        status = file.stat()
        secret = file.read_bytes().strip()
    except OSError:
        raise UserError(f"Pseudonymnøglen {file} kan ikke læses. Giv din konto læseadgang til filen.") from None
    if not is_private(status):
        raise UserError(f"Pseudonymnøglen {file} kan læses af andre. Kør: chmod 600 {file}")
    if not secret:
        raise UserError(f"Pseudonymnøglen {file} er tom. Læg nøglen tilbage fra sikkerhedskopien.")
    return secret
