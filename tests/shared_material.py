"""Where the shared material lies: the rules, the contract, worked examples and reference tables beside the repository.

Belongs here: finding that folder, and the mark for tests that need it.
Does not belong here: reading any of its files; each test reads what it needs itself.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

SHARED: Path = Path(os.environ.get("GOD_LOESLADELSE_SHARED") or Path(__file__).resolve().parents[1].parent / "shared")

needs_shared = pytest.mark.skipif(
    not (SHARED / "rules.md").is_file(),
    reason="the shared material (rules, contract, worked examples) is not beside the repository; "
    "set GOD_LOESLADELSE_SHARED to its folder",
)
