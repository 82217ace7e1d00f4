"""Every wording that the reply form has had, by the form's version, so that an older form is a form all the same.

Belongs here: knowing a text of ours again. Does not belong here: the texts (``reply_form``, ``contract.yaml`` and the
rules' titles), and what an older form may lack in columns (``returned_form``).

A returned form may hold our texts in the guide and in the column ``pligt``, and no other text. ``form_wordings.csv``
has the sum of each text by the version in which it came; a new wording is a new version with the sums of its new texts
added at the end, and nothing is ever taken away (a test holds the file to the form as it is).
"""

from __future__ import annotations

import csv
import hashlib
from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_name("form_wordings.csv")


def sum_of(text: str) -> str:
    """Return what a text is known by."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@cache
def _versions() -> dict[str, int]:
    with _FILE.open(encoding="utf-8", newline="") as lines:
        return {row["text_sum"]: int(row["version"]) for row in csv.DictReader(lines)}


def newest() -> int:
    """Return the version that forms are made in now."""
    return max(_versions().values())


def was_ours(text: str) -> bool:
    """Whether a form of any version has had this text."""
    return sum_of(text) in _versions()
