"""An accepted reply changes the outcome of its own case and of no other, through the dated correction alone.

One warehouse is built from a delivery of equal cases; C-4 has no reply.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.layout import Output
from pipelines.replies import decisions, replies, standing
from pipelines.replies.replies import ACCEPTED, REJECTED
from pipelines.rules.explain import Explainer
from pipelines.warehouse import dbt_build
from tests.people_at_work import acting_as
from tests.rules.build import Smaller, load
from tests.rules.delivery_reader import FILES

AS_OF = datetime.date(2026, 9, 30)
AT = datetime.datetime(2026, 9, 1, 12, tzinfo=datetime.UTC)
# A release on Wednesday 17 June 2026: the decision is due on 3 June.
RELEASE, DECIDED_LATE, DECIDED_IN_TIME = "2026-06-17", "2026-06-08", datetime.date(2026, 6, 2)


def _case(case_id: str) -> dict[str, str]:
    return {
        "sags_id": case_id,
        "cpr": "0101011234",
        "institution_kode": "F1",
        "maalgruppe": "1",
        "varetaegt": "N",
        "udvist": "N",
        "handleplanspligt": "J",
        "straf_dage": "300",
        "straf_ivaerksat": "2025-12-01",
        "engangshjaelp_behov": "J",
        "faktisk_loesladelse": RELEASE,
        "loesladelse_art": "proeve",
    }


def _delivery() -> dict[str, list[dict[str, Any]]]:
    cases = ["C-1", "C-2", "C-3", "C-4", "C-5", "C-6"]
    tables: dict[str, list[dict[str, Any]]] = {file: [] for file in FILES}
    tables["institutioner"] = [{"institution_kode": "F1", "navn": "Prøve", "art": "faengsel", "omraade": "Øst"}]
    tables["afsoningssager"] = [_case(case) for case in cases]
    tables["loesladelsesdatoer"] = [
        {
            "sags_id": case,
            "registreret": "2025-12-01",
            "forventet_proeveloesladelse": RELEASE,
            "forventet_loesladelse": "2026-09-27",
        }
        for case in cases
    ]
    tables["handlekommuner"] = [{"sags_id": case, "gyldig_fra": "2025-12-01", "kommunekode": "101"} for case in cases]
    tables["kommunekontakter"] = [
        {
            "kontakt_id": f"K-{case}",
            "sags_id": case,
            "dato": "2025-12-10",
            "retning": "ud",
            "emne": "handleplan",
            "kommunekode": "101",
            "kanal": "mail",
            "klient_orienteret": "J",
        }
        for case in cases
    ]
    tables["engangshjaelp"] = [
        {
            "ansoegning_id": f"E-{case}",
            "sags_id": case,
            "kommunekode": "101",
            "sendt": "2026-04-01",
            "fuldstaendig": "2026-04-02",
            "afgjort": DECIDED_LATE,
            "afgoerelse": "bevilget",
        }
        for case in cases
    ]
    return tables


def _corrections(output: Output) -> list[replies.Correction]:
    """Record and decide the replies: accepted, rejected, reversed, and accepted of what the source changes later."""
    aid = ("aid_decided", "anden_dato", "afgoerelse", "engangshjaelp")
    late = datetime.date.fromisoformat(DECIDED_LATE)

    def about_aid(case: str, held: datetime.date = late) -> replies.Reply:
        deadlines = (("aid_decided", datetime.date(2026, 6, 3)),)
        return replies.Reply("101", case, *aid, f"E-{case}", "afgjort", held, DECIDED_IN_TIME, deadlines)

    answers = [
        about_aid("C-1"),
        replies.Reply(
            "101",
            "C-3",
            "municipal_response",
            "anden_dato",
            "svar",
            "kommunekontakter",
            None,
            "dato",
            None,
            datetime.date(2025, 12, 20),
            known_rows="[]",
        ),
        about_aid("C-5"),
        about_aid("C-2"),
        # The delivery said another day when this was accepted than it does now.
        about_aid("C-6", datetime.date(2026, 6, 30)),
    ]
    receipt = replies.record(output, "0" * 64, answers, "Mette", AT)
    verdicts = (ACCEPTED, ACCEPTED, REJECTED, ACCEPTED, ACCEPTED)
    for reply_id, verdict in zip(receipt.reply_ids, verdicts):
        with acting_as("Hans"):
            why = "ikke_belagt" if verdict == REJECTED else None
            decisions.decide(output, reply_id, verdict, "Hans Holm", AT, reason=why)
    reversed_reply = receipt.reply_ids[3]
    with acting_as("Mette"):
        decisions.reopen(output, reversed_reply, "fejl_i_afgoerelse", "Mette", AT)
    with acting_as("Ole"):
        decisions.decide(output, reversed_reply, REJECTED, "Ole Olsen", AT, reason="vores_kilde")
    return replies.export_corrections(output, AS_OF)


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """Return the warehouse, open for reading."""
    root: Path = tmp_path_factory.mktemp("corrections")
    output = Output(root / "output")
    corrections = _corrections(output)
    file = root / "build" / "warehouse.duckdb"
    touched = replies.export_corrected_outcomes(output, AS_OF)
    load(_delivery(), AS_OF, file, smaller=Smaller(corrections=corrections, corrected_outcomes=touched))
    # Two rules and what they rest on; tests about all rules together would not hold here.
    wanted = ("+rule_aid_decided", "+rule_municipal_response")
    nodes = dbt_build.build(file, file.parent, select=wanted)
    assert not [node for node in nodes if node.unique_id.startswith("model.") and not node.is_sound]
    with duckdb.connect(str(file), read_only=True) as connection:
        assert connection.execute("select count(*) from raw.corrections").fetchall() == [(len(corrections),)]
        yield connection


@pytest.fixture(scope="module")
def outcomes(warehouse: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], tuple[Any, ...]]:
    """Return (status, event date) by case and rule."""
    return {
        (case_id, rule): (status, event)
        for rule in ("aid_decided", "municipal_response")
        for case_id, status, event in warehouse.execute(
            f"select case_id, status, event_date from rules.rule_{rule}"
        ).fetchall()
    }


def test_an_accepted_date_makes_the_late_decision_timely(outcomes: dict[tuple[str, str], tuple[Any, ...]]) -> None:
    assert outcomes["C-1", "aid_decided"] == ("met", DECIDED_IN_TIME)
    assert outcomes["C-4", "aid_decided"] == ("late", datetime.date.fromisoformat(DECIDED_LATE))


def test_an_accepted_answer_that_we_had_not_registered_counts(
    outcomes: dict[tuple[str, str], tuple[Any, ...]],
) -> None:
    assert outcomes["C-3", "municipal_response"] == ("met", datetime.date(2025, 12, 20))
    assert outcomes["C-4", "municipal_response"] == ("missed", None)


def test_a_rejected_date_changes_nothing(outcomes: dict[tuple[str, str], tuple[Any, ...]]) -> None:
    assert outcomes["C-5", "aid_decided"] == outcomes["C-4", "aid_decided"]


def test_a_decision_made_anew_takes_the_correction_out(outcomes: dict[tuple[str, str], tuple[Any, ...]]) -> None:
    assert outcomes["C-2", "aid_decided"] == outcomes["C-4", "aid_decided"]


def test_a_correction_waits_when_the_source_has_changed_the_row_itself(
    warehouse: duckdb.DuckDBPyConnection, outcomes: dict[tuple[str, str], tuple[Any, ...]]
) -> None:
    assert outcomes["C-6", "aid_decided"] == outcomes["C-4", "aid_decided"]
    states = warehouse.execute("select reply_id, state from staging.stg_corrections where case_id = 'C-6'").fetchall()
    assert states == [("101-001-005", "source_changed")]
    assert standing.waiting_for_a_decision(warehouse) == {"101-001-005"}


def test_an_explanation_shows_the_delivered_and_the_corrected_date_and_who_decided_when(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    told = Explainer(warehouse)._accepted
    assert told["C-1", "aid_decided"] == [
        "afgjort (engangshjaelp.csv): leveret 8. juni 2026; rettet til 2. juni 2026 efter kommunens svar 101-001-001, "
        "godkendt 1. september 2026 af Hans Holm"
    ]
    (waits,) = told["C-6", "aid_decided"]
    assert waits.endswith(
        "tæller ikke: kilden har siden rettet rækken (8. juni 2026), og rettelsen venter på en ny afgørelse"
    )
