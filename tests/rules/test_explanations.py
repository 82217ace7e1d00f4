"""Explanations of outcomes: every one can be told, and none says anything but what the models computed."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import duckdb
import pytest

from pipelines.danish import long_date
from pipelines.errors import UserError
from pipelines.rules.documentation import reason_words
from pipelines.rules.explain import Explainer
from pipelines.vocabulary import STATUSES
from pipelines.warehouse import rule_models
from tests.rules import warehouses
from tests.shared_material import needs_shared

CASE_RULES = [rule for rule, kind in rule_models.kinds().items() if kind != "unit" and kind != "municipality"]


@pytest.mark.parametrize("rule_id", CASE_RULES)
def test_every_outcome_of_a_synthetic_delivery_is_explained_as_it_was_judged(rule_id: str) -> None:
    schema = "restricted" if rule_models.kinds()[rule_id] == "restricted" else "marts"
    judged = {
        row[0]: row[1:]
        for row in warehouses.rows(
            warehouses.demo(),
            f"select case_id, status, deadline, event_date, reason from {schema}.fct_rule_outcome where rule_id = ?",
            [rule_id],
        )
    }
    with duckdb.connect(str(warehouses.demo()), read_only=True) as connection:
        explained = dict(Explainer(connection).explain_all(rule_id))
    assert explained.keys() == judged.keys()
    for case_id, (status, deadline, event_date, reason) in judged.items():
        told = explained[case_id]
        assert told.status == status
        assert told.heading.endswith(STATUSES[status])
        assert "None" not in str(told) and "{" not in str(told), told
        assert "Kilde: " in told.paragraph
        if deadline is not None:
            assert long_date(deadline) in told.paragraph, told
        if event_date is not None:
            assert long_date(event_date) in told.paragraph, told
        if status in ("not_applicable", "undeterminable"):
            assert reason_words(rule_id, reason).clause in told.paragraph
        else:
            assert told.facts, "an outcome rests on facts"


@needs_shared
def test_the_paragraph_tells_the_deadline_step_by_step() -> None:
    with duckdb.connect(str(warehouses.boundaries(date(2026, 9, 30))), read_only=True) as connection:
        (told,) = Explainer(connection).explain("A-000000", "contact_sentence")
    assert told.heading == "Kommunen kontaktet om handleplan (lovkrav): for sent"
    assert "Straffen blev iværksat 7. marts 2026." in told.paragraph
    assert "så fristen er 7. marts 2026 + 28 dage = 4. april 2026." in told.paragraph
    assert "Pligten blev opfyldt 5. april 2026, 1 dag efter fristen." in told.paragraph
    assert "Ansvarlig: Kriminalforsorgen." in told.paragraph
    assert "BEK nr. 642 af 15/06/2006 § 3" in told.paragraph
    assert "Henvendelse til kommunen: 5. april 2026 (kommunekontakter.csv)" in told.facts


@needs_shared
def test_a_deadline_that_never_came_is_told_whichever_way_the_date_moved(tmp_path: Path) -> None:
    changed = tmp_path / "warehouse.duckdb"
    shutil.copy(warehouses.boundaries(date(2026, 9, 30)), changed)
    with duckdb.connect(str(changed)) as connection:
        (postponed,) = Explainer(connection).explain("A-000383", "aid_decided")
        # The same case, had the release been expected later and then brought forward.
        connection.execute(
            "update rules.rule_aid_decided set postponed_from = null, brought_forward_from = date '2024-08-16' "
            "where case_id = 'A-000383'"
        )
        (brought_forward,) = Explainer(connection).explain("A-000383", "aid_decided")
    assert "Fristen kom aldrig: 9. juli 2024 var løsladelsen ventet 16. juli 2024" in postponed.paragraph
    assert "siden blev løsladelsen udskudt til 23. juli 2024. Ingen kunne nå fristen." in postponed.paragraph
    assert (
        "Fristen kom aldrig: 9. juli 2024 var løsladelsen ventet 16. august 2024, og datoen blev først siden rykket "
        "frem til 23. juli 2024. Ingen kunne nå fristen." in brought_forward.paragraph
    )
    for told in (postponed, brought_forward):
        assert "Ansvarlig: ingen (løsladelsesdatoen blev flyttet)." in told.paragraph
        assert "tæller ikke med i de egne tal, for kommunen kunne ikke have opfyldt pligten" in told.paragraph
        assert "Sagen tæller hos Vejen (575), som blev spurgt." in told.paragraph
        assert "Forsinkelsen er ikke et lovbrud fra den part, som pligten påhviler." in told.paragraph


@needs_shared
def test_a_sentence_that_was_too_short_is_nobodys_delay_and_says_why() -> None:
    with duckdb.connect(str(warehouses.boundaries(date(2026, 9, 30))), read_only=True) as connection:
        (no_time,) = Explainer(connection).explain("A-000015", "aid_decided")
        (not_possible,) = Explainer(connection).explain("A-000007", "aid_applied")
    assert "lå før straffens start" in no_time.paragraph and "Sagen var for kort til det." in no_time.paragraph
    assert "Ansvarlig: ingen (straffen var for kort)." in no_time.paragraph
    assert "straffen var kortere end varslet, så pligten ikke kunne opfyldes" in not_possible.paragraph


def test_an_unknown_case_and_an_unknown_rule_are_clear_errors() -> None:
    with duckdb.connect(str(warehouses.demo()), read_only=True) as connection:
        explainer = Explainer(connection)
        with pytest.raises(UserError, match="findes ikke i datavarehuset"):
            explainer.explain("FINDES-IKKE")
        case_id = connection.execute("select min(case_id) from rules.rule_contact_sentence").fetchall()[0][0]
        with pytest.raises(UserError, match="Reglen no_rule findes ikke"):
            explainer.explain(case_id, "no_rule")
        with pytest.raises(UserError, match="gælder ikke for sager"):
            explainer.explain(case_id, "contact_supervision")


def test_a_restricted_rule_is_told_only_to_one_who_asks_for_it_as_such() -> None:
    with duckdb.connect(str(warehouses.demo()), read_only=True) as connection:
        explainer = Explainer(connection)
        case_id = connection.execute("select min(case_id) from rules.rule_contact_sentence").fetchall()[0][0]
        assert "infohus_notified" not in {told.rule_id for told in explainer.explain(case_id)}
        assert "infohus_notified" in {told.rule_id for told in explainer.explain(case_id, restricted=True)}
        with pytest.raises(UserError, match="fortrolig"):
            explainer.explain(case_id, "infohus_notified")
