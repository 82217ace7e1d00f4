"""A place in a published file where a digit stands, or a mark in its stead. Belongs here: the two shapes of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

_DIGIT = re.compile(r"\d")
_SPACE = re.compile(r"[\s\u00a0]+")
MARKS = ("..", "skjult", ".. skjult", "hidden")
"""What stands in the place of a figure that is not shown."""


class Place(NamedTuple):
    """A text with a digit (or a mark) and what it stands under.

    ``kind``    cell, sentence, attribute, property, data, drawing, chart, axis, name or program.
    ``column``, ``row``  the headings of a cell; of an attribute its name.
    ``under``   caption and headings, the nearest first.
    """

    file: str
    kind: str
    text: str
    column: str = ""
    row: str = ""
    under: tuple[str, ...] = ()


class Record(NamedTuple):
    """A row of a data file: its values by column."""

    file: str
    values: Mapping[str, str]


def is_telling(text: str) -> bool:
    """Return whether a text could give a number, or the mark for a hidden one."""
    return bool(_DIGIT.search(text)) or text.strip() in MARKS


def tidy(text: str) -> str:
    """Return a text in one line, without what only breaks words."""
    return _SPACE.sub(" ", text.replace("\xad", "")).strip()
