"""Civil registration numbers (CPR): reading one from its column, finding and masking them anywhere else.

Belongs here: what a number looks like, in every spelling. Does not belong here: what becomes of it (see privacy).
A number is never judged by modulus 11: valid numbers without the check digit have been issued since 2007.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

MASK = "[personnummer skjult]"

# Between the digits: white space, full stops, strokes, low lines, every dash, and characters without any width.
_DASHES = r"\-\u00ad\u058a\u05be\u2010-\u2015\u2043\u207b\u208b\u2212\u2e3a\u2e3b\ufe58\ufe63\uff0d"
_BETWEEN = rf"[\s.,:/_\uff0e{_DASHES}\u200b-\u200d\u2060\ufeff]"
_ONE = rf"{_BETWEEN}?"
_SOME = rf"{_BETWEEN}{{0,4}}"
# Ten digits in the groups people use; nine, where a spreadsheet has eaten the leading zero; in pairs with the same
# sign between all of them; and with the year's century written out.
_SPELLINGS = (
    rf"\d{{2}}{_ONE}\d{{2}}{_ONE}\d{{2}}{_SOME}\d{{4}}",
    rf"\d{_ONE}\d{{2}}{_ONE}\d{{2}}{_SOME}\d{{4}}",
    rf"\d{{2}}(?P<sign>{_BETWEEN})\d{{2}}(?P=sign)\d{{2}}(?P=sign)\d{{2}}(?P=sign)\d{{2}}",
    rf"\d{{2}}{_ONE}\d{{2}}{_ONE}(?:18|19|20)\d{{2}}{_BETWEEN}{{1,4}}\d{{4}}",
)
_EACH = [re.compile(rf"(?<!\d){spelling}(?!\d)") for spelling in _SPELLINGS]
_CANDIDATE = re.compile(rf"(?<!\d)(?:{'|'.join(_SPELLINGS)})(?!\d)")
_OWN_COLUMN = re.compile(r"[0-9]{5,6}-?[0-9]{4}")
_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def read_number(text: str) -> str | None:
    """Return the ten digits of a number in its own column (hyphen or not, leading zero or not), or None."""
    if not text.isascii() or _OWN_COLUMN.fullmatch(text) is None:
        return None
    digits = text.replace("-", "").zfill(10)
    return digits if is_number(digits) else None


def is_number(digits: str) -> bool:
    """Tell whether ten digits begin with a calendar date (day + 60 for a replacement number) of any century."""
    day, month, year = int(digits[:2]), int(digits[2:4]), int(digits[4:6])
    if day > 60:
        day -= 60
    if not 1 <= month <= 12 or not 1 <= day <= _DAYS[month - 1]:
        return False
    return day < 29 or month != 2 or year % 4 == 0  # 29 February: 2000 was a leap year, so each such year may be


def contains_number(text: str) -> bool:
    """Tell whether something in the text looks like a civil registration number, in any spelling."""
    return mask_numbers(text) != text


def mask_numbers(text: str, replace: Callable[[str], str] | None = None) -> str:
    """Return the text with each number replaced: by MASK, or by what ``replace`` makes of its ten digits."""
    if len(text) < 9:
        return text
    result = _mask(text, replace)
    if text.isascii():
        return result
    # Digits that only compatibility makes digits (raised, encircled): then the whole text is written out plainly.
    plain = unicodedata.normalize("NFKC", result)
    again = _mask(plain, replace)
    return result if again == plain else again


def _mask(text: str, replace: Callable[[str], str] | None) -> str:
    parts: list[str] = []
    done = start = 0
    while (candidate := _CANDIDATE.search(text, start)) is not None:
        start = candidate.start()
        for spelling in _EACH:  # the first that fits need not be the one that is a number
            found = spelling.match(text, start)
            if found and is_number(digits := _plain_digits(found.group())):
                parts += [text[done:start], replace(digits) if replace else MASK]
                done = start = found.end()
                break
        else:
            start += 1
    return "".join(parts) + text[done:] if parts else text


def mask_column(values: list[str | None], replace: Callable[[str], str] | None = None) -> dict[int, str]:
    """Return the values that hold a number, by their place, masked. Fast when there is none."""
    joined = "\0".join(value or "" for value in values)
    if joined.isascii() and _CANDIDATE.search(joined) is None:
        return {}
    found: dict[int, str] = {}
    for place, value in enumerate(values):
        if value is not None and len(value) >= 9 and (masked := mask_numbers(value, replace)) != value:
            found[place] = masked
    return found


def _plain_digits(text: str) -> str:
    digits = "".join(str(unicodedata.digit(character)) for character in text if character.isdecimal())
    if len(digits) == 12:  # the century written out
        digits = digits[:4] + digits[6:]
    return digits.zfill(10)
