"""A column that somebody adds to the contract is filled from its type, and nothing of the synthetic world changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pipelines.contract import Contract, contract, described_file
from pipelines.demo.delivery import EXTRACT_DATE, draw_extracts, write_synthetic_delivery
from tests.unit.demo.contract_check import as_iso, batch_faults, birthday, manifest, read

SIZE: dict[str, Any] = {"years": 2, "sentence_cases": 300, "supervision_cases": 100}
ADDED = "tilføjet_af_prøven"


def with_column(file_name: str, details: dict[str, Any]) -> Contract:
    """The contract with one more column in a file."""
    entry = {"key": [], "columns": {ADDED: {**details, "beskrivelse": "En kolonne mere."}}, "beskrivelse": "En fil."}
    column = described_file(file_name, entry).columns[0]
    agreed = contract()
    files = tuple(
        replace(file, columns=(*file.columns, column)) if file.name == file_name else file for file in agreed.files
    )
    return replace(agreed, files=files)


def values_of(folder: Path, file: str) -> list[str]:
    """The added column's values."""
    return [row[ADDED] for row in read(folder, file)]


def delivered(tmp_path: Path, file: str, **details: Any) -> list[str]:
    """The added column's values in a delivery under the contract that has it."""
    folder = write_synthetic_delivery(tmp_path / "with", **SIZE, agreed=with_column(file, details))
    plain = write_synthetic_delivery(tmp_path / "without", **SIZE)
    assert [{name: row[name] for name in row if name != ADDED} for row in read(folder, file)] == read(plain, file)
    assert manifest(folder)["files"] != manifest(plain)["files"]
    assert [fault for fault in batch_faults(folder) if fault != f"columns {file}"] == []
    return values_of(folder, file)


def test_a_required_column_is_filled_on_every_row_and_another_on_most(tmp_path: Path) -> None:
    required = delivered(tmp_path / "required", "engangshjaelp.csv", type="text", required=True)
    assert set(required) == {f"prøve {ADDED}"}
    usual = delivered(tmp_path / "usual", "kommunekontakter.csv", type="text")
    assert 0.6 < sum(map(bool, usual)) / len(usual) < 0.8


@pytest.mark.parametrize(
    ("details", "allowed"),
    [
        ({"type": "code", "values": {"rød": "Rød", "grøn": "Grøn"}}, {"rød", "grøn", ""}),
        ({"type": "flag"}, {"J", "N", ""}),
    ],
)
def test_a_code_has_each_of_its_values(details: dict[str, Any], allowed: set[str], tmp_path: Path) -> None:
    assert set(delivered(tmp_path, "afsoningssager.csv", **details)) == allowed


def test_numbers_are_numbers_and_keep_their_minimum(tmp_path: Path) -> None:
    whole = delivered(tmp_path / "whole", "tilsynssager.csv", type="integer", min=18, required=True)
    assert min(map(int, whole)) >= 18
    assert len(set(whole)) > 10
    parts = delivered(tmp_path / "parts", "tilsynssager.csv", type="decimal", required=True)
    assert all(float(value.replace(",", ".")) >= 0 and value[-3] == "," for value in parts)


def test_a_date_is_a_day_on_or_before_the_extract_in_the_form_of_the_batch(tmp_path: Path) -> None:
    agreed = with_column("bolighaendelser.csv", {"type": "date", "required": True})
    folder = write_synthetic_delivery(tmp_path, **SIZE, agreed=agreed, date_format="dmy")
    values = values_of(folder, "bolighaendelser.csv")
    days = [date.fromisoformat(as_iso(value, "dmy")) for value in values]
    assert max(days) <= EXTRACT_DATE
    assert len(set(days)) > 10


def test_a_municipality_is_one_of_the_98_and_an_address_reaches_nobody(tmp_path: Path) -> None:
    codes = set(delivered(tmp_path / "code", "infohus.csv", type="municipality_code", required=True))
    known = draw_extracts(EXTRACT_DATE, **SIZE).scene.municipalities.codes.tolist()
    assert codes <= set(known)
    addresses = delivered(tmp_path / "mail", "samarbejdsaftaler.xlsx", type="email", required=True)
    assert all(address.endswith(".example") for address in addresses)


def test_a_civil_registration_number_belongs_to_nobody_alive(tmp_path: Path) -> None:
    for number in delivered(tmp_path, "mentorforloeb.csv", type="cpr", required=True):
        born = birthday(number)
        assert born is not None
        assert born.year == 1858


def test_a_reference_names_a_row_of_the_other_file(tmp_path: Path) -> None:
    agreed = with_column(
        "loesladelsesmoeder.csv", {"type": "text", "required": True, "references": "institutioner.institution_kode"}
    )
    folder = write_synthetic_delivery(tmp_path, **SIZE, agreed=agreed)
    institutions = {row["institution_kode"] for row in read(folder, "institutioner.xlsx")}
    values = set(values_of(folder, "loesladelsesmoeder.csv"))
    assert values <= institutions
    assert len(values) > 5


def test_a_later_extract_has_the_same_value_in_the_same_row(tmp_path: Path) -> None:
    extracts = draw_extracts(EXTRACT_DATE, **SIZE, agreed=with_column("kommunekontakter.csv", {"type": "date"}))
    folders = [extracts.write(tmp_path, day) for day in (date(2026, 6, 30), EXTRACT_DATE)]
    earlier, later = (
        {row["kontakt_id"]: row[ADDED] for row in read(folder, "kommunekontakter.csv")} for folder in folders
    )
    assert {key: later[key] for key in earlier if key in later} == {
        key: value for key, value in earlier.items() if key in later
    }


def test_a_column_is_in_the_extracts_from_its_day_and_in_none_before(tmp_path: Path) -> None:
    agreed = with_column("bolighaendelser.csv", {"type": "text", "from": date(2026, 9, 1)})
    extracts = draw_extracts(EXTRACT_DATE, **SIZE, agreed=agreed)
    earlier, later = (extracts.write(tmp_path, day) for day in (date(2026, 8, 31), date(2026, 9, 1)))
    assert ADDED not in read(earlier, "bolighaendelser.csv")[0]
    assert ADDED in read(later, "bolighaendelser.csv")[0]


def test_a_column_that_the_contract_no_longer_names_stays_out(tmp_path: Path) -> None:
    agreed = contract()
    files = tuple(
        replace(file, columns=tuple(column for column in file.columns if column.name != "by"))
        if file.name == "institutioner.xlsx"
        else file
        for file in agreed.files
    )
    folder = write_synthetic_delivery(tmp_path, **SIZE, agreed=replace(agreed, files=files))
    assert "by" not in read(folder, "institutioner.xlsx")[0]
