"""Secrets that the program is given: by the environment, by a file, or as a credential of systemd.

Belongs here: where one may come from. Does not belong here: what it is for (each module names its own).

A secret in the environment is seen by whoever may look at the process; a file of the container's secrets, or one that
systemd hands to this service alone (``LoadCredential``), is not.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from pipelines.errors import UserError

_PREFIX = "GOD_LOESLADELSE_"
#: Where systemd puts the credentials of a service.
CREDENTIALS_VARIABLE = "CREDENTIALS_DIRECTORY"


def given(variable: str, environment: Mapping[str, str] | None = None) -> str | None:
    """Return the secret of an environment variable, None when none is given.

    First the variable itself, then the file that ``<variable>_FILE`` names, then the credential of that name without
    the program's own prefix (``pseudonym_key`` for ``GOD_LOESLADELSE_PSEUDONYM_KEY``). Line ends around it are no part
    of it. Raises UserError when the file that is named cannot be read or is empty.
    """
    around = os.environ if environment is None else environment
    if variable in around:
        return around[variable]
    if named := around.get(f"{variable}_FILE"):
        return _read(Path(named), f"Filen i {variable}_FILE")
    if folder := around.get(CREDENTIALS_VARIABLE):
        credential = Path(folder) / variable.removeprefix(_PREFIX).lower()
        if credential.exists():
            return _read(credential, f"Legitimationen {credential.name} (LoadCredential)")
    return None


def is_given(variable: str) -> bool:
    """Whether the secret comes from outside the program's own folders, readable or not."""
    try:
        return given(variable) is not None
    except UserError:
        return True


def _read(file: Path, what: str) -> str:
    try:
        secret = file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise UserError(f"{what} kan ikke læses ({file}). Giv kontoen adgang til den, eller ret stien.") from None
    if not secret:
        raise UserError(f"{what} er tom ({file}). Skriv hemmeligheden i den.")
    return secret
