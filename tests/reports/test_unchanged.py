"""Pages that have not changed are taken over from an earlier publication, and only those."""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from pipelines.units import NATION
from reports.figures.data import Meeting, ReportData
from reports.figures.notice import Notice
from reports.figures.protected import protected_data
from reports.publication import make, render
from reports.tasks import Sources, Task
from reports.unchanged import Earlier, Fingerprints, copied, files_of, further_files, page_name
from tests.reports.protecting import crude_cells
from tests.reports.rendering import KINDS, sources
from tests.reports.small_world import world

FORMATS = ("html", "csv")
MUNICIPALITY = Task("direktorat", "unit", "municipality", "851")
PAGES = (*KINDS, Task("direktorat", "unit", "area", "Vest"))


def edited_figure(key: tuple[str, str], rule_id: str) -> Callable[[ReportData], ReportData]:
    """Return a change of one unit's newest rolling year under one duty."""

    def edit(data: ReportData) -> ReportData:
        place = (rule_id, "rolling4", data.quarter)
        figure = data.figures[key][place]
        changed = figure._replace(due=(figure.due or 0) + 3, met=(figure.met or 0) + 1)
        return dataclasses.replace(data, figures=data.figures | {key: data.figures[key] | {place: changed}})

    return edit


def edited_case(name: str, municipality: str) -> Callable[[ReportData], ReportData]:
    """Return a change of a case in the worklist or among the late ones."""

    def edit(data: ReportData) -> ReportData:
        rows: list[Any] = list(getattr(data, name))
        place = next(place for place, row in enumerate(rows) if row.municipality_code == municipality)
        day = max(row.deadline for row in rows) if name == "worklist" else datetime.date(2020, 1, 1)
        rows[place] = rows[place]._replace(case_id="ÆNDRET-1", deadline=day)
        changed: dict[str, Any] = {name: rows}
        return dataclasses.replace(data, **changed)

    return edit


def edited_breakdown(data: ReportData) -> ReportData:
    key = next(key for key in data.breakdown if key == ("municipality", "851"))
    rule, rows = next(iter(data.breakdown[key].items()))
    first = type(rows[0])._make(value + 1 if isinstance(value, int) else value for value in rows[0])
    return dataclasses.replace(data, breakdown=data.breakdown | {key: data.breakdown[key] | {rule: [first, *rows[1:]]}})


CHANGES: dict[str, Callable[[ReportData], ReportData]] = {
    "a municipality's figure": edited_figure(("municipality", "851"), "contact_sentence"),
    "another municipality's figure": edited_figure(("municipality", "101"), "contact_sentence"),
    "the nation's figure": edited_figure(NATION, "aid_decided"),
    "a case at work": edited_case("worklist", "851"),
    "another municipality's case": edited_case("worklist", "147"),
    "a late case": edited_case("late_cases", "851"),
    "a split": edited_breakdown,
    "the batch": lambda data: dataclasses.replace(data, run=data.run._replace(batch_id="2026-09-30-2")),
    "the program": lambda data: dataclasses.replace(data, run=data.run._replace(code_version="2.0.0+0")),
    "a rule's title": lambda data: dataclasses.replace(
        data, rules=tuple(dataclasses.replace(rule, title=f"{rule.title}!") for rule in data.rules)
    ),
    "a name": lambda data: dataclasses.replace(
        data,
        units=data.units
        | {("municipality", "851"): dataclasses.replace(data.units["municipality", "851"], name="Ålborg")},
    ),
    "what was delivered": lambda data: dataclasses.replace(
        data, quality=[row._replace(rows=123456) if row.rows else row for row in data.quality]
    ),
    "a meeting": lambda data: dataclasses.replace(
        data, meetings={("area", "Vest"): [Meeting("Aalborg", None, None, True)]}
    ),
    "a correction": lambda data: dataclasses.replace(
        data, notice=Notice("2026-09-30-2", "2026-09-30", {("municipality", "851"): ("contact_sentence",)})
    ),
}


@cache
def unchanged() -> Sources:
    return all_of(world())


def all_of(data: ReportData) -> Sources:
    return Sources(data, protected_data(data.without_figures(), crude_cells(data)))


def written(known: Sources, target: Path, formats: tuple[str, ...], tasks: Sequence[Task]) -> dict[str, bytes]:
    """Return each page's files as one text of bytes."""
    pages = {}
    for task in tasks:
        make(known, target, task, formats)
        pages[page_name(task)] = b"".join((target / file).read_bytes() for file in files_of(task, formats))
    return pages


@cache
def before(formats: tuple[str, ...]) -> tuple[dict[str, str], dict[str, bytes]]:
    known = sources()
    fingerprints = Fingerprints(known, formats)
    with TemporaryDirectory() as target:
        return {page_name(task): fingerprints.of(task) for task in PAGES}, written(known, Path(target), formats, PAGES)


