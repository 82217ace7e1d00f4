"""The words of the English summary: the duties' titles, their norms, and how numbers and dates are written there.

Belongs here: English for the one page that is in English. Does not belong here: its figures (``pages.english``).
A duty that the catalogue gains has no page in English until it has a title here; a test says so.
"""

from __future__ import annotations

import datetime
from typing import Final

from pipelines import quarters
from reports.figures.data import Window

TITLES: Final = {
    "contact_sentence": "Municipality contacted about the action plan",
    "contact_supervision": "Municipality contacted about a case under supervision",
    "municipal_response": "Municipality answered the contact",
    "client_informed": "Client told that information is passed on",
    "handle_municipality_clarified": "Responsible municipality settled before release",
    "housing_need_clarified": "Need for housing clarified",
    "housing_registered": "On a housing list at release",
    "housing_registered_or_explained": "On a housing list, or the reason noted",
    "housing_renewed": "Place on a housing list renewed every year",
    "homelessness_notified": "Municipality told of expected homelessness",
    "aid_applied": "Application for release grant sent in good time",
    "aid_decided": "Release grant decided before release",
    "aid_paid": "Release grant paid on the day of release",
    "release_meeting_called": "Municipality invited to a release meeting",
    "release_meeting_held": "Release meeting held with the municipality",
    "supervision_invited": "Probation office invited to the release meeting",
    "risk_assessment_handed_over": "Risk and needs assessment handed over",
    "release_advanced": "Release moved forward to Monday–Wednesday",
    "rent_help_applied": "Application for help with rent sent at once",
    "rent_alternative_examined": "Other ways of covering the need for housing examined",
}
NORMS: Final = {"statutory": "required by law", "guideline": "recommended", "indicator": "indicator"}
PARTIES: Final = {"kriminalforsorgen": "Prison and Probation Service", "kommune": "the municipality"}
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def number(value: int) -> str:
    """Return a whole number as English has it: ``1,234``."""
    return f"{value:,}"


def long_date(day: datetime.date) -> str:
    """Return ``3 November 2026``."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def span(window: Window) -> str:
    """Return a year or four rolling quarters by its first and last day."""
    if window.kind == "year":
        return window.period
    first, last = quarters.first_day(quarters.shift(window.period, -3)), quarters.last_day(window.period)
    return f"{long_date(first)} to {long_date(last)}"
