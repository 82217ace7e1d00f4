"""Laws and orders that a text names, with the address of their own text at retsinformation.dk.

Belongs here: finding a law in a source as the rule catalogue writes it. Does not belong here: what a law says. An order
named by number and day is found by these (retsinformation.dk has an address for each, an ELI); one named by a short
name stands in ``laws.csv`` with the form of it that the definitions were read in. The page of a form that has been
replaced leads on to the form in force.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

from markupsafe import Markup

LAWS = Path(__file__).with_name("laws.csv")
ADDRESS = "https://www.retsinformation.dk/eli/lta/{year}/{number}"
_BY_NUMBER = re.compile(r"BEK nr\. (?P<number>\d+) af \d\d/\d\d/(?P<year>\d{4})")


class Piece(NamedTuple):
    """A piece of a text; a law that it names has an address, and the form that the address leads to."""

    text: str
    address: str | None = None
    form: str | None = None


@cache
def _named() -> dict[str, Piece]:
    with LAWS.open(encoding="utf-8", newline="") as file:
        return {
            row["name"].casefold(): Piece(
                row["name"], ADDRESS.format(year=row["year"], number=row["number"]), row["form"]
            )
            for row in csv.DictReader(file)
        }


@cache
def _pattern() -> re.Pattern[str]:
    names = "|".join(re.escape(name) for name in _named())
    return re.compile(rf"{_BY_NUMBER.pattern}|\b(?:{names})\b", re.IGNORECASE)


def pieces(text: str) -> Iterator[Piece]:
    """Yield the pieces of a text in order; joined they are the text."""
    done = 0
    for found in _pattern().finditer(text):
        if found.start() > done:
            yield Piece(text[done : found.start()])
        if found["number"]:
            yield Piece(found[0], ADDRESS.format(year=found["year"], number=found["number"]), found[0])
        else:
            known = _named()[found[0].casefold()]
            yield Piece(found[0], known.address, known.form)
        done = found.end()
    if done < len(text):
        yield Piece(text[done:])


@lru_cache(maxsize=256)
def linked(text: str) -> Markup:
    """Return a text as HTML in which each law leads to its own text at retsinformation.dk."""
    return Markup("").join(
        Markup('<a href="{}">{}</a>').format(one.address, one.text) if one.address else Markup("{}").format(one.text)
        for one in pieces(text)
    )
