"""Deliveries of one world on successive days tell one story: a later one knows more, and corrects a few rows."""

from __future__ import annotations

import csv
import io
from collections import Counter
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from pipelines.demo.delivery import write_synthetic_delivery
from pipelines.demo.history import (
    area_reference,
    draw_history,
    quarter_ends,
    region_reference,
    write_history,
)
from pipelines.demo.municipalities import AreaChange
from pipelines.layout import SEEDS
from tests.unit.demo.contract_check import CONTRACT, KEYS, batch_faults, manifest, read, row_faults
from tests.unit.demo.test_delivery import fingerprint

SIZE: dict[str, Any] = {"years": 2, "sentence_cases": 1500, "supervision_cases": 1000}
QUARTERS = [date(2026, 3, 31), date(2026, 6, 30), date(2026, 9, 30)]

# Of the rows of one batch that a later batch may show otherwise, or not at all.
MOST_CORRECTED = 0.005
MOST_WITHDRAWN = 0.002


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Three quarters of one world."""
    return write_history(tmp_path_factory.mktemp("landing"), QUARTERS, **SIZE)


def test_a_later_batch_keeps_every_earlier_row_but_the_corrected(history: list[Path]) -> None:
    changed: Counter[str] = Counter()
    total = 0
    for earlier_folder, later_folder in pairwise(history):
        for file in CONTRACT:
            earlier = {tuple(row[name] for name in KEYS[file]): row for row in read(earlier_folder, file)}
            later = {tuple(row[name] for name in KEYS[file]): row for row in read(later_folder, file)}
            total += len(earlier)
            for key, row in earlier.items():
                if key not in later:
                    changed[f"withdrawn from {file}"] += 1
                elif any(value and value != later[key][name] for name, value in row.items()):
                    changed[f"other in {file}"] += 1
    # An agreement is one row per municipality and is meant to be replaced when it is updated.
    assert changed.pop("other in samarbejdsaftaler.xlsx") > 0
    assert 0 < changed.pop("withdrawn from kommunekontakter.csv") <= MOST_WITHDRAWN * total
    assert not [what for what in changed if what.startswith("withdrawn")]
    # Supervision that was expected is no longer so when the parole is refused: news, no correction.
    refused = changed.pop("other in afsoningssager.csv")
    assert 0 < refused < MOST_CORRECTED * total
    assert 0 < changed.total() <= MOST_CORRECTED * total


def test_every_batch_of_a_history_follows_the_contract_and_grows(history: list[Path]) -> None:
    for folder, day in zip(history, QUARTERS):
        assert folder.name == manifest(folder)["extract_date"] == day.isoformat()
        assert batch_faults(folder) == []
        assert row_faults(folder) == Counter()
    sizes = [sum(entry["rows"] for entry in manifest(folder)["files"]) for folder in history]
    assert sizes == sorted(set(sizes))


def test_some_events_of_a_history_are_recorded_more_than_a_month_late(history: list[Path]) -> None:
    before, after = (
        {row["kontakt_id"]: row["dato"] for row in read(folder, "kommunekontakter.csv")} for folder in history[:2]
    )
    late = [key for key, day in after.items() if key not in before and day < "2026-02-28"]
    assert 0 < len(late) < 0.05 * len(after)


def test_the_newest_batch_of_a_history_is_the_delivery_of_that_date(history: list[Path], tmp_path: Path) -> None:
    alone = write_synthetic_delivery(tmp_path, **SIZE)
    assert fingerprint(alone) == fingerprint(history[-1])


def test_an_extract_does_not_depend_on_the_others_taken_from_the_same_world(
    history: list[Path], tmp_path: Path
) -> None:
    fewer = write_history(tmp_path, [QUARTERS[0], QUARTERS[2]], **SIZE)
    assert [fingerprint(folder) for folder in fewer] == [fingerprint(history[0]), fingerprint(history[2])]


def test_a_history_has_the_cases_of_each_year_and_of_every_quarter(tmp_path: Path) -> None:
    quarters = quarter_ends(date(2026, 9, 30), 20)
    assert quarters[0] == date(2021, 12, 31)
    assert quarters[-1] == date(2026, 9, 30)
    extracts = draw_history(quarters[-1], sentences_per_year=150)
    folders = [extracts.write(tmp_path, day) for day in quarters[::6]]
    counts = [len(read(folder, "afsoningssager.csv")) for folder in folders]
    assert len(extracts.world["afsoningssager.csv"].known) == 150 * 7
    # Six quarters are a year and a half.
    assert all(later - earlier == pytest.approx(225, abs=45) for earlier, later in pairwise(counts))
    # Two years lie before the first quarter, so that its figures have a past.
    assert counts[0] > 250
    for folder in folders:
        assert batch_faults(folder) == []
        assert row_faults(folder) == Counter()


def test_quarters_end_on_the_last_day_of_march_june_september_and_december() -> None:
    assert quarter_ends(date(2026, 12, 31), 2) == [date(2026, 9, 30), date(2026, 12, 31)]
    assert quarter_ends(date(2026, 5, 5), 3) == [date(2025, 9, 30), date(2025, 12, 31), date(2026, 3, 31)]


def test_a_delivery_made_too_early_lacks_what_was_recorded_last_and_nothing_else(tmp_path: Path) -> None:
    extracts = draw_history(date(2026, 9, 30), years=2, sentences_per_year=400)
    early = extracts.write(tmp_path, date(2026, 9, 30), days_missing=20)
    again = extracts.write(tmp_path, date(2026, 9, 30), batch_id="2026-09-30-2")
    assert manifest(early)["extract_date"] == manifest(again)["extract_date"] == "2026-09-30"
    first, second = (read(folder, "bolighaendelser.csv") for folder in (early, again))
    assert first == second[: len(first)]
    assert len(first) < len(second)


def test_a_world_has_no_extract_after_its_last_day(tmp_path: Path) -> None:
    extracts = draw_history(date(2026, 9, 30), years=1, sentences_per_year=20)
    with pytest.raises(ValueError, match="ends on 2026-09-30"):
        extracts.write(tmp_path, date(2026, 10, 1))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("dates", [[], [date(2026, 9, 30), date(2026, 9, 30)]])
def test_a_history_needs_dates_that_differ(dates: list[date], tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="extract_dates"):
        write_history(tmp_path, dates, **SIZE)


def area_of_meetings(folder: Path, code: str) -> set[tuple[str, bool]]:
    """The areas of the cooperation meetings a municipality went to, before and from 2024."""
    rows = read(folder, "samarbejdsmoeder.csv")
    return {(row["omraade"], row["dato"] >= "2024-01-01") for row in rows if row["kommunekode"] == code}


def test_a_municipality_that_changes_area_goes_to_the_other_areas_meetings_and_institutions(tmp_path: Path) -> None:
    code, change = "461", AreaChange("461", "Øst", date(2024, 1, 1))
    world: dict[str, Any] = {"years": 5, "sentences_per_year": 20, "supervisions_per_year": 800}
    usual = draw_history(date(2026, 9, 30), **world).write(tmp_path / "usual", date(2026, 9, 30))
    moved = draw_history(date(2026, 9, 30), **world, area_changes=[change]).write(tmp_path / "moved", date(2026, 9, 30))
    assert row_faults(moved) == Counter()
    assert {area for area, _ in area_of_meetings(usual, code)} == {"Vest"}
    assert area_of_meetings(moved, code) == {("Vest", False), ("Øst", True)}

    areas = {row["institution_kode"]: row["omraade"] for row in read(moved, "institutioner.xlsx")}
    homes = {row["sags_id"]: row["kommunekode"] for row in read(moved, "handlekommuner.csv")}
    shares = {}
    for later in (False, True):
        cases = [
            areas[row["institution_kode"]]
            for row in read(moved, "tilsynssager.csv")
            if homes.get(row["sags_id"]) == code and (row["modtaget"] >= "2024-01-01") == later
        ]
        shares[later] = cases.count("Øst") / len(cases)
    assert shares[False] < 0.2 < 0.8 < shares[True]


def test_an_unknown_area_or_municipality_cannot_change(tmp_path: Path) -> None:
    for change in (AreaChange("461", "Nord", date(2024, 1, 1)), AreaChange("999", "Øst", date(2024, 1, 1))):
        with pytest.raises(ValueError, match="no municipality"):
            draw_history(date(2026, 9, 30), years=1, sentences_per_year=5, area_changes=[change])


def rows_of(text: str) -> list[dict[str, str]]:
    """The rows of a reference table."""
    return list(csv.DictReader(io.StringIO(text)))


def test_the_reference_table_of_areas_closes_a_row_and_opens_one() -> None:
    before = (SEEDS / "municipality_areas.csv").read_text(encoding="utf-8")
    assert area_reference([]) == before
    rows = rows_of(area_reference([AreaChange("461", "Øst", date(2024, 1, 1))]))
    assert [(row["area"], row["valid_from"], row["valid_to"]) for row in rows if row["municipality_code"] == "461"] == [
        ("Vest", "1900-01-01", "2023-12-31"),
        ("Øst", "2024-01-01", "9999-12-31"),
    ]
    assert len(rows) == len(rows_of(before)) + 1


def test_the_reference_tables_have_the_region_reform_on_the_day_asked_for_or_never() -> None:
    as_it_is = {
        name: (SEEDS / name).read_text(encoding="utf-8") for name in ("regions.csv", "municipality_regions.csv")
    }
    assert region_reference(date(2027, 1, 1)) == as_it_is
    earlier = rows_of(region_reference(date(2025, 1, 1))["municipality_regions.csv"])
    assert [(row["region_key"], row["valid_from"], row["valid_to"]) for row in earlier[:2]] == [
        ("hovedstaden", "1900-01-01", "2024-12-31"),
        ("oestdanmark", "2025-01-01", "9999-12-31"),
    ]
    never = region_reference(None)
    assert len(rows_of(never["municipality_regions.csv"])) == 98
    assert {row["valid_to"] for row in rows_of(never["regions.csv"])} == {"9999-12-31"}
    assert "oestdanmark" not in "".join(never.values())
