"""Honest replies go through: saved by another program, written as people write, and made a month ago."""

from __future__ import annotations

import csv
import datetime
import io
import shutil
import subprocess
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import openpyxl.workbook.defined_name
import pytest

import pipelines
from pipelines.layout import Output
from pipelines.replies import form_wordings, replies, reply_form, returned_form
from reports.meetings.sections import replies_section
from tests.meetings.filled_forms import DAY, DISPUTE, Change, filled, form, import_file, run, today, with_parts

NUMBER = "010101-1234"
#: The form of the made-up municipality, filled in as DISPUTE says and saved by LibreOffice 7.4 (headless, as xlsx).
SAVED_BY_LIBREOFFICE = Path(__file__).with_name("saved_by_libreoffice.xlsx")


def cells(content: bytes) -> list[dict[str, Any]]:
    """Return the lines of a form."""
    rows = list(openpyxl.load_workbook(io.BytesIO(content))["Svar"].iter_rows(values_only=True))
    return [dict(zip(rows[0], row)) for row in rows[1:]]


def every_line(column: str, value: Any) -> Change:
    """Write a value on every line."""

    def change(workbook: Any) -> None:
        sheet = workbook["Svar"]
        place = next(cell.column for cell in sheet[1] if cell.value == column)
        for row in range(2, sheet.max_row + 1):
            sheet.cell(row, place).value = value

    return change


def test_a_form_saved_by_libreoffice_is_read_as_it_was_filled_in(output: Output) -> None:
    assert import_file(output, SAVED_BY_LIBREOFFICE) == 0
    (one,) = replies.recorded(output)
    assert (one.reply.case_id, one.reply.row_key, one.reply.claimed) == ("C-1", "E-1", DAY)


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice (soffice) is not on this machine")
def test_this_form_saved_by_the_libreoffice_at_hand_goes_through(output: Output, tmp_path: Path) -> None:
    file = filled(output, tmp_path / "svar.xlsx", {"E-1": dict(DISPUTE)})
    words = [
        "soffice",
        "--headless",
        f"-env:UserInstallation=file://{tmp_path}/profile",
        "--convert-to",
        "xlsx:Calc MS Excel 2007 XML",
        "--outdir",
        str(tmp_path / "saved"),
        str(file),
    ]
    subprocess.run(words, check=True, capture_output=True, timeout=120)
    assert import_file(output, tmp_path / "saved" / "svar.xlsx") == 0
    assert replies.recorded(output)[0].reply.claimed == DAY


def test_the_empty_drawing_that_other_programs_leave_is_no_remark_but_a_drawing_is(
    output: Output, tmp_path: Path, capsys: Any
) -> None:
    name = "xl/drawings/drawing1.xml"
    file = with_parts(filled(output, tmp_path / "a.xlsx", {"E-1": dict(DISPUTE)}), {name: b"<xdr/>"})
    assert import_file(output, file) == 0
    file = with_parts(filled(output, tmp_path / "b.xlsx", {"E-1": dict(DISPUTE)}), {name: b"<xdr><sp/></xdr>"})
    assert import_file(output, file) == 1
    assert "figurer" in capsys.readouterr().err


def test_sheets_named_and_numbers_written_as_numbers_does_are_the_forms_own(output: Output, tmp_path: Path) -> None:
    def as_numbers_does(workbook: Any) -> None:
        for sheet in workbook:
            sheet.title = f"{sheet.title} - Tabel 1"
        for row in workbook["Vejledning - Tabel 1"].iter_rows():
            if str(row[0].value).isdigit():
                row[0].value = float(row[0].value)

    assert import_file(output, filled(output, tmp_path / "svar.xlsx", {"E-1": dict(DISPUTE)}, as_numbers_does)) == 0
    assert [one.reply.row_key for one in replies.recorded(output)] == ["E-1"]


def test_one_reason_on_every_line_is_one_answer_for_each_case(output: Output, tmp_path: Path, capsys: Any) -> None:
    file = filled(output, tmp_path / "svar.xlsx", {}, every_line("aarsag", "manglede_oplysninger"))
    assert import_file(output, file) == 0
    assert "Svar på 4 sager fra kommune 101" in capsys.readouterr().out
    assert sorted(one.reply.case_id for one in replies.recorded(output)) == ["C-1", "C-2", "C-3", "C-4"]


