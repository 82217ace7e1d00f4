"""A unit is told by what it could do itself: no page holds it to lateness that others caused."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable
from pathlib import Path

import pytest

from pipelines.warehouse.rule_models import rules_with_own_rate
from reports.editions import FULL
from reports.figures.data import Figure, ReportData
from reports.figures.judged import is_judged
from reports.figures.published_rows import WorklistRow
from reports.pages import work
from reports.pages.cases import CasePlaces
from reports.pages.first_screen import lines
from reports.publication import make
from reports.read_back.read_figures import published_cells
from reports.tasks import Task
from reports.words.first_screen import work_line
from tests.reports.made_rows import open_case
from tests.reports.rendering import sources
from tests.reports.small_world import AS_OF, tables, world

MIXED_SHARES = ("rate", "low", "high")


def assert_no_mixed_share(folder: Path, frame: ReportData) -> int:
    """Return how many figures of duties that others can cause lateness of stand under one unit's name."""
    counted = 0
    for cell in published_cells(folder, frame):
        if cell.level in ("municipality", "institution") and cell.rule in rules_with_own_rate():
            assert cell.measure not in MIXED_SHARES, cell
            counted += 1
    return counted


def test_no_file_of_any_edition_names_a_municipality_beside_a_rate_that_holds_the_delays_of_others(site: Path) -> None:
    frame = world().without_figures()
    folders = {"direktorat": world(), "delt": frame, "kommune/851": frame}
    assert sum(assert_no_mixed_share(site / folder, known) for folder, known in folders.items()) > 1000


@pytest.mark.parametrize("edition", ["direktorat", "delt"])
def test_no_page_that_lists_many_units_gives_the_mixed_share_of_one(tmp_path: Path, edition: str) -> None:
    tasks = [Task(edition, "duty", "", rule) for rule in rules_with_own_rate()]
    tasks += [Task(edition, "unit", "area", "Vest"), Task(edition, "unit", "region", "1082")]
    known = sources()
    for task in tasks:
        make(known, tmp_path, task, ("html",))
    frame = world() if edition == "direktorat" else world().without_figures()
    assert assert_no_mixed_share(tmp_path / edition, frame) > 300


def shares_of(figures: Iterable[Figure | None], name: str) -> set[str]:
    """Return shares as pages write them: in tenths, and in whole hundredths before their sign."""
    found = {getattr(figure, name) for figure in figures if figure} - {None}
    return {f"{rate * 100:.1f}".replace(".", ",") for rate in found} | {f"{rate * 100:.0f} pct" for rate in found}


def test_no_sentence_about_a_municipality_gives_the_mixed_share(site: Path) -> None:
    data, key = world(), ("municipality", "851")
    figure = data.figure(key, "aid_paid", "rolling4", data.quarter)
    assert figure and figure.rate and figure.own_rate and round(figure.rate, 2) != round(figure.own_rate, 2)
    checked = 0
    for rule in rules_with_own_rate():
        here = [one for (rule_id, _kind, _period), one in data.figures[key].items() if rule_id == rule]
        around = [data.year(unit, rule) for unit in (("region", "1081"), ("area", "Vest"), ("national", "DK"))]
        # What the same words say of the own rate, here or around, or by chance of a share of a part, is no mixed share.
        mixed = shares_of([data.year(key, rule)], "rate") - shares_of([*here, *around], "own_rate")
        for path in (site / "direktorat/kommune/851/index.html", site / "kommune/851/index.html"):
            text = path.read_text(encoding="utf-8").replace("\xa0", " ")
            article = re.search(rf'<article id="{rule}".*?</article>', text, re.DOTALL)
            overview = re.search(rf'<a href="#{rule}">.*?</tr>\s*<tr.*?</tr>', text, re.DOTALL)
            assert article and overview
            for part in (re.sub(r"<details>.*?</details>", " ", article[0], flags=re.DOTALL), overview[0]):
                words = re.sub(r"<script.*?</script>|<svg.*?</svg>|<[^>]+>", " ", part, flags=re.DOTALL)
                assert not [share for share in mixed if share in words], (rule, path)
            checked += len(mixed)
    assert checked >= 4


def test_a_page_opens_with_duties_of_the_units_own_party_alone() -> None:
    data = world()
    by_id = {rule.rule_id: rule for rule in data.rules}
    for key in (("municipality", "851"), ("region", "1081"), ("area", "Vest"), ("institution", "F01")):
        told = lines(data, data, data.units[key], data.rules)
        named = [by_id[line.link] for line in told if line.link in by_id]
        assert named and all(is_judged(key[0], rule) for rule in named)


def test_the_steps_sum_to_the_list_and_name_the_owner_that_the_evidence_names() -> None:
    data = world()
    for key in (("national", "DK"), ("municipality", "851"), ("institution", "F01")):
        rows = data.open_cases(key)
        waiting, in_place, old = work.split(rows)
        assert len(waiting) + len(in_place) + len(old) == len(rows)
        table = work.steps(data, waiting)
        body = table[:-1] if len(table) > 1 else table
        assert sum(int(row[-1].replace(".", "")) for row in body) == len(waiting)
        assert all(sum(int(cell) for cell in row[2:-1]) == int(row[-1]) for row in table)
    # The list says of each row what the published row says: whose step, and who caused what is overdue.
    unit = data.units["national", "DK"]
    place = {name: index for index, name in enumerate(work.without(work.COLUMNS, unit))}
    published = {(row[0], row[1]): row for row in tables()["pub_worklist"]}
    titles = {title: rule for rule, title in data.titles().items()}
    names = {"kriminalforsorgen": "Kriminalforsorgen", "kommune": "Kommunen", None: "–"}
    for row in data.open_cases(unit.key):
        cells = work.cells(data, unit, row, CasePlaces(FULL, ""))
        source = published[cells[0], titles[cells[1]]]
        assert cells[place["Hos"]] == names[source[13]]
        assert cells[place["Årsag til overskridelsen"]] == names[source[11]]


def test_the_line_on_what_can_be_saved_says_whose_step_it_is_and_by_when() -> None:
    def row(party: str | None, days: int, step: int, old: bool = False) -> WorklistRow:
        day = AS_OF + datetime.timedelta(step)
        return open_case(next_step_by=party, days_left=days, next_step_deadline=day, is_over_a_year_late=old)

    rows = [row("kommune", 20, 20), row("kriminalforsorgen", 20, 6), row("kriminalforsorgen", 10, -4)]
    rows += [row("kriminalforsorgen", -3, -3), row(None, 8, 8), row("kommune", -400, -400, True)]
    assert work_line(rows, "municipality", AS_OF) == (
        "3 pligter har frist inden for 60 dage: næste skridt er Kriminalforsorgens i 2 og kommunens i 1, det første "
        "senest 6. oktober 2026; 1 skulle allerede være taget. 1 overskredet pligt kan stadig opfyldes: næste skridt "
        "er Kriminalforsorgens. 1 er på plads indtil videre. 1 er mere end et år overskredet."
    )
    assert work_line([], "region", AS_OF) == "Ingen frister, hvor noget mangler, udløber inden for 60 dage."
