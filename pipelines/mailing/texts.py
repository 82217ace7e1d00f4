"""What may stand in a message: one-line texts without control characters, and never a civil registration number.

Belongs here: cleaning texts of the register and finding civil registration numbers in them. Does not belong here:
mail addresses (``addresses.py``) and sentences (the templates).
"""

from __future__ import annotations

import re
import unicodedata

LONGEST = 200
LEFT_OUT = "[udeladt]"

_SEPARATOR = r"[ .\-/\u00a0\u2010-\u2015\u2212]"
# Ten digits in the groupings people write; the day may be raised by 60 (replacement numbers), and modulus 11 does not
# count, since valid numbers without it exist. Nine digits are a number whose leading zero a spreadsheet has eaten.
_TEN_DIGITS = re.compile(
    rf"(?<![0-9])([0-9]{{2}}){_SEPARATOR}?([0-9]{{2}}){_SEPARATOR}?([0-9]{{2}}){_SEPARATOR}{{0,3}}([0-9]{{4}})(?![0-9])"
)
_NINE_DIGITS = re.compile(r"(?<![0-9])([1-9])([0-9]{2})([0-9]{2})([0-9]{4})(?![0-9])")


def clean_line(text: str | None) -> str:
    """Return the text on one line, in composed form, without control and direction characters, and not over-long."""
    if not text:
        return ""
    composed = unicodedata.normalize("NFC", text)
    # Category C holds control, direction-changing, private and unassigned characters; Z holds every kind of space.
    kept = "".join(" " if unicodedata.category(letter)[0] in "CZ" else letter for letter in composed)
    return " ".join(kept.split())[:LONGEST].rstrip()


def has_civil_number(text: str) -> bool:
    """Return whether the text holds what may be a civil registration number."""
    return without_civil_numbers(text) != unicodedata.normalize("NFKC", text)


def without_civil_numbers(text: str) -> str:
    """Return the text, full-width digits made plain, with every possible civil registration number left out."""
    plain = unicodedata.normalize("NFKC", text)
    return _NINE_DIGITS.sub(_masked, _TEN_DIGITS.sub(_masked, plain))


def _masked(match: re.Match[str]) -> str:
    day, month = int(match[1]), int(match[2])
    return LEFT_OUT if 1 <= (day - 60 if day > 60 else day) <= 31 and 1 <= month <= 12 else match[0]
