"""What is held about one person, for an access request: found by the pseudonym of the number, across batches.

Belongs here: finding the rows. Does not belong here: asking for the number and printing (``commands.person``).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pipelines.batches import batch_rows
from pipelines.batches.batch_list import Batch
from pipelines.contract import File, contract
from pipelines.layout import Output


@dataclass(frozen=True)
class HeldRow:
    """One row that is held about the person."""

    file: File
    line: int
    values: dict[str, str | None]
    reason: str | None

    @property
    def described(self) -> Iterator[tuple[str, str, str]]:
        """Yield name, value and what the column means, in Danish, of each filled value; the pseudonym itself aside."""
        for column in self.file.columns:
            value = self.values.get(column.stored_name)
            if value is not None and column.pii != "cpr":
                yield column.name, column.values.get(value, value), column.stored_description


def rows_of(output: Output, client_key: str, batch: Batch) -> list[HeldRow]:
    """Return the person's rows in one batch: the cases, and every row that belongs to them, in quarantine or not."""
    import duckdb

    staged = batch_rows.stage(output, batch.batch_id)
    rows: list[HeldRow] = []
    with duckdb.connect() as connection:

        def select(file: File, kind: str, condition: str, values: list[Any]) -> list[dict[str, Any]]:
            place = staged / kind / f"{file.table}.parquet"
            if not place.exists():
                return []
            found = connection.execute(f"select * from read_parquet(?) where {condition}", [str(place), *values])
            names = [column[0] for column in found.description or []]
            return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

        def hold(file: File, column: str, values: list[str]) -> None:
            for row in select(file, "loaded", f'"{column}" in (select unnest(?))', [values]):
                rows.append(HeldRow(file, row.pop("line"), row, None))
            condition = "json_extract_string(row_masked, ?) in (select unnest(?))"
            for row in select(file, "quarantine", condition, [f"$.{column}", values]):
                rows.append(HeldRow(file, row["line"], _row(row["row_masked"]), row["reason"]))

        for file in contract().files:
            if "client_key" in file.stored_names:
                hold(file, "client_key", [client_key])
        # A repeated case number belongs to the row that was loaded, and that may be somebody else's.
        own = [row for row in rows if row.reason != "duplicate_key" and row.values["sags_id"]]
        cases = {str(row.values["sags_id"]) for row in own}
        for file in contract().files:
            if "client_key" not in file.stored_names and "sags_id" in file.column_names and cases:
                hold(file, "sags_id", sorted(cases))
    return rows


def _row(text: str) -> dict[str, str | None]:
    return dict(json.loads(text))
