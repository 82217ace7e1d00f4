"""Invented people with civil registration numbers that nobody alive can have.

Belongs here: numbers, the ways a source system writes them, and who comes back with another case. Does not belong
here: anything about the cases.

Every number belongs to somebody born from 1858 to 1899: the seventh digit is 5 to 8 and the year 58 to 99, which the
register gives to that century and no other. So no row can ever be about a real, living person.
"""

from __future__ import annotations

from datetime import date

import numpy as np

from pipelines.demo import assumptions as assumed
from pipelines.demo.draws import Days, Draws, Texts
from pipelines.demo.municipalities import Municipalities

FIRST_BIRTHDAY = date(1858, 1, 1).toordinal()
BIRTHDAYS = date(1899, 12, 31).toordinal() - FIRST_BIRTHDAY + 1
SERIAL_NUMBERS = range(5000, 9000)

# A person is back in a case of their own some days after the one before at the earliest.
DAYS_OUTSIDE = 14


def numbers(draws: Draws, count: int) -> Texts:
    """Different civil registration numbers."""
    drawn = draws.generator.choice(BIRTHDAYS * len(SERIAL_NUMBERS), count, replace=False)
    birthdays, serials = np.divmod(drawn, len(SERIAL_NUMBERS))
    texts = {day: date.fromordinal(FIRST_BIRTHDAY + day).strftime("%d%m%y") for day in set(birthdays.tolist())}
    return np.array(
        [f"{texts[day]}{SERIAL_NUMBERS[serial]}" for day, serial in zip(birthdays.tolist(), serials.tolist())],
        dtype=object,
    )


def written(draws: Draws, cpr: Texts) -> Texts:
    """The numbers as each case has them: plain, with a hyphen, or with a leading zero lost on the way."""
    shares = draws.uniform(len(cpr)).tolist()
    lost = assumed.HYPHEN_SHARE + assumed.LOST_ZERO_SHARE
    return np.array(
        [
            f"{number[:6]}-{number[6:]}"
            if share < assumed.HYPHEN_SHARE
            else number[1:]
            if number[0] == "0" and share < lost
            else number
            for number, share in zip(cpr.tolist(), shares)
        ],
        dtype=object,
    )


def returning(draws: Draws, start: Days, over: Days) -> np.ndarray:
    """For each case the earlier case of the same person, or -1; no case is followed by two."""
    by_end = np.argsort(over, kind="stable")
    earlier = np.searchsorted(over[by_end], start - DAYS_OUTSIDE)
    picked = (draws.uniform(len(start)) * earlier).astype(np.int64)
    back = np.flatnonzero(draws.happens(assumed.RETURNING_SHARE, len(start)) & (earlier > 0))
    parents = by_end[picked[back]]
    _, first = np.unique(parents, return_index=True)
    parent = np.full(len(start), -1, dtype=np.int64)
    parent[back[first]] = parents[first]
    return parent


def people_of(parent: np.ndarray) -> np.ndarray:
    """The person of each case, numbered from 0, when each case names an earlier one of the same person or -1."""
    root = np.where(parent < 0, np.arange(len(parent)), parent)
    while True:
        older = root[root]
        if np.array_equal(older, root):
            return np.unique(root, return_inverse=True)[1]
        root = older


def homes_of(draws: Draws, municipalities: Municipalities, person: np.ndarray) -> np.ndarray:
    """Where each case's person comes from: one home for all of a person's cases, but for those who moved since."""
    home = municipalities.homes(draws, int(person.max(initial=-1)) + 1)[person]
    moved = draws.happens(assumed.MOVED_BETWEEN_CASES_SHARE, len(person))
    _, first = np.unique(person, return_index=True)
    moved[first] = False
    return np.where(moved, municipalities.homes(draws, len(person)), home)
