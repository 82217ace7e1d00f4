"""Values for the columns of the contract that this package does not know, made up from their type.

Belongs here: what stands in a column that somebody has added to the contract. Does not belong here: the columns that
have a meaning in the synthetic world; they come with the events.

So whoever adds a column to the contract adds nothing here, and the synthetic delivery still follows the contract.
The values are the same in every extract of a world: they hang on the row's key, not on the day.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zlib import crc32

import numpy as np

from pipelines.contract import Column, File
from pipelines.demo.draws import Days, Draws
from pipelines.demo.tables import Shown, Values, empty_like, repeat

# Our assumption: a column that may be empty is filled on most rows.
FILLED_SHARE = 0.7
WHOLE_NUMBERS_ABOVE_MINIMUM = 400
# A date nobody has given a meaning lies shortly before the day the system got the row, so never after the extract.
DATED_DAYS_BACK = 60
# Nobody alive has a number with this birthday and such a serial number (see ``people``).
BIRTHDAY, SERIAL_NUMBERS = "010158", range(5000, 9000)


@dataclass(frozen=True)
class NewColumns:
    """What columns without a meaning are filled with: by the seed, and the municipalities there are."""

    seed: int
    municipality_codes: Sequence[str]

    def fill(self, file: File, shown: Shown, known: Days, files: Mapping[str, Shown]) -> Shown:
        """The file's columns as the contract orders them; those that are not in `shown` are made up.

        `known` is the day the system got each row, and `files` has every file, for columns that refer to another's.
        A column that the contract does not name stays out.
        """
        keys = _keys(file, shown, len(known))
        return {
            column.name: shown[column.name] if column.name in shown else self._made_up(file, column, keys, known, files)
            for column in file.columns
        }

    def _made_up(self, file: File, column: Column, keys: Values, known: Days, files: Mapping[str, Shown]) -> Values:
        # A draw per row from its own key: another extract of the same world has the same value in the same row.
        source = Draws(self.seed, f"{file.name} {column.name}").generator
        factor, shift = source.integers(1, 1 << 62, 2, dtype=np.uint64) | np.uint64(1)
        numbers = ((keys * factor + shift) >> np.uint64(20)).astype(np.int64)
        values = self._of_type(column, numbers, known, files)
        if column.required or column.name in file.key:
            return values
        return np.where((numbers >> 24) % 1000 < FILLED_SHARE * 1000, values, empty_like(values))

    def _of_type(self, column: Column, numbers: Values, known: Days, files: Mapping[str, Shown]) -> Values:
        if column.type == "date":
            return known - numbers % DATED_DAYS_BACK
        options = self._options(column, files)
        if options:
            return np.array(options, dtype=object)[numbers % len(options)]
        least = column.minimum or 0
        made = {
            "integer": lambda number: str(least + number % WHOLE_NUMBERS_ABOVE_MINIMUM),
            "decimal": lambda number: f"{least + number % WHOLE_NUMBERS_ABOVE_MINIMUM},{number % 100:02d}",
            "cpr": lambda number: f"{BIRTHDAY}{SERIAL_NUMBERS[number % len(SERIAL_NUMBERS)]}",
            "email": lambda number: f"proeve{number % 1000}@eksempel.example",
        }
        if column.type in made:
            return np.array([made[column.type](number) for number in numbers.tolist()], dtype=object)
        return repeat(f"prøve {column.name}", len(numbers))

    def _options(self, column: Column, files: Mapping[str, Shown]) -> Sequence[str]:
        """The values the column may have, where they are counted; a reference may name any row of the other file."""
        if column.values:
            return list(column.values)
        for reference in column.references:
            for name, shown in files.items():
                if name.partition(".")[0] == reference.table and len(shown.get(reference.column, ())):
                    return shown[reference.column].tolist()
        return self.municipality_codes if column.type == "municipality_code" else []


def _keys(file: File, shown: Shown, count: int) -> Values:
    """A number for each row that follows from its key alone, or from its place where the key itself is new."""
    parts = [shown[name].tolist() for name in file.key if name in shown]
    rows = zip(*parts) if parts else ((number,) for number in range(count))
    return np.array([crc32(repr(row).encode()) for row in rows], dtype=np.uint64)
