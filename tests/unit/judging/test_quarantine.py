"""Each faulty row is set aside with the first reason that applies; every other row is loaded."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipelines.judging import plausibility, quarantine
from pipelines.judging.quarantine import MASKED, JudgedFile
from pipelines.privacy.pseudonyms import PseudonymKey
from pipelines.receiving import landing as landing_folder
from pipelines.receiving.refusal import DeliveryRefused
from tests.shared_material import SHARED, needs_shared
from tests.small_delivery import SmallDelivery

CASES, SUPERVISION, CONTACTS = "afsoningssager.csv", "tilsynssager.csv", "kommunekontakter.csv"
KEY = PseudonymKey(b"a key that only this test knows")


def judge(delivery: SmallDelivery, landing: Path) -> dict[str, JudgedFile]:
    """Judge a delivery; return its files by table."""
    return judge_folder(delivery.write(landing))


def judge_folder(folder: Path) -> dict[str, JudgedFile]:
    """Judge a delivery that has been written."""
    manifest = landing_folder.read_manifest(folder)
    delivery = landing_folder.read_delivery(folder, manifest)
    judged = quarantine.judge(landing_folder.tables(delivery), manifest.date_format, KEY)
    for file in judged:
        assert file.rows == manifest.entries[file.file.name].rows == file.loaded + len(file.faults)
    return {file.file.table: file for file in judged}


def faults(judged: dict[str, JudgedFile]) -> dict[str, dict[str, int]]:
    """Return the number of rows per table and reason."""
    return {table: file.reasons() for table, file in judged.items() if file.faults}


FAULTS = [
    ("missing_required", CASES, "institution_kode", ""),
    ("missing_required", CASES, "cpr", "   "),
    ("missing_required", CASES, "varetaegt", "\u00a0"),
    ("invalid_date", CASES, "straf_ivaerksat", "2026-02-30"),
    ("invalid_date", CASES, "straf_ivaerksat", "05-01-2026"),
    ("invalid_date", CASES, "straf_ivaerksat", "2026-1-5"),
    ("invalid_date", CASES, "straf_ivaerksat", "2026-01-05 00:00"),
    ("invalid_date", CASES, "straf_ivaerksat", "２０２６-01-05"),
    ("invalid_date", CASES, "faktisk_loesladelse", "1899-12-31"),
    ("invalid_date", CASES, "faktisk_loesladelse", "2101-01-01"),
    ("invalid_number", CASES, "straf_dage", "0"),
    ("invalid_number", CASES, "straf_dage", "-1"),
    ("invalid_number", CASES, "straf_dage", "90,0"),
    ("invalid_number", CASES, "straf_dage", "1.000"),
    ("invalid_number", CASES, "straf_dage", "halvfems"),
    ("invalid_number", CASES, "straf_dage", "99999999999999999999"),
    ("invalid_number", CASES, "straf_dage", "0101701234"),
    ("invalid_number", "engangshjaelp.csv", "beloeb", "-0,01"),
    ("invalid_number", "engangshjaelp.csv", "beloeb", "1234.50"),
    ("invalid_number", "engangshjaelp.csv", "beloeb", "1.234,50"),
    ("invalid_number", "engangshjaelp.csv", "beloeb", "nan"),
    ("unknown_code", CASES, "maalgruppe", "6"),
    ("unknown_code", CASES, "varetaegt", "X"),
    ("unknown_code", CASES, "varetaegt", "j"),
    ("unknown_code", CASES, "bolig_behov", "Ja"),
    ("unknown_code", CONTACTS, "emne", "Handleplan"),
    ("unknown_code", CONTACTS, "kommunekode", "999"),
    ("unknown_code", CONTACTS, "kommunekode", "00101"),
    ("invalid_cpr", CASES, "cpr", "310270-1234"),
    ("invalid_cpr", CASES, "cpr", "010170 1234"),
    ("invalid_cpr", CASES, "cpr", "01017012345"),
    ("invalid_cpr", CASES, "cpr", "ukendt"),
    ("duplicate_key", CASES, "sags_id", "A-0000"),
    ("duplicate_key", CASES, "sags_id", " A-0000 "),
    ("duplicate_key", SUPERVISION, "sags_id", "A-0000"),
    ("orphan", CASES, "institution_kode", "I999"),
    ("orphan", CONTACTS, "sags_id", "A-9999"),
    ("orphan", CONTACTS, "sags_id", "a-0000"),
    ("orphan", "bolighaendelser.csv", "sags_id", "T-0000"),
]


@pytest.mark.parametrize(("reason", "name", "column", "value"), FAULTS)
def test_a_faulty_value_sets_its_row_aside_for_that_reason(
    landing: Path, reason: str, name: str, column: str, value: str
) -> None:
    delivery = SmallDelivery()
    delivery.rows[name][2][column] = value
    judged = judge(delivery, landing)[name.partition(".")[0]]
    assert judged.reasons() == {reason: 1}
    ((line, fault, row),) = judged.quarantined()
    assert (line, fault.column) == (4, column)
    assert "0101701234" not in row and "010170" not in row and "ukendt" not in row


@pytest.mark.parametrize(
    ("name", "column", "value", "stored"),
    [
        (CASES, "straf_dage", " 0090 ", "90"),
        (CASES, "straf_ivaerksat", "1900-01-01", "1900-01-01"),
        (CASES, "straf_ivaerksat", "2100-12-31", "2100-12-31"),
        (CONTACTS, "kommunekode", "0101", "101"),
        (CONTACTS, "kommunekode", " 101", "101"),
        ("engangshjaelp.csv", "beloeb", "0", "0"),
        ("engangshjaelp.csv", "beloeb", "1234,5", "1234.5"),
        ("engangshjaelp.csv", "beloeb", "", None),
        (CASES, "maalgruppe", "  ", None),
        ("institutioner.xlsx", "navn", "Fængslet A\u030abyen", "Fængslet Åbyen"),
    ],
)
def test_a_good_value_is_stored_in_its_canonical_form(
    landing: Path, name: str, column: str, value: str, stored: str | None
) -> None:
    delivery = SmallDelivery()
    delivery.rows[name][1][column] = value
    judged = judge(delivery, landing)[name.partition(".")[0]]
    assert not judged.faults
    assert judged.columns[column][1] == stored


def test_the_first_reason_in_the_contracts_order_counts(landing: Path) -> None:
    delivery = SmallDelivery()
    delivery.rows[CASES][1].update({"loesladelse_art": "x", "straf_dage": "x", "straf_ivaerksat": "x", "cpr": ""})
    delivery.rows[CASES][2].update({"institution_kode": "I999", "cpr": "x", "bolig_behov": "x", "maalgruppe": "x"})
    judged = judge(delivery, landing)["afsoningssager"]
    found = [(fault.reason, fault.column) for _, fault, _ in judged.quarantined()]
    assert found == [("missing_required", "cpr"), ("unknown_code", "maalgruppe")]


def test_a_key_counts_as_used_also_by_a_row_set_aside(landing: Path) -> None:
    delivery = SmallDelivery()
    good = delivery.rows[CASES][0]
    delivery.rows[CASES] += [{**good, "sags_id": "A-0009", "straf_dage": ""}, {**good, "sags_id": "A-0009"}]
    judged = judge(delivery, landing)["afsoningssager"]
    assert judged.reasons() == {"missing_required": 1, "duplicate_key": 1}


def test_a_repeated_key_keeps_the_earlier_loaded_row_and_its_rows(landing: Path) -> None:
    delivery = SmallDelivery()
    delivery.rows[CASES].append({**delivery.rows[CASES][0], "straf_dage": "77"})
    judged = judge(delivery, landing)
    assert faults(judged) == {"afsoningssager": {"duplicate_key": 1}}
    assert judged["afsoningssager"].loaded_column("straf_dage") == ["90", "90", "90"]


def test_a_key_of_several_columns_is_compared_in_canonical_form(landing: Path) -> None:
    delivery = SmallDelivery()
    delivery.rows["samarbejdsmoeder.csv"].append({**delivery.rows["samarbejdsmoeder.csv"][0], "kommunekode": "0101"})
    judged = judge(delivery, landing)["samarbejdsmoeder"]
    assert [(fault.reason, fault.column) for fault in judged.faults.values()] == [
        ("duplicate_key", "moede_id+kommunekode")
    ]


def test_a_case_set_aside_takes_its_rows_with_it(landing: Path) -> None:
    delivery = SmallDelivery()
    delivery.rows[CASES][0]["straf_dage"] = "x"
    found = faults(judge(delivery, landing))
    assert found.pop("afsoningssager") == {"invalid_number": 1}
    assert all(reasons == {"orphan": 1} for reasons in found.values())
    assert set(found) == {
        "loesladelsesdatoer",
        "handlekommuner",
        "kommunekontakter",
        "bolighaendelser",
        "engangshjaelp",
        "loesladelsesmoeder",
        "huslejehjaelp",
        "infohus",
        "mentorforloeb",
    }


def test_twenty_faulty_rows_are_set_aside_and_one_more_refuses_the_delivery(landing: Path) -> None:
    delivery = SmallDelivery(cases=30)
    for row in delivery.rows[CONTACTS][:20]:
        row["emne"] = "x"
    assert faults(judge(delivery, landing)) == {"kommunekontakter": {"unknown_code": 20}}
    delivery.rows[CONTACTS][20]["emne"] = "x"
    delivery.batch_id = "2026-09-30-2"
    with pytest.raises(DeliveryRefused) as caught:
        judge(delivery, landing)
    assert caught.value.reason == "quarantine_share"
    assert (
        "21 af 30" in caught.value.message
        and "grænsen er 20" in caught.value.message
        and "emne" in caught.value.message
    )


def test_rows_that_only_follow_their_case_do_not_refuse_the_delivery(landing: Path) -> None:
    delivery = SmallDelivery(cases=4)
    delivery.rows[CASES][0]["straf_dage"] = ""
    good = delivery.rows[CONTACTS][0]
    delivery.rows[CONTACTS] += [{**good, "kontakt_id": f"X-{n}"} for n in range(50)]
    assert faults(judge(delivery, landing))["kommunekontakter"] == {"orphan": 51}
    for row in delivery.rows[CONTACTS][10:31]:
        row["sags_id"] = "A-9999"
    delivery.batch_id = "2026-09-30-2"
    with pytest.raises(DeliveryRefused, match="21 af 54"):
        judge(delivery, landing)


def test_a_number_becomes_the_same_pseudonym_in_every_spelling(landing: Path) -> None:
    delivery = SmallDelivery()
    for row, spelling in zip(delivery.rows[CASES], ("010170-1234", "0101701234", "101701234"), strict=True):
        row["cpr"] = spelling
    judged = judge(delivery, landing)["afsoningssager"]
    assert judged.columns["client_key"] == [KEY.client_key("0101701234")] * 3


def test_numbers_in_text_are_masked_and_rows_still_meet(landing: Path) -> None:
    delivery = SmallDelivery()
    delivery.rows[CASES][0]["bolig_begrundelse"] = "mor 010170-1234"
    delivery.rows["institutioner.xlsx"][0]["navn"] = "Fængslet 010170-1234"
    for rows in delivery.rows.values():
        for row in rows:
            if row.get("sags_id") == "A-0001":
                row["sags_id"] = "010170-1234"
    judged = judge(delivery, landing)
    assert not faults(judged)
    text = json.dumps([file.columns for file in judged.values()])
    assert "010170" not in text and "mor" not in text
    assert judged["institutioner"].columns["navn"][0] == "Fængslet [personnummer skjult]"
    assert judged["afsoningssager"].columns["bolig_begrundelse_findes"] == ["J", "J", "J"]
    assert judged["afsoningssager"].columns["sags_id"][1] == judged["kommunekontakter"].columns["sags_id"][1]
    assert plausibility.warnings(judged["afsoningssager"], "2026-09-30") == {"cpr_in_free_text": 2}


def test_what_is_kept_of_a_row_set_aside_is_nobodys(landing: Path) -> None:
    delivery = SmallDelivery()
    delivery.rows[CASES][0].update(
        {"straf_dage": "0101701234", "maalgruppe": "Hans Jensen", "ls_rnr_dato": "2026-02-30"}
    )
    delivery.rows["samarbejdsaftaler.xlsx"][0]["kommunekode"] = "999"
    judged = judge(delivery, landing)
    row = json.loads(next(judged["afsoningssager"].quarantined())[2])
    assert (row["straf_dage"], row["maalgruppe"], row["ls_rnr_dato"]) == (MASKED, MASKED, "2026-02-30")
    assert json.loads(next(judged["samarbejdsaftaler"].quarantined())[2])["kontakt_navn"] == MASKED


WARNINGS = [
    ("decided_before_sent", "engangshjaelp.csv", {"sendt": "2026-03-21"}),
    (
        "decided_before_sent",
        "huslejehjaelp.csv",
        {"sendt": "2026-03-21", "afgjort": "2026-03-20", "afgoerelse": "afslag"},
    ),
    ("paid_before_decided", "engangshjaelp.csv", {"udbetalt": "2026-03-19"}),
    ("released_before_start", CASES, {"faktisk_loesladelse": "2026-01-04"}),
    ("event_after_extract", CONTACTS, {"dato": "2026-10-01"}),
    ("event_after_extract", "handlekommuner.csv", {"gyldig_fra": "2026-10-01"}),
    ("decision_without_result", "engangshjaelp.csv", {"afgoerelse": ""}),
    ("decision_without_result", "huslejehjaelp.csv", {"afgoerelse": "afslag"}),
    ("cpr_in_free_text", CASES, {"bolig_begrundelse": "hans nr. er 101701234"}),
    ("cpr_in_free_text", "institutioner.xlsx", {"mail": "010170-1234@example.dk"}),
]


@pytest.mark.parametrize(("reason", "name", "values"), WARNINGS)
def test_an_odd_row_is_loaded_and_counted(landing: Path, reason: str, name: str, values: dict[str, str]) -> None:
    delivery = SmallDelivery()
    delivery.rows[name][1].update(values)
    judged = judge(delivery, landing)
    assert not faults(judged)
    assert plausibility.warnings(judged[name.partition(".")[0]], "2026-09-30") == {reason: 1}


def test_planned_dates_and_the_extract_date_itself_are_no_oddity(landing: Path) -> None:
    delivery = SmallDelivery()
    delivery.rows[CASES][0].update({"oprindelig_loesladelse": "2027-01-01", "faktisk_loesladelse": "2026-09-30"})
    delivery.rows["loesladelsesdatoer.csv"][0]["forventet_proeveloesladelse"] = "2027-01-01"
    assert all(not plausibility.warnings(file, "2026-09-30") for file in judge(delivery, landing).values())


@needs_shared
def test_the_shared_faulty_delivery_has_its_expected_quarantine() -> None:
    folder = SHARED / "examples" / "faulty" / "2026-09-30"
    expected = json.loads((SHARED / "examples" / "faulty_expected_quarantine.json").read_text())
    assert faults(judge_folder(folder)) == expected


@needs_shared
@pytest.mark.parametrize("batch", ["extracts/2026-03-31", "extracts/2026-09-30", "examples/boundaries/2026-09-30"])
def test_the_sound_shared_deliveries_are_loaded_whole(batch: str) -> None:
    assert faults(judge_folder(SHARED / batch)) == {}
