"""The finished files read back: what anyone sees of another unit is a figure that the shared edition has published."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest

from pipelines.layout import Output
from pipelines.vocabulary import HIDDEN, LEVELS, word
from pipelines.warehouse.in_place import open_read_only
from tests.meetings import made_up_output
from tests.meetings.made_up_output import PACK_CODES, PACK_SPAN, pack_file
from tests.meetings.read_back import Count, counts

KINDS = ("pptx", "pdf", "xlsx")
Row = dict[str, str]


def shared_rows(output: Output) -> Iterator[Row]:
    """Yield the rolling years of the shared edition as its files have them."""
    for file in sorted((output.published / made_up_output.RELEASE / "delt").rglob("data.csv")):
        with file.open(encoding="utf-8-sig", newline="") as lines:
            yield from csv.DictReader(lines, delimiter=";")


def published(output: Output) -> dict[tuple[str, str, str, str], Count]:
    """Return (in time, due) by level, unit, rule and year, of what is shown."""
    return {
        (row["niveau"], row["enhedskode"], row["pligt_id"], row["periode"]): (
            int(row["til_tiden"]),
            int(row["forfaldne"]),
        )
        for row in shared_rows(output)
        if row["til_tiden"].isdigit() and row["forfaldne"].isdigit()
    }


def derivable(figures: dict[tuple[str, str, str, str], Count]) -> set[Count]:
    """Return what anyone can reckon from published figures: two years together, and the nation without the area."""
    sums = dict(figures)
    for level, unit, rule, _ in figures:
        for span in (PACK_SPAN, PACK_SPAN.before):
            years = [figures.get((level, unit, rule, year)) for year in span.years]
            known = [year for year in years if year]
            if len(known) == len(years):
                sums[level, unit, rule, span.name] = (sum(met for met, _ in known), sum(due for _, due in known))
    rest = {
        (met - sums[area][0], due - sums[area][1])
        for (level, _, rule, when), (met, due) in sums.items()
        if level == word(LEVELS, "national")
        for area in [(word(LEVELS, "area"), "Øst", rule, when)]
        if area in sums
    }
    return set(sums.values()) | rest


def own_counts(output: Output, code: str) -> set[Count]:
    """Return every count of a municipality that its own page can show in full."""
    periods = [", ".join(f"'{quarter}'" for quarter in span.quarters) for span in (PACK_SPAN, PACK_SPAN.before)]
    spans = " union all ".join(
        "select sum(own_met), sum(own_due) from publish.pub_compliance where level = 'municipality' and unit_code = ? "
        f"and period_type = 'quarter' and period in ({names}) group by rule_id"
        for names in periods
    )
    year = (
        "select own_met, own_due from publish.pub_compliance where level = 'municipality' and unit_code = ? "
        f"and period_type = 'rolling4' and period = '{PACK_SPAN.last}'"
    )
    with open_read_only(output) as connection:
        return {
            (int(met), int(due)) for met, due in connection.execute(f"{spans} union all {year}", [code] * 3).fetchall()
        }


@pytest.mark.parametrize("kind", KINDS)
def test_participants_see_published_figures_alone(folder: Path, built: Output, kind: str) -> None:
    shown = counts(pack_file(folder, "deltagere", kind))
    assert len(shown) > 50
    assert shown <= derivable(published(built))


@pytest.mark.parametrize("kind", KINDS)
def test_the_area_office_does_see_more_than_was_published(folder: Path, built: Output, kind: str) -> None:
    """The test above can fail: full figures are in the files that have them."""
    assert not counts(pack_file(folder, "omraadekontor", kind)) <= derivable(published(built))


@pytest.mark.parametrize("kind", ("pdf", "xlsx"))
@pytest.mark.parametrize("code", PACK_CODES)
def test_a_municipality_sees_its_own_figures_and_published_ones_of_others(
    folder: Path, built: Output, code: str, kind: str
) -> None:
    others = {
        count
        for (level, _, _, year), count in published(built).items()
        if level in (word(LEVELS, "national"), word(LEVELS, "area")) and year == PACK_SPAN.last
    }
    shown = counts(pack_file(folder, f"kommune/{code}", kind))
    own = own_counts(built, code)
    assert shown & own and shown & others
    assert shown <= own | others


def test_each_municipality_stands_with_its_own_published_figure_or_hidden(folder: Path, built: Output) -> None:
    by_place = {(row["enhedskode"], row["pligt_id"]): row for row in shared_rows(built) if row["periode"] == "2026-Q3"}
    with open_read_only(built) as connection:
        rules = dict(connection.execute("select title_da, rule_id from publish.pub_rule").fetchall())
        codes = dict(connection.execute("select name, municipality_code from publish.pub_municipality").fetchall())
    sheet = openpyxl.load_workbook(pack_file(folder, "deltagere", "xlsx"))["Mønstre mellem kommunerne"]
    rows = list(sheet.iter_rows(values_only=True))
    head = next(place for place, row in enumerate(rows) if row[0] == "Kommune")
    checked = hidden = 0
    for row in rows[head + 1 :]:
        code = next(code for name, code in codes.items() if str(row[0]).startswith(name))
        for place, heading in enumerate(rows[head][1:], start=1):
            title, _, what = str(heading).rpartition(": ")
            if what == "andel":
                continue
            published = by_place[code, rules[title]][{"forfaldne": "forfaldne", "til tiden": "til_tiden"}[what]]
            wanted = published or HIDDEN
            assert str(row[place]) == wanted, (row[0], heading)
            checked += 1
            hidden += wanted == HIDDEN
    assert checked == len(PACK_CODES) * 10 and hidden
