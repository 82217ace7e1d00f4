"""The name somebody gives: what it may be, and when two names may be one person's.

Belongs here: judging names as they are written. Does not belong here: the accounts behind them
(``pipelines/accounts.py``) and who may do what (``two_people.py``).
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from confusable_homoglyphs import categories, confusables

from pipelines.errors import WrongUse
from pipelines.privacy.civil_registration import contains_number

# The schedule works under this name; a person cannot use it, nor one that looks like it.
SYSTEM = "system"
_LONGEST = 80
# A letter is known by its name in Unicode where it is no ASCII letter with a mark: ø, ł, small capitals.
_NAMED = re.compile(r"LATIN (?:SMALL|CAPITAL)? ?LETTER (?:SMALL CAPITAL )?([A-Z]{1,2})\b")
# What is read for one another in a hurry: digits and letters, and the Danish letters' older spellings.
_ALIKE = (("0", "o"), ("1", "l"), ("i", "l"), ("ae", "a"), ("oe", "o"), ("rn", "m"), ("w", "v"))


def checked(name: str) -> str:
    """Return the name on one line; raises WrongUse when it cannot be a person's name that others can tell from theirs.

    Letters of other alphabets than the Latin are refused: one of them may look like the Latin letter it is not.
    """
    composed = unicodedata.normalize("NFC", name)
    line = " ".join("".join(" " if unicodedata.category(one)[0] in "CZ" else one for one in composed).split())
    if not line or len(name) > _LONGEST or contains_number(line) or not key(line):
        raise WrongUse(f"--by skal være et navn på højst {_LONGEST} tegn")
    if any(one.isalpha() and categories.alias(one) != "LATIN" for one in line):
        raise WrongUse("--by skal skrives med latinske bogstaver; navnet har et bogstav fra et andet alfabet")
    return line


def look_alike(one: str, other: str) -> bool:
    """Whether two names may be one person's, or be taken for one another by a reader."""
    return key(one) == key(other)


def is_system(name: str) -> bool:
    """Whether this is the schedule's name, or looks like it."""
    return look_alike(name, SYSTEM)


@cache
def key(name: str) -> str:
    """Return what is left of a name when everything is taken away that makes no other person.

    Case, spaces, full stops and other signs, accents, doubled letters, å for aa (ø for oe, æ for ae), letters of other
    alphabets that look the same (Unicode's list of confusables), and digits for letters.
    """
    letters = "".join(_plain(one) for one in unicodedata.normalize("NFKC", name).casefold())
    for written, read in _ALIKE:
        letters = letters.replace(written, read)
    return re.sub(r"(.)\1+", r"\1", letters)


def _plain(letter: str) -> str:
    """Return the ASCII letters that a letter is, or looks like; itself when it is like none, nothing for a sign."""
    kept = "".join(one for one in unicodedata.normalize("NFKD", letter) if one.isalnum())
    if kept.isascii():
        return kept
    found = confusables.is_confusable(letter, greedy=True)
    for glyph in found[0]["homoglyphs"] if found else ():
        looks = "".join(one for one in unicodedata.normalize("NFKD", glyph["c"]) if one.isalnum())
        if looks and looks.isascii():
            return looks.casefold()
    named = _NAMED.match(unicodedata.name(letter, ""))
    return named[1].casefold() if named else kept
