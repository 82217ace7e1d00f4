"""Units: the levels, the code of one, and the folder it has wherever files are kept by unit.

Belongs here: what follows from level and code alone. Does not belong here: names and figures of a unit.
"""

from __future__ import annotations

import hashlib
import re

Key = tuple[str, str]  # level, unit code
NATION: Key = ("national", "DK")
AREA_FOLDERS = {"Øst": "oest", "Vest": "vest"}
LEVEL_FOLDERS = {"area": "omraade", "region": "region", "municipality": "kommune", "institution": "institution"}
SAFE_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")
LEVELS = ("national", "area", "region", "municipality", "institution")


def code_folder(code: str) -> str:
    """Return a folder name for a code: itself when harmless, else a sum of it (names never reach the file system)."""
    if code in AREA_FOLDERS:
        return AREA_FOLDERS[code]
    if SAFE_CODE.fullmatch(code):
        return code
    return "kode-" + hashlib.sha256(code.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def folder_of(level: str, code: str) -> str:
    """Return the same for a unit of which only level and code are at hand."""
    return "" if level == "national" else f"{LEVEL_FOLDERS[level]}/{code_folder(code)}/"
