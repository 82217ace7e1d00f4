"""Settings that an authority may want to change without touching code, read from TOML.

Belongs here: finding, merging and reading the files. Does not belong here: what a setting means (each module reads its
own section) and secrets (environment or the user's configuration folder only).

``pipelines/defaults.toml`` has every setting with its default and reason; a file named by the environment variable
GOD_LOESLADELSE_CONFIGURATION, else ``configuration.toml`` in the user's configuration folder, overrides single values.
"""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Any

from pipelines.errors import UserError

DEFAULTS = Path(__file__).with_name("defaults.toml")


def user_folder() -> Path:
    """Return the user's configuration folder for this program (it need not exist)."""
    base = os.environ.get("XDG_CONFIG_HOME")
    return (Path(base) if base else Path.home() / ".config") / "god-loesladelse"


def section(name: str) -> dict[str, Any]:
    """Return one section of the settings, defaults and overrides merged; raises UserError on an unknown setting."""
    with DEFAULTS.open("rb") as file:
        values: dict[str, Any] = tomllib.load(file)[name]
    override = _override_file()
    if override is None:
        return values
    try:
        with override.open("rb") as file:
            chosen = tomllib.load(file).get(name, {})
    except (OSError, tomllib.TOMLDecodeError):
        raise UserError(f"Konfigurationsfilen {override} kan ikke læses som TOML. Ret den, eller fjern den.") from None
    unknown = sorted(set(chosen) - set(values))
    if unknown:
        raise UserError(
            f"Konfigurationsfilen {override} har en ukendt indstilling i [{name}]: {', '.join(unknown)}. "
            f"Kendte indstillinger: {', '.join(sorted(values))}."
        )
    return values | chosen


def _override_file() -> Path | None:
    named = os.environ.get("GOD_LOESLADELSE_CONFIGURATION")
    if named:
        return Path(named)
    own = user_folder() / "configuration.toml"
    return own if own.exists() else None
