"""Rows of the published tables made by hand: one ordinary row of each kind, with what a test says of it.

Belongs here: ordinary values that no test looks at. Does not belong here: a whole world of rows (``small_world``).
"""

from __future__ import annotations

import datetime
from typing import Any

from reports.figures.published_rows import (
    CooperationRow,
    DataQualityRow,
    RevisionRow,
    UndeterminableRow,
    WorklistRow,
)

DAY = datetime.date(2026, 9, 30)


def open_case(**said: Any) -> WorklistRow:
    """Return a duty that can still be met, of a case in Aalborg."""
    ordinary = WorklistRow(
        case_id="S1",
        rule_id="aid_decided",
        status="open",
        responsible=None,
        next_step=None,
        next_step_by=None,
        next_step_deadline=None,
        municipality_code="851",
        region_code="1081",
        area="Vest",
        institution_code="F01",
        institution_phone=None,
        institution_mail_address=None,
        deadline=DAY,
        days_left=0,
        is_in_place=False,
        is_over_a_year_late=False,
        reason=None,
    )
    return ordinary._replace(**said)


def revision(**said: Any) -> RevisionRow:
    """Return a quarter's figure of Aalborg that was the same at its first publication and now."""
    ordinary = RevisionRow(
        level="municipality",
        unit_code="851",
        period_type="quarter",
        period="2026-Q1",
        rule_id="contact_sentence",
        first_due=9,
        first_met=5,
        first_late=3,
        first_missed=1,
        first_own_due=6,
        first_own_met=5,
        changed_in_publication_id=None,
        cause="recorded_late",
        due=9,
        met=5,
        late=3,
        missed=1,
        own_due=6,
        own_met=5,
    )
    return ordinary._replace(**said)


def cooperation(code: str, **said: Any) -> CooperationRow:
    """Return a municipality that has every part of the cooperation."""
    ordinary = CooperationRow(
        municipality_code=code,
        municipality_name=code,
        agreement_status="met",
        agreement_reason=None,
        agreement_updated_date=DAY,
        meetings_invited=1,
        meetings_attended=1,
        meetings_with_police=1,
        meetings_police_stated=1,
        latest_invited_date=DAY,
        mailed_quarter="2026-Q2",
        mailing_status="met",
        mailing_reason=None,
    )
    return ordinary._replace(**said)


def quality(batch_id: str, **said: Any) -> DataQualityRow:
    """Return a delivered file without a fault."""
    ordinary = DataQualityRow(
        batch_id=batch_id,
        file="afsoningssager.csv",
        kind="file",
        reason=None,
        rows=10,
        loaded=10,
        quarantined=0,
        affected_rows=10,
    )
    return ordinary._replace(**said)


def unknown(rule_id: str, cases: int) -> UndeterminableRow:
    """Return so many cases of the nation that cannot be judged under a duty."""
    return UndeterminableRow("national", "DK", rule_id, "no_expected_release", cases, 40, 0.5, 0.55)
