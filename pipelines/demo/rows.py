"""One row of the synthetic world, and what of it the source system knew on a day.

Belongs here: rows, cells that change, the numbering of keys. Does not belong here: how a row is written to a file
(``batch_files``) or what stands in it.

A cell is a text, a date (as a proleptic ordinal, since a world has millions of them) or a change: a triple of the day
the system learnt it, the cell before and the cell from that day on.
"""

from __future__ import annotations

from typing import NamedTuple

FOREVER = 10**9

Cell = str | int | tuple[int, "Cell", "Cell"]


class Row(NamedTuple):
    """A row of one file of the contract: known from a day, and withdrawn as a mistake on another."""

    file: str
    known: int
    cells: list[Cell]
    withdrawn: int = FOREVER


def later(known: int, value: Cell) -> Cell:
    """A cell that is empty until the system learns its value."""
    return (known, "", value)


def on_day(cell: Cell, day: int) -> str | int:
    """The cell as the system knew it on a day."""
    while not isinstance(cell, (str, int)):
        known, before, after = cell
        cell = after if known <= day else before
    return cell


class Numbering:
    """Keys as the source system gives them: a letter and a running number per kind of row."""

    def __init__(self) -> None:
        self.given: dict[str, int] = {}

    def next(self, letter: str, digits: int = 7) -> str:
        """The next key of this kind."""
        number = self.given.get(letter, 0) + 1
        self.given[letter] = number
        return f"{letter}{number:0{digits}d}"