@pytest.mark.parametrize(
    "written",
    ["12-02-2026", "12/2-2026", "12.02.2026", "2026-02-12", "12. februar 2026", "12. feb. 2026", "2026-02-12 00:00:00"],
)
def test_a_date_is_taken_as_people_write_it(output: Output, tmp_path: Path, written: str) -> None:
    file = filled(output, tmp_path / "svar.xlsx", {"E-1": DISPUTE | {"kommunens_dato": written}})
    assert import_file(output, file) == 0
    assert replies.recorded(output)[0].reply.claimed == DAY


def test_of_a_form_from_last_month_what_has_left_the_list_is_told_and_the_rest_counts(
    output: Output, tmp_path: Path, capsys: Any
) -> None:
    answers = {
        "E-1": dict(DISPUTE),
        "C-4": {"aarsag": "fravalgt", "sags_id": "C-77"},
        "E-2a": dict(DISPUTE) | {"raekke": "E-77"},
        "E-2b": DISPUTE | {"kommunens_dato": datetime.date(2026, 3, 10)},
    }
    assert import_file(output, filled(output, tmp_path / "svar.xlsx", answers)) == 0
    told = capsys.readouterr().out
    assert [one.reply.row_key for one in replies.recorded(output)] == ["E-1"]
    assert told.count("Tæller ikke: ") == 3
    assert "sagen og reglen står ikke på kommune 101's liste" in told
    assert "findes ikke længere hos os" in told
    assert "kommunens dato er den samme som vores" in told


def _reword_guide(version: str, text: str, sum_is_known: bool, monkeypatch: pytest.MonkeyPatch) -> Change:
    """Write a line of the guide otherwise, as a form of another version had it."""
    if sum_is_known:
        known = form_wordings._versions() | {form_wordings.sum_of(text): 1}
        monkeypatch.setattr(form_wordings, "_versions", lambda: known)

    def change(workbook: Any) -> None:
        for row in workbook["Vejledning"].iter_rows():
            if row[0].value == "1":
                row[1].value = text
            if row[0].value == reply_form.VERSION:
                row[1].value = version

    return change


@pytest.mark.parametrize("is_known", [True, False])
def test_a_form_with_an_older_wording_of_ours_counts_and_one_with_another_wording_is_refused(
    output: Output, tmp_path: Path, capsys: Any, monkeypatch: pytest.MonkeyPatch, is_known: bool
) -> None:
    change = _reword_guide("1", "Vælg en årsag i kolonnen aarsag.", is_known, monkeypatch)
    assert import_file(output, filled(output, tmp_path / "svar.xlsx", {"E-1": dict(DISPUTE)}, change)) == 1 - is_known
    told = capsys.readouterr()
    if is_known:
        assert f"Skemaet er version 1; det gældende er version {form_wordings.newest()}" in told.out
        assert [one.reply.row_key for one in replies.recorded(output)] == ["E-1"]
    else:
        assert "Arket Vejledning er ændret" in told.err


