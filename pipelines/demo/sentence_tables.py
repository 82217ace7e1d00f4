"""The rows of the sentence cases themselves, as the source system learns and corrects them.

Belongs here: afsoningssager.csv and loesladelsesdatoer.csv. Does not belong here: what the facts are (``sentences``,
``courses``).
"""

from __future__ import annotations

import numpy as np

from pipelines.demo import assumptions as assumed
from pipelines.demo import people
from pipelines.demo.draws import Days, Draws, Marks, Texts
from pipelines.demo.scene import Scene
from pipelines.demo.sentences import Sentences
from pipelines.demo.tables import SyntheticColumn, SyntheticTable, Values, corrected, later, repeat, texts

CASE_FILE = "afsoningssager.csv"
DATES_FILE = "loesladelsesdatoer.csv"

DAYS_TO_CLARIFY = 28
REASONS = [
    "ønsker ikke at blive skrevet op",
    "forventer at flytte ind hos familie",
    'har mundtlig aftale om "midlertidig" bolig; afventer kommunen',
    "gæld til tidligere udlejer; kan ikke skrives op",
    "skal i døgnbehandling efter løsladelse",
    "ægtefælle har lejlighed",
]


def expected_dates_table(cases: Sentences) -> SyntheticTable:
    """loesladelsesdatoer.csv."""
    case, registered, parole, end = (np.concatenate(parts) for parts in zip(*_expected(cases)))
    columns = {
        "sags_id": cases.case_id[case],
        "registreret": registered,
        "forventet_proeveloesladelse": parole,
        "forventet_loesladelse": end,
    }
    known = np.maximum(registered, cases.known[case])
    return SyntheticTable(DATES_FILE, known, columns).sorted_by(case, registered)


def _expected(cases: Sentences) -> list[tuple[Values, Values, Values, Values]]:
    parts = []
    for row in cases.courses.rows:
        case = np.flatnonzero(row.registered > 0)
        parts.append((case, row.registered[case], row.parole[case], row.end[case]))
    return parts


def sentence_table(
    scene: Scene, draws: Draws, cases: Sentences, cpr: Texts, assessed_on: Days, registered: Marks
) -> SyntheticTable:
    """afsoningssager.csv; `assessed_on` is 0 without an assessment, `registered` says who is on a housing list."""
    known, start, count = cases.known, cases.start, len(cases.start)
    released_known = np.maximum(cases.courses.released_known, known)
    risk_known = np.maximum(draws.recorded(assessed_on), known)
    assessed = assessed_on > 0
    level = np.where(assessed, draws.pick(assumed.RISK_LEVELS, count), repeat("", count))
    odd = scene.is_odd(assumed.RELEASED_BEFORE_START_SHARE, count)
    release = np.where(odd, start - scene.oddity.within(1, 40, count), cases.release)
    decided = np.maximum(np.maximum(cases.release - draws.within(5, 40, count), start), known)
    days = texts(cases.courses.days)
    aid_known = np.maximum(start + draws.within(3, 60, count), known)
    columns: dict[str, SyntheticColumn | Values] = {
        "sags_id": cases.case_id,
        "cpr": people.written(draws, cpr),
        "institution_kode": scene.institutions.codes[cases.institution],
        "maalgruppe": cases.target_group,
        "varetaegt": _flag(cases.remand),
        "udvist": _flag(cases.expelled),
        "handleplanspligt": _flag(cases.plan),
        "straf_dage": _corrected_at_once(draws, known, days),
        "straf_ivaerksat": start,
        "ls_rnr_niveau": later(risk_known, level),
        "ls_rnr_dato": later(risk_known, assessed_on),
        **_housing_need(scene, draws, cases, cpr, registered),
        "bolig_ved_loesladelse": later(released_known, cases.home_at_release),
        "engangshjaelp_behov": later(aid_known, cases.aid_need),
        "tilsyn_vilkaar": _supervision(draws, cases),
        "oprindelig_loesladelse": later(decided, cases.courses.original),
        "faktisk_loesladelse": later(released_known, release),
        "loesladelse_art": later(released_known, cases.courses.kind),
    }
    return SyntheticTable(CASE_FILE, known, columns)


def _flag(marks: Marks) -> Values:
    return np.where(marks, repeat("J", len(marks)), repeat("N", len(marks)))


def _corrected_at_once(draws: Draws, known: Days, days: Texts) -> SyntheticColumn:
    """The length is there with the case; in a few a zero too many stood there until it was corrected."""
    column = corrected(draws, known, days, np.array([f"{day}0" for day in days], dtype=object))
    (_, first), mended = column.steps
    return SyntheticColumn(first, [mended])


def _housing_need(
    scene: Scene, draws: Draws, cases: Sentences, cpr: Texts, registered: Marks
) -> dict[str, SyntheticColumn | Values]:
    """Whether a home is needed, since when that is clear, and why nobody was registered."""
    count = len(cases.start)
    in_time = scene.institutions.performance.in_time(draws, "need_clarified", cases.institution, cases.start)
    soon = scene.previous_working(draws, cases.start + draws.within(0, DAYS_TO_CLARIFY, count), cases.start)
    late = scene.next_working(draws, cases.start + DAYS_TO_CLARIFY + draws.tail(20, count))
    day = np.where(in_time, soon, late)
    # Nobody asks after they have left.
    day = np.where(day > cases.release, np.maximum(cases.release - draws.within(0, 5, count), cases.start), day)
    stated = cases.housing_need != ""
    known = np.maximum(draws.recorded(day), cases.known)
    wanted = draws.happens(
        np.where(registered, *(assumed.HOUSING_REASON_SHARES[key] for key in ("registered", "not registered")))
    )
    wanted &= cases.housing_need == "J"
    reason = np.where(wanted, np.array(REASONS, dtype=object)[draws.within(0, len(REASONS) - 1, count)], "")
    for row in np.flatnonzero(scene.is_odd(assumed.NUMBER_IN_TEXT_SHARE, count) & wanted):
        # The oddity must not move the shared chance, so this person's number is simply the one at hand.
        reason[row] = f"har aftale med bror {cpr[row][:6]}-{cpr[row][6:]}"
    return {
        "bolig_behov": later(known, cases.housing_need),
        "bolig_behov_afklaret": later(known, np.where(stated, day, 0)),
        "bolig_begrundelse": later(known + draws.within(0, 30, count), reason),
    }


def _supervision(draws: Draws, cases: Sentences) -> SyntheticColumn:
    """Expected with the parole, no longer when that is refused; left empty for some of those without a parole date."""
    count = len(cases.start)
    known = np.maximum(cases.start + draws.within(0, 40, count), cases.known)
    unlikely = (cases.courses.rows[0].parole == 0) & draws.happens(0.2, count)
    flag = np.where(unlikely, repeat("", count), _flag(cases.supervised))
    refused = np.maximum(cases.courses.refused() + draws.within(0, 10, count), known)
    return SyntheticColumn(
        repeat("", count), [(known, flag), (refused, np.where(flag == "J", repeat("N", count), flag))]
    )