def a_change_is_seen(name: str, formats: tuple[str, ...], tasks: Sequence[Task], target: Path) -> None:
    """Fail unless each of the pages that comes out otherwise after a change has another fingerprint."""
    known = all_of(CHANGES[name](world()))
    fingerprints_before, pages_before = before(formats)
    pages, fingerprints = written(known, target, formats, tasks), Fingerprints(known, formats)
    otherwise = {page for page, content in pages.items() if content != pages_before[page]}
    changed = {page_name(task) for task in tasks if fingerprints.of(task) != fingerprints_before[page_name(task)]}
    assert otherwise, "the change is one that shows somewhere"
    assert otherwise <= changed


# Of the other pages every change tries some; ``benchmarks/whole_runs/test_unchanged.py`` tries all, in more formats.
@pytest.mark.parametrize(("number", "name"), list(enumerate(CHANGES)))
def test_a_page_that_would_come_out_otherwise_has_another_fingerprint(number: int, name: str, tmp_path: Path) -> None:
    others = [task for task in PAGES if task != MUNICIPALITY]
    a_change_is_seen(name, ("html",), [MUNICIPALITY, *others[number % 4 :: 4]], tmp_path)


@pytest.mark.parametrize("name", ["a case at work", "a late case", "a split", "a correction"])
def test_what_concerns_one_municipality_alone_leaves_the_others_pages_as_they_were(name: str) -> None:
    old, new = unchanged(), all_of(CHANGES[name](world()))
    first, second = Fingerprints(old, FORMATS), Fingerprints(new, FORMATS)
    pack = next(task for task in KINDS if task.kind == "pack")
    for code, is_same in (("851", False), ("101", True)):
        for task in (pack._replace(code=code), pack._replace(edition="direktorat", kind="unit", code=code)):
            assert (first.of(task) == second.of(task)) is is_same


def test_the_fingerprint_is_the_same_in_every_process() -> None:
    program = (
        "import datetime\nfrom reports.figures.data import Figure, ReportData, Unit\n"
        "from reports.figures.published_rows import RunRow\n"
        "from reports.tasks import Sources, Task\nfrom reports.unchanged import Fingerprints\n"
        "day = datetime.date(2026, 9, 30)\nunits = {('region', '1084'): Unit('region', '1084', 'Region')}\n"
        "members = {('region', '1084'): frozenset(str(code) for code in range(100, 200))}\n"
        "figures = {('region', '1084'): {('aid_paid', 'rolling4', '2026-Q3'): Figure(61, 40, 2, 1, 0.66, 0.5, 0.8)}}\n"
        "data = ReportData(RunRow('b', day, day, 's', True, 'c'), (), units, figures, members=members)\n"
        "print(Fingerprints(Sources(data, data), ('html',)).of(Task('direktorat', 'unit', 'region', '1084')))"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", program],
            capture_output=True,
            text=True,
            check=True,
            env=os.environ | {"PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(said) == 1 and len(said.pop().strip()) == 64


def test_a_publication_about_the_same_figures_is_copied_whole_and_a_damaged_file_made_again(tmp_path: Path) -> None:
    data = small()
    cells = crude_cells(data)
    editions = ("direktorat", "kommune", "delt")
    first = render(data, cells, tmp_path / "first", editions=editions, formats=FORMATS)
    sums = {file: hashlib.sha256((tmp_path / "first" / file).read_bytes()).hexdigest() for file in first.files}
    tasks = [task_of(name) for name in first.fingerprints]
    told = {file for task in tasks for file in files_of(task, FORMATS)}
    # A page has a csv file for each period type that it has figures of.
    told |= {file for task in tasks for file in further_files(task, FORMATS) if file in sums}
    assert told == {file for file in first.files if "/assets/" not in file}
    page = tmp_path / "first" / "delt" / "kommune" / "851" / "index.html"
    page.write_bytes(page.read_bytes() + b" ")
    earlier = [Earlier(tmp_path / "first", sums, first.fingerprints)]
    second = render(data, cells, tmp_path / "second", editions=editions, formats=FORMATS, earlier=earlier)
    assert second.copied == len(first.fingerprints) - 1
    assert second.files == first.files
    assert sums == {file: hashlib.sha256((tmp_path / "second" / file).read_bytes()).hexdigest() for file in sums}


def test_a_page_of_which_a_file_is_missing_is_not_taken_over(tmp_path: Path) -> None:
    task = KINDS[0]
    assert not copied(task, "x", FORMATS, tmp_path, [Earlier(tmp_path, {}, {page_name(task): "x"})])


def small() -> ReportData:
    """Return the small world with three municipalities left, so that a whole publication is soon made."""
    data = world()
    kept = {"101", "751", "851"}
    gone = {key for key in data.units if key[0] == "municipality" and key[1] not in kept}
    gone |= {key for key in data.units if key[0] == "institution"}
    return dataclasses.replace(
        data,
        units={key: unit for key, unit in data.units.items() if key not in gone},
        figures={key: rows for key, rows in data.figures.items() if key not in gone},
        rules=data.rules[:4],
    )


def task_of(name: str) -> Task:
    return Task(*name.split("/"))