def test_of_a_form_from_before_a_duty_got_its_name_of_now_every_line_counts(
    output: Output, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = form_wordings._versions() | {form_wordings.sum_of("Engangshjælp afgjort"): 1}
    monkeypatch.setattr(form_wordings, "_versions", lambda: known)
    answers = {"E-1": DISPUTE | {"pligt": "Engangshjælp afgjort"}, "C-4": {"aarsag": "fravalgt"}}
    assert import_file(output, filled(output, tmp_path / "svar.xlsx", answers)) == 0
    assert [one.reply.case_id for one in replies.recorded(output)] == ["C-1", "C-4"]


def test_every_text_of_the_form_as_it_is_now_is_known_by_its_sum() -> None:
    with (Path(pipelines.__file__).parents[1] / "dbt_project/seeds/rule_catalogue.csv").open(encoding="utf-8") as lines:
        titles = [row["title_da"] for row in csv.DictReader(lines)]
    texts = [text for pair in reply_form.guide_lines() for text in pair if text and not text.isdigit()]
    new = [text for text in [*texts, *titles] if not form_wordings.was_ours(text)]
    sums = "\n".join(f"{form_wordings.newest() + 1},{form_wordings.sum_of(text)}" for text in dict.fromkeys(new))
    assert not new, f"a new wording is a new version; add to pipelines/replies/form_wordings.csv:\n{sums}"


def test_another_municipalitys_case_is_told_in_the_same_words_as_one_that_does_not_exist(
    output: Output, tmp_path: Path, capsys: Any
) -> None:
    words = []
    for case in ("C-9", "C-77"):
        answers = {"E-1": dict(DISPUTE), "C-4": {"aarsag": "fravalgt", "sags_id": case}}
        assert import_file(output, filled(output, tmp_path / f"{case}.xlsx", answers)) == 0
        words.append([line for line in capsys.readouterr().out.splitlines() if line.startswith("Tæller")])
    assert words[0][0].partition("række")[2] == words[1][0].partition("række")[2]
    assert {one.reply.case_id for one in replies.recorded(output)} == {"C-1"}


def test_a_form_without_the_columns_that_came_later_is_a_form_all_the_same(output: Output, tmp_path: Path) -> None:
    def first_form(workbook: Any) -> None:
        sheet = workbook["Svar"]
        later = returned_form._LATER_COLUMNS
        for place in reversed([cell.column for cell in sheet[1] if cell.value in later]):
            sheet.delete_cols(place)

    assert import_file(output, filled(output, tmp_path / "svar.xlsx", {"E-1": dict(DISPUTE)}, first_form)) == 0


def test_a_reason_is_asked_for_only_where_the_step_was_the_municipalitys_own(output: Output, tmp_path: Path) -> None:
    lines = {line["sags_id"]: line for line in cells(form(output))}
    assert {case: (line["ansvarlig"], line["svar_oenskes"]) for case, line in lines.items()} == {
        "C-1": ("kommune", "ja"),
        "C-2": ("kommune", "ja"),
        "C-3": ("kommune", "ja"),
        "C-4": ("kriminalforsorgen", "nej"),
    }
    file = filled(output, tmp_path / "svar.xlsx", {"E-1": DISPUTE | {"aarsag": None}})
    assert import_file(output, file) == 0, "a date needs no reason"
    assert replies.recorded(output)[0].reply.reason == "anden_dato"


def test_each_case_names_its_institution_and_its_days(output: Output) -> None:
    line = cells(form(output))[0]
    assert line["institution"] == "Vestre Fængsel"
    assert (line["begyndt"], line["loesladt"]) == (datetime.datetime(2025, 6, 1), datetime.datetime(2026, 3, 15))


def test_the_next_form_shows_the_delivered_and_the_corrected_date_and_who_decided_when(
    output: Output, tmp_path: Path
) -> None:
    built = output.warehouse.read_bytes()
    output.warehouse.unlink()
    output.warehouse.write_bytes(built)
    with duckdb.connect(str(output.warehouse)) as connection:
        connection.execute(
            "insert into staging.stg_corrections by name select '000001-101-001-001-1' as correction_id, 'C-1' as "
            "case_id, 'engangshjaelp' as table_name, 'E-1' as row_key, 'afgjort' as column_name, "
            "'2026-03-04' as value, date '2026-06-01' as decided_on, 'Hans Holm' as decided_by, 'counts' as state"
        )
    line = cells(form(output))[0]
    assert (line["vores_dato"], line["rettet_dato"]) == (datetime.datetime(2026, 3, 9), datetime.datetime(2026, 3, 4))
    assert (line["rettet_dag"], line["rettet_af"], line["rettelse"]) == (
        datetime.datetime(2026, 6, 1),
        "Hans Holm",
        "taeller",
    )


@pytest.mark.parametrize(
    ("answers", "table", "expected"),
    [
        ({"C-3": {"bestridt_dato": "svar", "kommunens_dato": DAY}}, "kommunekontakter", {"dato", "retning"}),
        (
            {"E-1": {"bestridt_dato": "ansoegning_fuldstaendig", "kommunens_dato": DAY, "raekke": "ny"}},
            "engangshjaelp",
            {"fuldstaendig", "sendt"},
        ),
        (
            {"C-4": {"bestridt_dato": "anden_kommune_fra", "kommunens_dato": DAY, "anden_kommune": "147"}},
            "handlekommuner",
            {"gyldig_fra", "kommunekode"},
        ),
    ],
)
def test_what_was_never_registered_is_claimed_with_its_date_and_decided_like_a_correction(
    output: Output, tmp_path: Path, answers: dict[str, dict[str, Any]], table: str, expected: set[str]
) -> None:
    assert import_file(output, filled(output, tmp_path / "svar.xlsx", answers)) == 0
    assert replies.export_corrections(output, today()) == []
    words = ("reply", "decide", "101-001-001", "--accept", "--by", "Hans", "--output", str(output.root))
    assert run(*words) == 0
    rows = replies.export_corrections(output, today())
    assert {row[2] for row in rows} == {table} and {row[3] for row in rows} == {"ny-101-001-001"}
    values = {row[4]: row[5] for row in rows}
    assert expected <= set(values)
    assert rows[0][5] == DAY.isoformat()
    assert values["kommunekode"] == ("147" if table == "handlekommuner" else "101")


def test_two_dates_for_the_same_in_one_form_are_refused(output: Output, tmp_path: Path, capsys: Any) -> None:
    other = DISPUTE | {"kommunens_dato": datetime.date(2026, 2, 13), "raekke": "E-1", "sags_id": "C-1"}
    file = filled(output, tmp_path / "svar.xlsx", {"E-1": dict(DISPUTE), "E-2a": other})
    assert import_file(output, file) == 1
    assert "giver en anden dato for det samme som række 2" in capsys.readouterr().err


def test_our_answer_goes_back_case_by_case_with_the_reason_of_a_rejection(output: Output, tmp_path: Path) -> None:
    answers = {"E-1": dict(DISPUTE), "C-4": {"aarsag": "fravalgt"}}
    answers["C-3"] = {"bestridt_dato": "svar", "kommunens_dato": DAY}
    assert import_file(output, filled(output, tmp_path / "svar.xlsx", answers)) == 0
    decide = ("reply", "decide", "101-001-001", "--reject", "--reason", "ikke_belagt", "--by", "Hans")
    assert run(*decide, "--output", str(output.root)) == 0
    target = tmp_path / "til.xlsx"
    words = ("reply", "answer", "--municipality", "101", "--to", str(target), "--output", str(output.root))
    assert run(*words) == 0
    rows = list(openpyxl.load_workbook(target).worksheets[0].iter_rows(values_only=True))
    told = {row[0]: dict(zip(rows[0], row)) for row in rows[1:]}
    assert {case: line["vores_svar"] for case, line in told.items()} == {
        "C-1": "Kommunens dato er afvist",
        "C-3": "Datoen er ikke afgjort endnu",
        "C-4": "Forklaringen er registreret",
    }
    assert told["C-1"]["begrundelse"].startswith("Der er intet, der viser kommunens dato")
    assert told["C-1"]["afgjort_af"] == "Hans"


def test_cases_are_counted_and_not_replies(output: Output, tmp_path: Path) -> None:
    for name, reason in (("foerste", "fravalgt"), ("anden", "anden_grund")):
        answers = {row: {"aarsag": reason} for row in ("E-2a", "E-2b")}
        assert import_file(output, filled(output, tmp_path / f"{name}.xlsx", answers)) == 0
    recorded = replies.recorded(output)
    assert len(recorded) == 2, "each form's two lines about one case are one answer"
    section = replies_section(recorded, {}, "Svar")
    assert section.sentences[0].startswith("Der er svar på 1 sag;")
    assert section.table is not None and [row[1:3] for row in section.table.rows] == [("En anden grund", 1)]


def _header(workbook: Any) -> None:
    workbook["Svar"].oddHeader.center.text = f"Borger {NUMBER}"
    workbook["Svar"].oddHeader.center.size = 14


def _property(workbook: Any) -> None:
    workbook.properties.description = f"Om {NUMBER}"


def _validation(workbook: Any) -> None:
    workbook["Svar"].data_validations.dataValidation[0].prompt = f"Se {NUMBER}"


def _link(workbook: Any) -> None:
    workbook["Svar"].cell(2, 3).hyperlink = f"mailto:{NUMBER}@example.dk"


def _defined_name(workbook: Any) -> None:
    workbook.defined_names["note"] = openpyxl.workbook.defined_name.DefinedName("note", attr_text=f'"{NUMBER}"')


@pytest.mark.parametrize("hidden_in", [_header, _property, _validation, _link, _defined_name])
def test_a_personal_number_is_found_where_no_cell_shows_it(
    output: Output, tmp_path: Path, capsys: Any, hidden_in: Change
) -> None:
    assert import_file(output, filled(output, tmp_path / "svar.xlsx", {"E-1": dict(DISPUTE)}, hidden_in)) == 1
    message = capsys.readouterr().err
    assert "ligner et personnummer, uden for cellerne" in message and NUMBER not in message
    assert replies.recorded(output) == []
