"""Danish forms of numbers, dates and the order of names, used wherever a reader meets them.

Belongs here: how a value is written and where a name sorts. Does not belong here: sentences
(``reports.words.wording``).

The forms equal Babel's for ``da`` (a test compares them); they are written out here because a page holds thousands of
numbers and Babel's general formatter would be most of the time it takes to make one.
"""

from __future__ import annotations

import datetime
from functools import lru_cache

MONTHS = (
    "januar",
    "februar",
    "marts",
    "april",
    "maj",
    "juni",
    "juli",
    "august",
    "september",
    "oktober",
    "november",
    "december",
)

WEEKDAYS = ("mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag", "søndag")

# Retskrivningsordbogen § 4: æ, ø, å come last; ü sorts as y, ä as æ, ö as ø; other accents are ignored.
_ORDER = {"æ": "{", "ä": "{", "ø": "|", "ö": "|", "œ": "|", "å": "}", "ü": "y"}
_PLAIN = str.maketrans("áàâãéèêëíìîïóòôõúùûýÿñç", "aaaaeeeeiiiioooouuuyync")


@lru_cache(maxsize=4096)
def sort_key(text: str) -> tuple[str, str]:
    """Return the key by which Danish names sort: … Z Æ Ø Å, and ``aa`` as å (Aabenraa, Aalborg, Aarhus come last)."""
    folded = text.casefold().replace("aa", "å").translate(_PLAIN)
    return "".join(_ORDER.get(letter, letter) for letter in folded), text


@lru_cache(maxsize=65536)
def number(value: float | int, decimals: int = 0) -> str:
    """Return a number as Danes write it: ``1.234,5``; a negative one with the minus sign, not a hyphen."""
    text = f"{abs(value):,.{decimals}f}"
    digits = text.replace(",", "\x00").replace(".", ",").replace("\x00", ".")
    negative = value < 0 and any(character not in "0,." for character in digits)
    return f"−{digits}" if negative else digits


@lru_cache(maxsize=65536)
def percent(share: float, decimals: int = 0) -> str:
    """Return a share between 0 and 1 as ``87,5 pct.`` with a space that does not break."""
    return f"{number(share * 100, decimals)}\u00a0pct."


def long_date(day: datetime.date) -> str:
    """Return ``3. november 2026``."""
    return f"{day.day}. {MONTHS[day.month - 1]} {day.year}"


@lru_cache(maxsize=16384)
def short_date(day: datetime.date) -> str:
    """Return ``03-11-2026``."""
    return f"{day.day:02}-{day.month:02}-{day.year:04}"
