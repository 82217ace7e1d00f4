"""Rows that are possible but odd: loaded all the same, and counted as warnings by the contract's names.

Belongs here: what a row says about itself, and about the delivery before. Does not belong here: row faults
(``quarantine``) and changes of whole files over time (``expectations.over_time``).
A warning counts rows, not values; only loaded rows count.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from pathlib import Path

from pipelines.contract import File, WarningRule, contract
from pipelines.judging.quarantine import JudgedFile


def warnings(judged: JudgedFile, extract_date: str) -> dict[str, int]:
    """Return how many loaded rows are odd in each way that needs no earlier delivery; nothing for a count of zero."""
    counts: dict[str, int] = {}
    for rule in contract().warnings.values():
        if rule.name == "event_after_extract":
            counts[rule.name] = _after(judged, extract_date)
        elif rule.name == "cpr_in_free_text":
            counts[rule.name] = len(judged.rows_with_numbers - judged.faults.keys())
        else:
            counts[rule.name] = _by_rule(judged, rule)
    return {name: count for name, count in counts.items() if count}


def _by_rule(judged: JudgedFile, rule: WarningRule) -> int:
    def column(name: str) -> Sequence[str | None]:
        return judged.loaded_column(name)

    if rule.earlier and rule.later and {rule.earlier, rule.later} <= judged.columns.keys():
        pairs = zip(column(rule.earlier), column(rule.later), strict=True)
        return sum(1 for early, late in pairs if early is not None and late is not None and early < late)
    if rule.together and set(rule.together) <= judged.columns.keys():
        first, second = rule.together
        return sum(
            1 for one, other in zip(column(first), column(second), strict=True) if (one is None) != (other is None)
        )
    return 0


def _after(judged: JudgedFile, extract_date: str) -> int:
    rows: set[int] = set()
    for column in judged.file.columns:
        if column.is_event:
            values = judged.columns[column.name]
            later = {value for value in set(values) if value is not None and value > extract_date}
            if later:
                rows |= {place for place, value in enumerate(values) if value in later}
    return len(rows - judged.faults.keys())


def recorded_late(staged: Path, earlier: Path, earlier_extract_date: str, files: Sequence[File]) -> dict[str, int]:
    """Return per file how many loaded rows have an event that the batch before lacked although it was old by then.

    An event is a filled date column of a key, planned and expected dates aside. It was absent from the batch before
    when that batch had no such key, or the column empty: a date that was corrected is not an event recorded late.
    """
    import duckdb  # late: a delivery can be refused without it

    counts: dict[str, int] = {}
    with duckdb.connect() as connection:
        for file in files:
            new, old = (folder / "loaded" / f"{file.table}.parquet" for folder in (staged, earlier))
            known = file.of(datetime.date.fromisoformat(earlier_extract_date))
            dates = [column.name for column in known.columns if column.is_event]
            if not (new.exists() and old.exists() and dates):
                continue
            days = contract().limits.recorded_late_days
            old_by_then = "strftime(cast(? as date) - cast(? as integer), '%Y-%m-%d')"
            same_key = " and ".join(f"new.{name} = old.{name}" for name in file.key)
            late = " or ".join(f"(new.{name} < {old_by_then} and old.{name} is null)" for name in dates)
            found = connection.execute(
                f"select count(*) from read_parquet(?) as new left join read_parquet(?) as old on {same_key} "
                f"where {late}",
                [str(new), str(old), *([earlier_extract_date, days] * len(dates))],
            ).fetchall()[0][0]
            if found:
                counts[file.name] = int(found)
    return counts
