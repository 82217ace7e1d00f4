"""Invented people with civil registration numbers that nobody alive can have.

Belongs here: numbers, the ways a source system writes them, and who comes back with another case. Does not belong
here: anything about the cases.

Every number belongs to somebody born from 1858 to 1899: the seventh digit is 5 to 8 and the year 58 to 99, which the
register gives to that century and no other. So no row can ever be about a real, living person.
"""

from __future__ import annotations

from datetime import date, timedelta

from pipelines.demo.chance import Chance

FIRST_BIRTHDAY = date(1858, 1, 1)
BIRTHDAYS = (date(1899, 12, 31) - FIRST_BIRTHDAY).days + 1

RETURNING_SHARE = 0.16
HYPHEN_SHARE = 0.1
LOST_ZERO_SHARE = 0.04


def written(cpr: str, chance: Chance) -> str:
    """The number as one case has it: plain, with a hyphen, or with its leading zero lost on the way."""
    draw = chance.random()
    if draw < HYPHEN_SHARE:
        return f"{cpr[:6]}-{cpr[6:]}"
    if cpr[0] == "0" and draw < HYPHEN_SHARE + LOST_ZERO_SHARE:
        return cpr[1:]
    return cpr


class People:
    """Everybody with a case, so that some of them can have more than one."""

    def __init__(self, chance: Chance) -> None:
        self.chance = chance
        self.numbers: set[str] = set()
        self.earlier: list[tuple[str, str, int]] = []

    def new_number(self) -> str:
        """A number not used before."""
        while True:
            birthday = FIRST_BIRTHDAY + timedelta(days=self.chance.within(0, BIRTHDAYS - 1))
            number = f"{birthday:%d%m%y}{self.chance.within(5000, 8999)}"
            if number not in self.numbers:
                self.numbers.add(number)
                return number

    def returning(self, start: int) -> tuple[str, str] | None:
        """The number and home of somebody whose earlier case was over by then; None for a new person.

        The person is handed out: `remember` puts them back with the end of their new case.
        """
        if not self.earlier or not self.chance.happens(RETURNING_SHARE):
            return None
        for _ in range(4):
            place = self.chance.within(0, len(self.earlier) - 1)
            number, home, over = self.earlier[place]
            if over < start - 14:
                self.earlier[place] = self.earlier[-1]
                self.earlier.pop()
                return number, home
        return None

    def remember(self, number: str, home: str, over: int) -> None:
        """Keep a person for a later case."""
        self.earlier.append((number, home, over))
