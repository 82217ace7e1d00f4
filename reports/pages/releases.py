"""The releases of one unit: where people were released to, how many releases kept every duty, and what else is known.

Belongs here: the rows of ``pub_release_summary`` as a page's tables and sentences. Does not belong here: which releases
count and which duties are the core of one, which the rules settle. Releases are described, never judged: a whole
release stands beside the number of duties it had, since one duty kept is not seven.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pipelines import quarters, vocabulary
from pipelines.danish import WEEKDAYS, number, percent
from pipelines.vocabulary import word
from reports.figures.data import ReportData, Unit
from reports.figures.published_rows import ReleaseRow
from reports.figures.statistics import SMALLEST_COMPARED, wilson
from reports.words.hidden import HIDDEN_IN_WORDS

SPLITS = {
    "sentence_length": "Straffens længde",
    "release_kind": "Løsladelsens art",
    "housing_at_release": "Bolig ved løsladelsen",
    "housing_need": "Behov for bolig registreret før løsladelsen",
    "target_group": "Målgruppe",
}
KNOWN = {
    "notified_of_admission": "Kommunen fik besked om indsættelsen",
    "told_of_release": "Kommunen fik besked om løsladelsesdagen",
    "assessed": "Risiko- og behovsvurderet",
    "has_mentor": "Havde mentor",
    "release_meeting_form": "Løsladelsesmødets form",
    "unprepared": "Til hjemløshed eller herberg uden registreret behov",
    "release_weekday": "Ugedag",
    "release_month": "Måned",
}
# Where people were released to, as protected figures tell it.
PLACES = {"place": "Bolig ved løsladelsen"}
DIMENSIONS = {"all": "Alle løsladelser"} | SPLITS | KNOWN | PLACES
YES_OR_NO = {"true": "ja", "false": "nej", "J": "ja", "N": "nej"}
MONTHS = (
    "Januar",
    "Februar",
    "Marts",
    "April",
    "Maj",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "December",
)
WORDS: dict[str, Mapping[str, str]] = {
    "all": {"all": "alle"},
    "sentence_length": vocabulary.SENTENCE_LENGTHS,
    "release_kind": vocabulary.RELEASE_KINDS,
    "housing_at_release": vocabulary.HOUSING,
    "place": vocabulary.RELEASE_PLACES,
    "release_meeting_form": vocabulary.MEETING_FORMS,
    "release_weekday": {str(place): name.capitalize() for place, name in enumerate(WEEKDAYS, 1)},
    "release_month": {str(place): name for place, name in enumerate(MONTHS, 1)},
    "target_group": vocabulary.TARGET_GROUPS,
}
NOT_STATED = "not_stated"
HEADINGS = (
    "Opdelt efter",
    "Værdi",
    "Løsladelser",
    "Heraf med forfaldne pligter",
    "Alle til tiden",
    "Andel, pct.",
    "95 pct.-interval",
    "Pligter forfaldne",
    "Pligter til tiden",
)
KNOWN_HEADINGS = ("Oplysning", "Værdi", "Løsladelser")
NUMERIC, KNOWN_NUMERIC = (2, 3, 4, 5, 6, 7, 8), (2,)
CAPTION, PROTECTED_CAPTION = "Løsladelserne og deres pligter", "Løsladelserne i beskyttede tal"
# Protected figures have no counts of duties, and of a value the releases alone.
PROTECTED_HEADINGS = HEADINGS[:7]


def release_parts(data: ReportData, unit: Unit) -> dict[str, Any] | None:
    """Return what a page says about a unit's releases of the year; None where the edition has nothing on them."""
    rows = data.releases.get(unit.key)
    if not rows:
        return None
    whole = next((row for row in rows if row.dimension == "all"), None)
    if whole is None:
        return None
    if data.leading:
        return _protected_parts(rows, whole, unit)
    return {
        "caption": CAPTION,
        "year_name": data.window(unit.level).words,
        "lead": lead(whole),
        "doubt": doubt(rows),
        "head": list(HEADINGS),
        "rows": [split_row(row) for row in (whole, *_ordered(rows, SPLITS, unit))],
        "numeric": NUMERIC,
        "known_head": list(KNOWN_HEADINGS),
        "known": [
            (DIMENSIONS[row.dimension], value_word(row.dimension, row.value), number_or_hidden(row.releases))
            for row in _ordered(rows, KNOWN, unit)
        ],
        "known_numeric": KNOWN_NUMERIC,
    }


