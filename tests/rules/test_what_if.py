"""What if: other numbers, what they change, and files of parameters that are refused with a reason."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from pipelines.errors import UserError
from pipelines.runs import what_if
from tests.rules import warehouses
from tests.rules.build import Smaller


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    extract_date, tables = warehouses.delivery(warehouses.demo_delivery())
    target = tmp_path_factory.mktemp("changed") / "warehouse.duckdb"
    overrides = [("contact_supervision", "days", "21"), ("release_advanced", "public_holidays_advance", "true")]
    warehouses.build_from(
        tables, extract_date, target, smaller=Smaller(parameter_overrides=overrides), data_tests=False
    )
    return target


def test_other_days_move_the_deadline_of_that_rule_and_no_other(changed: Path) -> None:
    query = "select case_id, case_type, rule_id, deadline from marts.fct_rule_outcome where deadline is not null"
    before = {row[:3]: row[3] for row in warehouses.rows(warehouses.demo(), query)}
    after = {row[:3]: row[3] for row in warehouses.rows(changed, query)}
    for key, deadline in after.items():
        if key[2] == "contact_supervision":
            assert deadline == before[key] - timedelta(days=7)
        elif key[2] in ("contact_sentence", "municipal_response", "housing_need_clarified", "rent_help_applied"):
            assert deadline == before[key]


def test_the_other_reading_of_public_holidays_advances_a_release_on_one(changed: Path) -> None:
    holidays = {
        row[0]
        for row in warehouses.rows(changed, "select holiday_date from reference.holidays where kind = 'public_holiday'")
    }
    days = warehouses.rows(
        changed,
        "select day, advanced_day from intermediate.int_release_days where year(day) between 2020 and 2029",
    )
    for day, advanced in days:
        assert day.isoweekday() > 3 or day in holidays
        assert advanced < day and advanced.isoweekday() <= 3 and advanced not in holidays
    assert holidays & {day for day, _ in days if day.isoweekday() <= 3}


def test_the_comparison_lists_exactly_the_outcomes_and_figures_that_differ(changed: Path, tmp_path: Path) -> None:
    comparison = what_if.compare(warehouses.demo(), changed)
    (different,) = warehouses.rows(
        changed,
        "select count(*) from marts.fct_rule_outcome "
        "where rule_id = 'contact_supervision' and status <> 'not_applicable'",
    )
    of_the_rule = [row for row in comparison.outcomes.rows if row[1] == "Kommunen kontaktet om tilsynssag"]
    assert len(of_the_rule) == different[0] > 0
    assert {row[4] for row in comparison.figures.rows} == {"kvartal", "år", "rullende fire kvartaler"}
    overrides = [("contact_supervision", "days", "21")]
    what_if.write(comparison, overrides, tmp_path)
    text = (tmp_path / "udfald.csv").read_bytes().decode("utf-8-sig")
    written = list(csv.reader(io.StringIO(text), delimiter=";"))
    assert len(written) == len(comparison.outcomes.rows) + 1
    book = CalamineWorkbook.from_path(str(tmp_path / "hvad-nu-hvis.xlsx"))
    assert book.sheet_names == ["Om", "Udfald", "Enheder"]
    assert len(book.get_sheet_by_name("Enheder").to_python()) == len(comparison.figures.rows) + 1
    told = what_if.summary(comparison, overrides)
    assert "Ændret: contact_supervision: days = 21 (nu 28)" in told
    assert "Kommunen kontaktet om tilsynssag, hele landet" in told


def test_nothing_differs_between_a_warehouse_and_itself() -> None:
    comparison = what_if.compare(warehouses.demo(), warehouses.demo())
    assert not comparison.outcomes.rows and not comparison.figures.rows


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("p.yaml", "contact_sentence:\n  days: 21\n"),
        ("p.json", '{"contact_sentence": {"days": 21}}'),
        ("p.csv", "rule_id;parameter;value\ncontact_sentence;days;21\n"),
        ("p.csv", "rule_id,parameter,value\ncontact_sentence,days,21\n"),
    ],
)
def test_parameters_are_read_from_yaml_json_and_csv(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    assert what_if.read_overrides(tmp_path / name) == [("contact_sentence", "days", "21")]


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("p.txt", "", "ukendt endelse"),
        ("p.yaml", "{", "ikke gyldig YAML"),
        ("p.json", "{", "ikke gyldig JSON"),
        ("p.yaml", "contact_sentence: 21\n", "en blok pr. regel"),
        ("p.yaml", "", "en blok pr. regel"),
        ("p.yaml", "no_rule:\n  days: 21\n", "findes ikke"),
        ("p.yaml", "contact_sentence:\n  weeks: 3\n", "ingen parameter"),
        ("p.yaml", "contact_sentence:\n  days: -1\n", "helt tal"),
        ("p.yaml", "contact_sentence:\n  days: 2.5\n", "helt tal"),
        ("p.yaml", "contact_sentence:\n  days: true\n", "helt tal"),
        ("p.yaml", "release_advanced:\n  public_holidays_advance: 1\n", "true eller false"),
        ("p.yaml", "release_advanced:\n  last_weekday: 8\n", "ugedag"),
        ("p.csv", "rule_id;days\ncontact_sentence;21\n", "kolonnerne"),
        ("p.csv", "", "kolonnerne"),
        ("p.csv", "rule_id;parameter;value\na;b;1\n", "findes ikke"),
        ("p.csv", "rule_id;parameter;value\ncontact_sentence;days;1\ncontact_sentence;days;2\n", "to gange"),
        ("p.csv", "rule_id;parameter;value\n", "ingen ændrede parametre"),
    ],
)
def test_a_file_that_is_not_right_is_refused_with_what_is_wrong(
    tmp_path: Path, name: str, text: str, message: str
) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(UserError, match=message):
        what_if.read_overrides(tmp_path / name)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="kan ikke læses"):
        what_if.read_overrides(tmp_path / "p.yaml")
