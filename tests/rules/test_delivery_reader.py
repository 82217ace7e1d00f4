"""The reader of deliveries: every form the contract allows gives the same tables, and no fault passes unseen.

Belongs here: reading and setting rows aside.
Does not belong here: judging what was read.
"""

from __future__ import annotations

import csv
import json
import tempfile
from collections import Counter, defaultdict
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given

from tests.rules.boundary_deliveries import boundary_settings, deliveries, latest_day, random_delivery
from tests.rules.delivery_reader import BrokenRow, SetAside, Tables, read_delivery
from tests.rules.delivery_writer import write_delivery
from tests.shared_material import SHARED, needs_shared

EXTRACT_DATE = date(2026, 9, 30)


@pytest.fixture()
def tables() -> Tables:
    return random_delivery(3, EXTRACT_DATE, sentence_cases=5, supervision_cases=3)


@boundary_settings(share=0.5)
@given(deliveries())
def test_the_deliveries_on_the_limits_are_sound_and_read_back_as_they_were_made(delivery: tuple[Tables, date]) -> None:
    made, as_of = delivery
    with tempfile.TemporaryDirectory() as landing:
        folder = write_delivery(Path(landing), made, latest_day(made, as_of))
        extract_date, read = read_delivery(folder)
    assert (extract_date, read) == (latest_day(made, as_of), made)


@pytest.mark.parametrize("encoding", ["utf-8", "windows-1252"])
@pytest.mark.parametrize("date_format", ["iso", "dmy"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_every_form_the_contract_allows_gives_the_same_tables(
    tables: Tables, tmp_path: Path, encoding: str, date_format: str, line_end: str
) -> None:
    tables["afsoningssager"][0]["bolig_begrundelse"] = 'ældre "aftale";\nny linje på ø'
    folder = write_delivery(
        tmp_path,
        tables,
        EXTRACT_DATE,
        encoding=encoding,
        date_format=date_format,
        line_end=line_end,
        byte_order_mark=encoding == "utf-8",
    )
    assert read_delivery(folder) == (EXTRACT_DATE, tables)


def test_values_are_trimmed_and_municipality_codes_normalised_but_cpr_is_left_alone(
    tables: Tables, tmp_path: Path
) -> None:
    tables["afsoningssager"][0]["cpr"] = " 010170-1234 "
    tables["afsoningssager"][1]["cpr"] = "101701234"
    contact = tables["kommunekontakter"][0]
    contact["kommunekode"], contact["kanal"], contact["klient_orienteret"] = "0101", " mail ", "  "
    read = read_delivery(write_delivery(tmp_path, tables, EXTRACT_DATE))[1]
    assert [row["cpr"] for row in read["afsoningssager"][:2]] == ["010170-1234", "101701234"]
    contact = read["kommunekontakter"][0]
    assert (contact["kommunekode"], contact["kanal"], contact["klient_orienteret"]) == ("101", "mail", "")


def test_a_file_that_may_be_left_out_and_is_has_no_table(tables: Tables, tmp_path: Path) -> None:
    folder = write_delivery(tmp_path, tables, EXTRACT_DATE)
    for file in ("infohus", "mentorforloeb"):
        (folder / f"{file}.csv").unlink()
    read = read_delivery(folder)[1]
    assert set(tables) - set(read) == {"infohus", "mentorforloeb"}
    assert all(rows == tables[file] for file, rows in read.items())


def test_a_broken_row_is_never_dropped_silently(tables: Tables, tmp_path: Path) -> None:
    tables["afsoningssager"][0]["straf_ivaerksat"] = "2026-02-30"
    folder = write_delivery(tmp_path, tables, EXTRACT_DATE)
    with pytest.raises(BrokenRow, match="afsoningssager, data row 1: invalid_date"):
        read_delivery(folder)
    set_aside: list[SetAside] = []
    read = read_delivery(folder, set_aside=set_aside)[1]
    assert set_aside[0] == SetAside("afsoningssager", 1, "invalid_date")
    assert all(each.reason == "orphan" for each in set_aside[1:])
    assert len(read["afsoningssager"]) == len(tables["afsoningssager"]) - 1


@needs_shared
def test_the_faulty_example_has_the_rows_set_aside_that_it_should() -> None:
    with (SHARED / "reference/kommuner.csv").open(encoding="utf-8-sig", newline="") as file:
        codes = {row["kommunekode"] for row in csv.DictReader(file)}
    set_aside: list[SetAside] = []
    read_delivery(SHARED / "examples/faulty/2026-09-30", set_aside=set_aside, municipality_codes=codes)
    counted: dict[str, dict[str, int]] = defaultdict(dict)
    for (file, reason), count in Counter((each.file, each.reason) for each in set_aside).items():
        counted[file][reason] = count
    expected = json.loads((SHARED / "examples/faulty_expected_quarantine.json").read_text(encoding="utf-8"))
    assert counted == expected
