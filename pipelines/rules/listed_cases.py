"""What there is to tell of each case on a list: why its duties are as they are, and where its rows were delivered.

Belongs here: bringing explanations and delivered rows together, by municipality and case. Does not belong here: the
sentences of an explanation (``explain``), and the pages (``reports``).

A case that has moved is told once for each municipality that its listed outcomes count under, and each of them is
told of those outcomes and of the rows about itself alone.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from pipelines.contract import File, contract
from pipelines.rules.explain import Explainer, Explanation

CASE, MUNICIPALITY = "sags_id", "kommunekode"


class DeliveredRow(NamedTuple):
    """One row of the delivery: its file, the line where it begins, its own number if it has one, and its days."""

    file: str
    line: int
    number: str | None
    days: tuple[tuple[str, datetime.date], ...]


@dataclass(frozen=True)
class ListedCase:
    """One case on a list as one municipality (None: unknown) may read of it; explanations in the catalogue's order."""

    case_id: str
    municipality_code: str | None
    explanations: tuple[Explanation, ...]
    rows: tuple[DeliveredRow, ...]


def listed_cases(connection: Any) -> list[ListedCase]:
    """Return every case of the late ones and of the worklist, by municipality and number."""
    told: dict[tuple[str, str | None], list[Explanation]] = {}
    for case_id, municipality, explanation in Explainer(connection).explain_listed():
        told.setdefault((case_id, municipality), []).append(explanation)
    rows = _rows(connection, sorted({case_id for case_id, _municipality in told}))
    return [
        ListedCase(case_id, municipality, tuple(all_of), _about(rows.get(case_id, ()), municipality, all_of))
        for (case_id, municipality), all_of in sorted(told.items(), key=lambda one: (one[0][1] or "", one[0][0]))
    ]


def _about(
    rows: Iterable[tuple[str | None, DeliveredRow]], municipality: str | None, told: Iterable[Explanation]
) -> tuple[DeliveredRow, ...]:
    """Return the rows of the files that the explanations rest on; those that name another municipality are left out."""
    files = {file for explanation in told for file in explanation.files}
    return tuple(
        row for owner, row in rows if row.file in files and (not municipality or owner in (None, municipality))
    )


def _rows(connection: Any, cases: list[str]) -> Mapping[str, list[tuple[str | None, DeliveredRow]]]:
    """Return the delivered rows of the listed cases with the municipality that each names, in the files' order."""
    found: dict[str, list[tuple[str | None, DeliveredRow]]] = {}
    for file in contract().files:
        if CASE in file.column_names and not file.restricted:
            for case_id, owner, row in _rows_of(connection, file, cases):
                found.setdefault(case_id, []).append((owner, row))
    return found


def _rows_of(connection: Any, file: File, cases: list[str]) -> Iterable[tuple[str, str | None, DeliveredRow]]:
    days = [column.name for column in file.columns if column.type == "date" and column.pii is None]
    owner = MUNICIPALITY if MUNICIPALITY in file.column_names else "null"
    own_number = file.key[0] if file.key[0] != CASE else "null"
    dates = "".join(f', try_cast("{name}" as date)' for name in days)
    query = (
        f"select {CASE}, {owner}, {own_number}, line{dates} from raw.{file.table} "
        f"where {CASE} in (select unnest(?::varchar[])) order by line"
    )
    for case_id, code, number, line, *values in connection.execute(query, [cases]).fetchall():
        told = tuple((name, day) for name, day in zip(days, values, strict=True) if day is not None)
        yield case_id, code, DeliveredRow(file.name, line, number, told)
