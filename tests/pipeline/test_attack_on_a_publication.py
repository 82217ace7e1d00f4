"""A publication as it lies in its folder is attacked from outside and as every municipality, by its files alone.

Belongs here: the small world's publication, with a lot drawn among what is hidden. Does not belong here: single files
(``tests.reports.test_attack_on_files``), all formats and all that is hidden (``benchmarks.whole_runs``).
"""

from __future__ import annotations

import random
import re
import shutil
from pathlib import Path

import pytest

from benchmarks import what_lasts
from pipelines import publications
from pipelines.disclosure import guard
from pipelines.disclosure.model import HIDDEN, Key, Printed
from pipelines.publishing.grounds import GROUNDS
from tests.pipeline.whole_path import small_world
from tests.unit.disclosure.attacker import Attacker, insiders
from tests.unit.disclosure.published.attack import Said, read_publication, said
from tests.unit.disclosure.published.said import Reading
from tests.unit.disclosure.worlds import true_value

FAMILIES = ("contact_sentence", "aid_decided", "housing_registered")
"""A duty of the authority, one with figures of the party's own, and two about the person and the same cases."""


@pytest.fixture(scope="module")
def printed() -> Printed:
    """What was counted and let through; of use to nobody but the judge of the attack."""
    (publication,) = publications.all_publications(small_world().output)
    found = guard.find(publication.folder / GROUNDS)
    assert isinstance(found, Printed)
    return found


@pytest.fixture(scope="module")
def edition() -> Path:
    (publication,) = publications.all_publications(small_world().output)
    return publication.folder / "delt"


@pytest.fixture(scope="module")
def reading(edition: Path) -> Reading:
    return what_lasts.read_once(edition)


@pytest.fixture(scope="module")
def told(reading: Reading, printed: Printed) -> Said:
    return said(reading.figures, printed.published)


def test_every_file_is_understood_and_says_what_was_let_through(reading: Reading, told: Said, printed: Printed) -> None:
    assert reading.not_understood == []
    assert told.leaks == [] and told.beside == []
    assert told.printed == printed.published
    assert sum(value is not HIDDEN for value in told.printed.values()) > 100
    pages = {one.file for one in reading.figures if one.file.endswith(".html")}
    assert len(pages) > 98 and len({one.file for one in reading.figures} - pages) > 98


@pytest.mark.parametrize("family", FAMILIES)
def test_nothing_hidden_is_worked_out_from_the_files_from_outside_or_by_any_municipality(
    family: str, told: Said, printed: Printed
) -> None:
    attacker = Attacker([(printed.problem, told.printed)], family, beside=[told.beside])
    readers = ["", *insiders(printed.problem)]
    assert len(readers) == 99
    rows = {tuple(row): key for key, row in attacker.protected()}
    assert len(rows) > 100
    drawn = random.Random(family).sample(sorted(rows), 5)
    assert attacker.exposed(readers, [(rows[row], list(row)) for row in drawn]) == []


@pytest.mark.parametrize("hidden", ["a small one", "one that hides another"])
def test_a_hidden_figure_left_on_a_page_is_found_and_what_follows_from_it(
    hidden: str, edition: Path, printed: Printed, tmp_path: Path
) -> None:
    """Its own municipality's page alone says it, in an attribute that no reader sees."""
    keys = [
        key
        for key, value in printed.published.items()
        if value is HIDDEN
        and (key.level, key.measure) == ("municipality", "due")
        and (true_value(printed.problem, key) >= 5) == (hidden == "one that hides another")
    ]
    key = max(keys, key=lambda one: (true_value(printed.problem, one), one.rule))
    for name in ("data.csv", "data-aar.csv"):
        shutil.copyfile(edition / name, tmp_path / name)
    page = tmp_path / "kommune" / key.unit / "index.html"
    page.parent.mkdir(parents=True)
    shutil.copyfile(edition / "kommune" / key.unit / "index.html", page)
    clean = said(read_publication(tmp_path).figures, printed.published)
    assert clean.leaks == []
    text = page.read_text(encoding="utf-8")
    begin = text.index(f'<a href="#{key.rule}">')
    at = text.index('<td><span class="hid"', begin)
    count = true_value(printed.problem, key)
    page.write_text(f'{text[:at]}<td data-v="{count}">{text[at + len("<td>") :]}', encoding="utf-8")
    planted = said(read_publication(tmp_path).figures, printed.published)
    assert planted.beside == [(key, count)]
    assert planted.leaks
    family = next(name for name, one in printed.problem.families.items() if (key.rule, "due") in one.figures)
    attacker = Attacker([(printed.problem, planted.printed)], family, beside=[planted.beside])
    row = next(row for one, row in attacker.protected() if one == key)
    (found,) = attacker.exposed([""], [(key, row)])
    assert isinstance(found.key, Key) and (found.low, found.high) == (count, count)


def test_the_benchmark_of_five_years_attacks_files_in_league_too() -> None:
    first, *attacked = what_lasts.attack(small_world().output, 40)
    assert "read from the files of 1 publications" in first
    assert ", 0 of them where another file hides them" in first and first.endswith("not understood: 0")
    found = {kind: count for line in attacked for kind, count in [line.split(" for ")[1].split(": ")]}
    counts = {kind: re.fullmatch(r"(\d+) of (\d+) tried", text) for kind, text in found.items()}
    assert {kind: text and text[1] for kind, text in counts.items()}["an outsider"] == "0"
    assert {kind: text and text[1] for kind, text in counts.items()}["a municipality"] == "0"
    assert counts["an outsider"] and int(counts["an outsider"][2]) >= 20
