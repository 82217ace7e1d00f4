"""The reviewed seed of days that are no working days: written here from the ``holidays`` package, read by dbt only.

Belongs here: which of the package's days count, and writing ``holidays.csv``. Does not belong here: weekends and what a
day off does to a deadline (``int_working_days``).

Run ``python -m pipelines.warehouse.holiday_seed`` when the law changes, and review the difference before it is
committed: a new version of the package never changes a figure by itself.
"""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

from pipelines.layout import SEEDS

SEED = SEEDS / "holidays.csv"
#: The contract takes dates from 1900 to 2100, which is also how far the package reaches; a deadline counted forward
#: from the last of them lies in January 2101, whose one day off is added.
YEARS = range(1900, 2101)
_BEYOND = (date(2101, 1, 1), "Nytårsdag")
#: Days that are no public holiday and still move a deadline (restaurationsloven § 36 a has the same list). The package
#: counts 1 May among its optional days too; nothing moves for it.
_DAYS_WITHOUT_WORK = {(6, 5): "Grundlovsdag", (12, 24): "Juleaftensdag", (12, 31): "Nytårsaftensdag"}


def rows() -> list[tuple[str, str, str]]:
    """Return date, name and kind (``public_holiday`` or ``day_off``) of each day, oldest first, one row per date."""
    import holidays

    public = holidays.country_holidays("DK", years=YEARS, language="da", categories=("public",))
    days: dict[date, tuple[str, str]] = {day: (name, "public_holiday") for day, name in public.items()}
    for year in YEARS:
        for (month, number), name in _DAYS_WITHOUT_WORK.items():
            days.setdefault(date(year, month, number), (name, "day_off"))
    days[_BEYOND[0]] = (_BEYOND[1], "public_holiday")
    return [(day.isoformat(), *days[day]) for day in sorted(days)]


def write(path: Path = SEED) -> None:
    """Write the seed."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("holiday_date", "name", "kind"))
        writer.writerows(rows())


if __name__ == "__main__":
    write()