def _protected_parts(rows: Sequence[ReleaseRow], whole: ReleaseRow, unit: Unit) -> dict[str, Any]:
    """Return what an edition of protected figures says: how many kept every duty, and where people were released to."""
    year_name = quarters.name("rolling4", whole.period)
    shown = (whole, *_ordered(rows, PLACES, unit))
    return {
        "caption": f"{PROTECTED_CAPTION}, {year_name}",
        "year_name": year_name,
        "lead": lead(whole),
        "doubt": "",
        "head": list(PROTECTED_HEADINGS),
        "rows": [protected_row(row) for row in shown],
        "numeric": NUMERIC[: len(PROTECTED_HEADINGS) - 2],
        "known": [],
    }


def protected_row(row: ReleaseRow) -> tuple[str, ...]:
    """Return one value's row of protected figures: a number, the sign for hidden, or that it is not shown at all."""
    start = (DIMENSIONS[row.dimension], value_word(row.dimension, row.value), number_or_hidden(row.releases))
    if row.dimension != "all":
        return (*start, *[vocabulary.NOT_SHOWN] * 4)
    counts = (number_or_hidden(row.with_core_due), number_or_hidden(row.whole_releases))
    return (*start, *counts, *share_and_interval(row.whole_releases, row.with_core_due, digits=0))


def share_and_interval(kept: int | None, due: int | None, *, digits: int = 1) -> tuple[str, str]:
    """Return the share of releases that kept every duty, and its interval; few releases give no share of their own."""
    if due is None or kept is None:
        return vocabulary.HIDDEN, vocabulary.HIDDEN
    if due < SMALLEST_COMPARED:
        return vocabulary.NOTHING, vocabulary.NOTHING
    low, high = wilson(kept, due)
    return number(100 * kept / due, digits), f"{number(low * 100)}–{number(high * 100)}"


def lead(whole: ReleaseRow) -> str:
    """Return how many were released, how many releases kept every duty, and of how many duties."""
    releases = whole.releases
    if releases is None:
        return f"Antallet af løsladelser er {HIDDEN_IN_WORDS}."
    text = f"{number(releases)} {'løsladelse' if releases == 1 else 'løsladelser'} i det seneste år."
    due, kept = whole.with_core_due, whole.whole_releases
    if not due or kept is None:
        return text
    share = f" ({percent(kept / due)})" if due >= SMALLEST_COMPARED else ""
    text += f" Ved {number(kept)} af {number(due)}{share} med mindst én forfalden kernepligt var alle til tiden."
    if whole.core_due and whole.core_met is not None:
        each = number(whole.core_due / due, 1)
        text += (
            f" En løsladelse havde i gennemsnit {each} af de 7 kernepligter, og i alt var {number(whole.core_met)} "
            f"af {number(whole.core_due)} til tiden."
        )
    return text


def doubt(rows: Sequence[ReleaseRow]) -> str:
    """Return the line on data quality: homeless at the release, and no need of a home recorded before it."""
    found = next((row for row in rows if row.dimension == "unprepared" and row.value == "true"), None)
    if found is None or not found.releases:
        return ""
    count = found.releases
    who = "1 løsladelse" if count == 1 else f"{number(count)} løsladelser"
    return (
        f"Datakvalitet: {who} til hjemløshed eller herberg var uden et registreret behov for bolig. Dér tæller pligten "
        "til at skrive op til en bolig ikke med, og tallene om bolig kan være for gode."
    )


def _ordered(rows: Sequence[ReleaseRow], dimensions: Mapping[str, str], unit: Unit) -> list[ReleaseRow]:
    """Return the rows of some dimensions in a reader's order; target groups for the nation and the areas alone."""
    shown = [one for one in dimensions if one != "target_group" or unit.level in ("national", "area")]
    order = {dimension: place for place, dimension in enumerate(shown)}

    def place(row: ReleaseRow) -> tuple[int, int, str]:
        known = list(WORDS.get(row.dimension, YES_OR_NO))
        value = str(row.value)
        return order[row.dimension], known.index(value) if value in known else len(known), value

    return sorted((row for row in rows if row.dimension in order), key=place)


def value_word(dimension: str, value: str | None) -> str:
    """Return the word of a value that releases are split by."""
    if value in (None, NOT_STATED):
        return word({}, None)
    return word(WORDS.get(dimension, YES_OR_NO), str(value))


def number_or_hidden(value: int | None) -> str:
    """Return a count, or the sign of what is hidden."""
    return vocabulary.HIDDEN if value is None else number(value)


def split_row(row: ReleaseRow) -> tuple[str, ...]:
    """Return one value's row as a table shows it."""
    counts = (number_or_hidden(count) for count in (row.releases, row.with_core_due, row.whole_releases))
    duties = (number_or_hidden(count) for count in (row.core_due, row.core_met))
    share = share_and_interval(row.whole_releases, row.with_core_due)
    return (DIMENSIONS[row.dimension], value_word(row.dimension, row.value), *counts, *share, *duties)
