"""How the columns of a table look, said once in the class of the table and not in each of its cells.

Belongs here: the names of these classes, which ``assets/side.css`` gives their look. Does not belong here: what a
column says.

``numbers-from-third``: numbers from the third column on; ``number-third``: in the third column; ``whole-third``: its
cells keep to one line. A page of a municipality has thousands of cells, and a class in each was a sixth of it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

#: The style sheet knows a class for each of these columns, and for numbers in all columns from one of the first four.
PLACES = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")
LAST_BEGUN = 4
_KEPT_WHOLE = frozenset({"Sag", "Frist", "Gjort", "Seneste møde", "Næste møde senest"})


def column_classes(headings: Sequence[str], numeric: Collection[int] = ()) -> str:
    """Return the classes of a table; ``numeric`` are the places of its columns of numbers, the first being 0.

    Raises ValueError for a column that the style sheet knows no class for.
    """
    whole = [place for place, heading in enumerate(headings) if heading in _KEPT_WHOLE and place not in numeric]
    numbers = sorted(place for place in numeric if place < len(headings))
    from_one_on = bool(numbers) and numbers[0] < LAST_BEGUN and numbers == list(range(numbers[0], len(headings)))
    if max([*whole, *([] if from_one_on else numbers)], default=0) >= len(PLACES):
        raise ValueError(f"a table with columns that no class is for: {', '.join(headings)}")
    told = [f"numbers-from-{PLACES[numbers[0]]}"] if from_one_on else [f"number-{PLACES[place]}" for place in numbers]
    return " ".join([*told, *(f"whole-{PLACES[place]}" for place in whole)])
