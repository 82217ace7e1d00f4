"""Synthetic deliveries follow the contract, and are the same every time."""

from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipelines.demo.delivery import EXTRACT_DATE, draw_extracts, write_synthetic_delivery
from tests.shared_material import SHARED, needs_shared
from tests.unit.demo.contract_check import (
    CONTRACT,
    KEYS,
    batch_faults,
    birthday,
    columns,
    manifest,
    read,
    row_faults,
    warnings,
)

SMALL: dict[str, Any] = {"sentence_cases": 400, "supervision_cases": 250}
LARGE: dict[str, Any] = {"sentence_cases": 4000, "supervision_cases": 2500}


@pytest.fixture(scope="module")
def delivery(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A delivery large enough to hold every kind of oddity."""
    return write_synthetic_delivery(tmp_path_factory.mktemp("landing"), **LARGE)


def fingerprint(folder: Path) -> dict[str, str]:
    """The checksum of every file of a batch."""
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


@needs_shared
def test_the_columns_of_the_world_and_of_the_checker_are_those_of_the_shared_contract() -> None:
    contract = yaml.safe_load((SHARED / "contract" / "extracts.yaml").read_text(encoding="utf-8"))["files"]
    world = draw_extracts(EXTRACT_DATE, **SMALL).world
    assert {file: set(table.columns) for file, table in world.items()} == {
        file: set(content["columns"]) for file, content in contract.items()
    }
    for file, content in contract.items():
        assert KEYS[file] == content["key"]
        assert columns(file) == [
            (name, column["type"], bool(column.get("required")), set(column.get("values", ())))
            for name, column in content["columns"].items()
        ]


def test_a_delivery_has_nothing_for_the_quarantine(delivery: Path) -> None:
    assert batch_faults(delivery) == []
    assert row_faults(delivery) == Counter()


def test_a_delivery_says_that_it_is_synthetic(delivery: Path) -> None:
    assert manifest(delivery)["source_system"] == "klientsystem (syntetisk)"


@pytest.mark.parametrize(
    "form",
    [
        {"encoding": "windows-1252", "date_format": "dmy", "line_end": "\r\n"},
        {"encoding": "utf-8", "date_format": "dmy", "byte_order_mark": True},
        {"encoding": "windows-1252", "date_format": "iso"},
    ],
)
def test_every_form_of_the_contract_carries_the_same_rows(form: dict, tmp_path: Path) -> None:
    plain = write_synthetic_delivery(tmp_path, batch_id="plain", **SMALL)
    other = write_synthetic_delivery(tmp_path, batch_id="other", **SMALL, **form)
    assert batch_faults(other) == []
    assert row_faults(other) == Counter()
    for file in CONTRACT:
        assert read(other, file) == read(plain, file)
    start = (other / "afsoningssager.csv").read_bytes()
    assert start.startswith(b"\xef\xbb\xbf") == form.get("byte_order_mark", False)
    assert (b"\r\n" in start) == (form.get("line_end") == "\r\n")


def test_the_same_arguments_give_the_same_bytes(tmp_path: Path) -> None:
    first = write_synthetic_delivery(tmp_path / "first", **SMALL)
    second = write_synthetic_delivery(tmp_path / "second", **SMALL)
    assert fingerprint(first) == fingerprint(second)


def test_another_seed_gives_another_world(tmp_path: Path) -> None:
    first = write_synthetic_delivery(tmp_path / "first", **SMALL)
    second = write_synthetic_delivery(tmp_path / "second", **SMALL, seed=1)
    assert read(first, "afsoningssager.csv") != read(second, "afsoningssager.csv")


@pytest.mark.parametrize(("sentence_cases", "supervision_cases"), [(1, 0), (37, 5), (20, 60)])
def test_a_delivery_has_as_many_cases_as_asked_for(sentence_cases: int, supervision_cases: int, tmp_path: Path) -> None:
    folder = write_synthetic_delivery(
        tmp_path, sentence_cases=sentence_cases, supervision_cases=supervision_cases, batch_id="sized"
    )
    assert len(read(folder, "afsoningssager.csv")) == sentence_cases
    assert len(read(folder, "tilsynssager.csv")) == supervision_cases
    assert batch_faults(folder) == []
    assert row_faults(folder) == Counter()


def test_nobody_alive_can_have_any_of_the_numbers(delivery: Path) -> None:
    numbers = [row["cpr"] for file in ("afsoningssager.csv", "tilsynssager.csv") for row in read(delivery, file)]
    assert all(1858 <= born.year <= 1899 for born in map(birthday, numbers) if born is not None)
    assert None not in map(birthday, numbers)
    assert any("-" in number for number in numbers), "some are written with a hyphen"
    assert any(len(number) == 9 for number in numbers), "some have lost their leading zero"
    people = Counter(number.replace("-", "").zfill(10) for number in numbers)
    assert max(people.values()) > 1, "some people have several cases"


def test_numbers_in_free_text_belong_to_nobody_alive_either(delivery: Path) -> None:
    for row in read(delivery, "afsoningssager.csv"):
        for word in row["bolig_begrundelse"].split():
            born = birthday(word)
            assert born is None or born.year < 1900


def test_cases_begin_within_five_years(delivery: Path) -> None:
    starts = [row["straf_ivaerksat"] for row in read(delivery, "afsoningssager.csv")]
    assert min(starts) >= "2021-09-30"
    assert max(starts) < "2026-10-31"
    assert max(row["modtaget"] for row in read(delivery, "tilsynssager.csv")) < "2026-10-31"


def test_a_paroled_person_keeps_the_number_of_the_sentence(delivery: Path) -> None:
    sentences = {row["sags_id"]: row for row in read(delivery, "afsoningssager.csv")}
    linked = [row for row in read(delivery, "tilsynssager.csv") if row["afsoningssag_id"]]
    assert linked
    for row in linked:
        origin = sentences[row["afsoningssag_id"]]
        assert row["cpr"].replace("-", "").zfill(10) == origin["cpr"].replace("-", "").zfill(10)
        assert row["art"] == "proeveloesladt"


def test_contact_details_reach_nobody(delivery: Path) -> None:
    for file, phone in (("institutioner.xlsx", "telefon"), ("samarbejdsaftaler.xlsx", "kontakt_telefon")):
        for row in read(delivery, file):
            assert row[phone].startswith("00 00 00 ")


def test_there_are_forty_institutions_of_every_kind_in_both_areas(delivery: Path) -> None:
    institutions = read(delivery, "institutioner.xlsx")
    assert len(institutions) == 40
    assert len({row["navn"] for row in institutions}) == 40
    assert len({(row["art"], row["omraade"]) for row in institutions}) == 10


def test_every_kind_of_oddity_comes_with_warnings_and_none_without(delivery: Path, tmp_path: Path) -> None:
    assert set(warnings(delivery)) == {
        "event_after_extract",
        "decided_before_sent",
        "paid_before_decided",
        "released_before_start",
        "decision_without_result",
        "cpr_in_free_text",
    }
    plain = write_synthetic_delivery(tmp_path, **LARGE, warnings=False)
    assert warnings(plain) == Counter()
    assert read(plain, "loesladelsesmoeder.csv") == read(delivery, "loesladelsesmoeder.csv"), "the same world otherwise"


def test_faults_add_rows_for_every_reason_of_quarantine_and_change_no_other_row(tmp_path: Path) -> None:
    good = write_synthetic_delivery(tmp_path, batch_id="good", **SMALL)
    faulty = write_synthetic_delivery(tmp_path, batch_id="faulty", **SMALL, faults=True)
    assert batch_faults(faulty) == []
    reasons = row_faults(faulty)
    assert {reason for _, reason in reasons} == {
        "missing_required",
        "invalid_date",
        "invalid_number",
        "unknown_code",
        "invalid_cpr",
        "duplicate_key",
        "orphan",
    }
    for file in CONTRACT:
        aside = sum(count for (name, _), count in reasons.items() if name == file)
        assert len(read(faulty, file)) == len(read(good, file)) + aside
        assert read(faulty, file)[: len(read(good, file))] == read(good, file)


def test_nothing_is_left_behind_when_a_delivery_cannot_be_finished(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full_disk(*_: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr("pipelines.demo.batch_files.write_workbook", full_disk)
    with pytest.raises(OSError, match="no space left"):
        write_synthetic_delivery(tmp_path, **SMALL)
    assert list(tmp_path.iterdir()) == []


def test_a_batch_that_is_there_is_not_written_over(tmp_path: Path) -> None:
    folder = write_synthetic_delivery(tmp_path, **SMALL)
    before = fingerprint(folder)
    with pytest.raises(FileExistsError, match="2026-09-30"):
        write_synthetic_delivery(tmp_path, **SMALL, seed=2)
    assert fingerprint(folder) == before
    assert [path.name for path in tmp_path.iterdir()] == ["2026-09-30"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"encoding": "latin-1"},
        {"date_format": "mdy"},
        {"line_end": "\r"},
        {"encoding": "windows-1252", "byte_order_mark": True},
        {"sentence_cases": 0},
        {"supervision_cases": -1},
        {"years": 0},
    ],
)
def test_a_form_that_the_contract_does_not_know_is_refused(wrong: dict, tmp_path: Path) -> None:
    with pytest.raises(ValueError):
        write_synthetic_delivery(tmp_path, **{**SMALL, **wrong})
    assert list(tmp_path.iterdir()) == []
