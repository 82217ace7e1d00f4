"""The five years of the benchmark in small: what is played, and that its questions at the end can be answered with no.

Belongs here: the parts of ``benchmarks.five_years`` on the small world, which has one publication. Does not belong
here: playing quarters, which takes minutes each year; the benchmark does that.
"""

from __future__ import annotations

import csv
import datetime
import re
import shutil
from itertools import pairwise
from pathlib import Path

import duckdb
import openpyxl
import pytest

from benchmarks import what_lasts
from benchmarks.five_years import REFORM, History, fill_in
from benchmarks.installation import Disk, Installation, amend_law, copy_program
from pipelines.layout import PROJECT, Output
from pipelines.publishing.grounds import FIGURES, GROUNDS
from tests.pipeline.whole_path import KEY, SETTINGS, small_world


@pytest.mark.parametrize("quarters", [4, 20])
def test_everything_happens_within_the_quarters_and_in_its_order(quarters: int) -> None:
    history = History(40, quarters, "delt", "html,csv", 25)
    assert len(history.ends) == quarters
    assert all(80 < (later - earlier).days < 100 for earlier, later in pairwise(history.ends))
    assert history.ends[0] < REFORM <= history.ends[-1], "the region reform falls within"
    assert history.redelivered < history.withdrawn < quarters and history.upgrade <= history.withdrawn
    assert history.upgrade < history.new_machine < quarters
    assert history.ends[history.upgrade] < history.law_from, "the law is amended after the program that knows of it"
    assert history.move.valid_from.month % 3 == 1 and history.move.valid_from > history.ends[history.upgrade]


def test_a_law_is_amended_in_the_copy_of_the_program_alone(tmp_path: Path) -> None:
    program = copy_program(tmp_path / "second")
    begins = datetime.date(2027, 7, 1)
    amend_law(program, "contact_supervision", {"days": 21}, begins)
    place = Path("dbt_project") / "seeds" / "rule_catalogue.csv"
    ours, theirs = (list(csv.DictReader((root / place).open(encoding="utf-8"))) for root in (PROJECT, program))
    assert [row for row in theirs if row["rule_id"] != "contact_supervision"] == [
        row for row in ours if row["rule_id"] != "contact_supervision"
    ]
    old, new = (row for row in theirs if row["rule_id"] == "contact_supervision")
    assert (old["valid_to"], new["valid_from"]) == ("2027-06-30", "2027-07-01")
    assert '"days": 21' in new["parameters"] and '"days": 21' not in old["parameters"]


def test_a_form_is_filled_in_with_so_many_disputed_dates(tmp_path: Path) -> None:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet.title = "Svar"
    sheet.append(["sags_id", "regel", "frist", "raekke", "aarsag", "bestridt_dato", "kommunens_dato"])
    for number, (rule, key) in enumerate(
        [("aid_decided", None), ("aid_decided", "E1"), ("housing_renewed", "B1"), *[("contact_sentence", None)] * 2]
    ):
        sheet.append([f"A-{number}", rule, datetime.date(2026, 2, 1 + number), key, None, None, None])
    workbook.save(tmp_path / "svar.xlsx")
    empty = (tmp_path / "svar.xlsx").read_bytes()

    def disputed(*impossible: int) -> list[tuple[str, str, bool]]:
        (tmp_path / "svar.xlsx").write_bytes(empty)
        fill_in(tmp_path / "svar.xlsx", 2, impossible)
        filled = openpyxl.load_workbook(tmp_path / "svar.xlsx")["Svar"].iter_rows(min_row=2, values_only=True)
        return [(row[0], row[5], row[6] == row[2]) for row in filled if row[4] == "anden_dato"]

    assert disputed() == [("A-1", "afgoerelse", True), ("A-3", "henvendelse", True)]
    assert disputed(3) == [("A-3", "henvendelse", True), ("A-4", "henvendelse", True)], "row 3 cannot have been so"


def test_a_file_under_two_names_is_counted_once(tmp_path: Path) -> None:
    disk = Disk()
    (tmp_path / "one").write_bytes(b"x" * 100_000)
    (tmp_path / "two").hardlink_to(tmp_path / "one")
    assert 0.1 <= disk.grown(tmp_path) < 0.12
    (tmp_path / "three").write_bytes(b"y" * 50_000)
    assert 0.05 <= disk.grown(tmp_path) < 0.06


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """A machine of its own with a copy of the small world."""
    folder = tmp_path_factory.mktemp("five-years")
    skipped = shutil.ignore_patterns("dagster", "run.lock", "work")
    shutil.copytree(small_world().output.root, folder / "output", symlinks=True, ignore=skipped)
    made = Installation(folder / "machine", PROJECT, folder / "output", SETTINGS)
    made.key.parent.mkdir(parents=True, mode=0o700)
    made.key.write_text(KEY, encoding="ascii")
    made.key.chmod(0o600)
    return made


def of(line: str) -> tuple[int, int]:
    """Return how many are good, and of how many."""
    found = re.search(r"(\d+) of (\d+)", line)
    assert found is not None, line
    return int(found[1]), int(found[2])


def test_every_figure_is_what_its_explanations_add_up_to_and_one_that_is_not_is_counted(here: Installation) -> None:
    output = Output(here.output)
    good, all_figures = of(what_lasts.explained(output))
    assert good == all_figures > 1000
    move_a_figure(output, 1)
    assert of(what_lasts.explained(output)) == (good - 1, all_figures)
    move_a_figure(output, -1)


def move_a_figure(output: Output, by: int) -> None:
    """Change one figure of the warehouse, which its cases do not add up to then."""
    with duckdb.connect(str(output.warehouse)) as connection:
        changed = connection.execute(
            "update marts.fct_compliance set met = met + ? where level = 'national' and period_type = 'quarter' "
            "and rule_id = 'aid_decided' and period = '2026-Q2' returning 1",
            [by],
        ).fetchall()
    assert len(changed) == 1


def test_a_publication_verifies_until_its_figures_are_changed(here: Installation) -> None:
    output = Output(here.output)
    assert of(what_lasts.verified(here, output)) == (1, 1)
    change_published_figures(output)
    assert of(what_lasts.verified(here, output)) == (0, 1)


def change_published_figures(output: Output) -> None:
    """Write other figures than those that were published into the publication's grounds."""
    figures = output.published / "2026-09-30" / GROUNDS / FIGURES
    other = figures.with_name("other.parquet")
    with duckdb.connect() as connection:
        connection.execute(
            f"copy (select * replace (due + 1 as due) from read_parquet('{figures}')) to '{other}' (format parquet)"
        )
    other.replace(figures)
