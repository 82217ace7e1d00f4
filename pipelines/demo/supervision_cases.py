"""Supervision cases at the probation offices (KiF).

Belongs here: tilsynssager.csv and the contacts and municipalities of those cases. Does not belong here: the sentence
that came before.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipelines.demo import assumptions as assumed
from pipelines.demo import people
from pipelines.demo.contacts import DAYS_TO_CONTACT, Contacts
from pipelines.demo.draws import Days, Draws, Marks, Texts
from pipelines.demo.residences import Residences, draw_residences, residence_table
from pipelines.demo.scene import Scene
from pipelines.demo.sentences import Sentences
from pipelines.demo.tables import SyntheticColumn, SyntheticTable, Values, later, repeat

CASE_FILE = "tilsynssager.csv"

GROUP_OF_MEASURES = "5"
ALWAYS_A_PLAN = ("4", "5")


@dataclass
class Supervisions:
    """Every row there will be of tilsynssager.csv; `origin` is the sentence it follows, or -1."""

    case_id: Texts
    known: Days
    origin: np.ndarray
    person: np.ndarray
    home: np.ndarray
    received: Days
    over: Days
    residences: Residences


def draw_supervisions(scene: Scene, count: int, cases: Sentences) -> Supervisions:
    """So many supervision cases in the order they were received; some follow a sentence of this world."""
    draws = scene.draws("supervision")
    paroled = cases.supervised & (cases.courses.kind == "proeve") & (cases.release <= scene.end)
    possible = np.flatnonzero(paroled)
    linked = min(len(possible), int(count * assumed.SUPERVISED_FROM_SENTENCE_SHARE))
    origin = np.full(count, -1, dtype=np.int64)
    received = scene.admissions(draws, scene.begin + 1, scene.end, count)
    if linked:
        origin[:linked] = draws.generator.choice(possible, linked, replace=False)
        received[:linked] = np.minimum(cases.release[origin[:linked]] + draws.within(0, 8, linked), scene.end)
    # Oddly, some are registered before they are received.
    ahead = scene.is_odd(assumed.SUPERVISION_AHEAD_SHARE, count)
    received = np.where(ahead & (origin < 0), received + assumed.SUPERVISION_AHEAD_DAYS, received)
    order = np.argsort(received, kind="stable")
    origin, received, ahead = origin[order], received[order], ahead[order]

    late = draws.happens(assumed.CASE_LATE_SHARE, count)
    known = received + np.where(late, draws.within(10, 40, count), draws.within(0, 4, count))
    follows = origin >= 0
    known = np.where(ahead & ~follows, received - draws.within(1, assumed.SUPERVISION_AHEAD_DAYS, count), known)
    known = np.where(follows, np.maximum(known, cases.known[origin]), known)
    person, home = _people(scene, draws, cases, origin, received)
    over = received + draws.within(120, 900, count)
    return Supervisions(
        case_id=np.array([f"T-{number:06d}" for number in range(count)], dtype=object),
        known=np.minimum(known, scene.end),
        origin=origin,
        person=person,
        home=home,
        received=received,
        over=over,
        residences=draw_residences(scene, draws, home, received, over),
    )


def _people(
    scene: Scene, draws: Draws, cases: Sentences, origin: np.ndarray, received: Days
) -> tuple[np.ndarray, np.ndarray]:
    """The person of the sentence, somebody else who has served one, or somebody new; and where they come from."""
    count = len(origin)
    by_end = np.argsort(cases.release, kind="stable")
    earlier = np.searchsorted(cases.release[by_end], received)
    known_to_us = draws.happens(assumed.RETURNING_SHARE, count) & (earlier > 0)
    before = by_end[np.minimum((draws.uniform(count) * earlier).astype(np.int64), len(by_end) - 1)]
    case = np.where(origin >= 0, origin, np.where(known_to_us, before, -1))
    new = int(cases.person.max(initial=-1)) + 1 + np.arange(count)
    person = np.where(case >= 0, cases.person[case], new)
    return person, np.where(case >= 0, cases.home[case], scene.municipalities.homes(draws, count))


def supervision_tables(scene: Scene, cases: Sentences, supervisions: Supervisions, cpr: Texts) -> list[SyntheticTable]:
    """tilsynssager.csv, and of these cases handlekommuner.csv and kommunekontakter.csv (not numbered yet)."""
    draws = scene.draws("supervision tables")
    count = len(supervisions.case_id)
    follows = supervisions.origin >= 0
    kind = np.where(follows, repeat("proeveloesladt", count), draws.pick(assumed.SUPERVISION_KINDS, count))
    group = draws.pick(assumed.SUPERVISION_GROUPS, count)
    group = np.where(kind == "foranstaltning", repeat(GROUP_OF_MEASURES, count), group)
    plan = np.isin(group, ALWAYS_A_PLAN) | draws.happens(assumed.SUPERVISION_PLAN_SHARE, count)
    area = scene.municipalities.area_on(supervisions.home, supervisions.received)
    office = scene.institutions.supervising(draws, area, supervisions.home)
    over_known = np.maximum(draws.recorded(supervisions.over), supervisions.known)
    ends = ~draws.happens(assumed.SUPERVISION_NEVER_ENDED_SHARE, count)
    columns: dict[str, SyntheticColumn | Values] = {
        "sags_id": supervisions.case_id,
        "cpr": people.written(draws, cpr),
        "institution_kode": scene.institutions.codes[office],
        "maalgruppe": group,
        "modtaget": supervisions.received,
        "art": kind,
        "handleplanspligt": np.where(plan, repeat("J", count), repeat("N", count)),
        "afsoningssag_id": np.where(follows, cases.case_id[supervisions.origin], repeat("", count)),
        "ophoert": later(over_known, np.where(ends, supervisions.over, 0)),
    }
    return [
        SyntheticTable(CASE_FILE, supervisions.known, columns),
        residence_table(scene, draws, supervisions.case_id, supervisions.known, supervisions.residences),
        _contacts(scene, draws, supervisions, plan, office),
    ]


def _contacts(
    scene: Scene, draws: Draws, supervisions: Supervisions, plan: Marks, office: np.ndarray
) -> SyntheticTable:
    count = len(plan)
    contacts = Contacts(scene, draws, supervisions.case_id, supervisions.known, supervisions.residences)
    case = np.flatnonzero(plan | draws.happens(assumed.CONTACT_WITHOUT_DUTY_SHARE, count))
    received = supervisions.received[case]
    deadline = received + DAYS_TO_CONTACT
    contacts.coordinate(case, received, deadline, office[case], "contact_supervision", supervisions.over[case])
    for topic, share in assumed.SUPERVISION_OTHER_CONTACT_SHARES.items():
        case = np.flatnonzero(draws.happens(share, count))
        contacts.make(case, supervisions.received[case] + draws.within(0, 110, len(case)), topic)
    return contacts.table()
