"""What a correction changes: a later publication about the same day beside the one before it.

Belongs here: comparing figures with those of the publication that is corrected, full ones and printed protected ones
apart. Does not belong here: the words of it (``reports.figures.notice``), and figures that moved between publications
of different days (``fct_revision``).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.disclosure.model import FormerPrinted, Key, Printed, Value

if TYPE_CHECKING:
    import duckdb

    from reports.figures.notice import Notice

# Publications from before own figures were kept have none, and then those cannot be told to have changed.
_CHANGED = """
with before as (
    select * from read_parquet(?)
    union all by name
    select null::bigint as own_due, null::bigint as own_met where false
)
select distinct level, unit_code, rule_id
from publish.pub_figures as now
full join before using (level, unit_code, period_type, period, rule_id)
where
    (coalesce(now.due, 0), coalesce(now.met, 0), coalesce(now.late, 0), coalesce(now.missed, 0))
    <> (coalesce(before.due, 0), coalesce(before.met, 0), coalesce(before.late, 0), coalesce(before.missed, 0))
    or now.own_due <> before.own_due
    or now.own_met <> before.own_met
order by all
"""


def of_full_figures(connection: duckdb.DuckDBPyConnection, publication_id: str, corrects: str, figures: Path) -> Notice:
    """Return what changed in full figures since a publication whose figures lie in a parquet file; for the
    Directorate.
    """
    from reports.figures.notice import Notice

    changed: dict[tuple[str, str], tuple[str, ...]] = {}
    for level, code, rule in connection.execute(_CHANGED, [str(figures)]).fetchall():
        changed[level, code] = (*changed.get((level, code), ()), rule)
    return Notice(publication_id, corrects, changed)


def of_printed_figures(
    now: Mapping[Key, Value], before: Printed | FormerPrinted, publication_id: str, corrects: str
) -> Notice:
    """Return what changed in what anyone can read, and nothing else: what is hidden then and now tells nothing."""
    from reports.figures.notice import Notice

    changed: dict[tuple[str, str], set[str]] = {}
    for key, value in before.published.items():
        if key in now and now[key] != value:
            changed.setdefault((key.level, key.unit), set()).add(key.rule)
    return Notice(publication_id, corrects, {unit: tuple(sorted(rules)) for unit, rules in sorted(changed.items())})
