"""The cooperation around the cases: agreements with each municipality, and the meetings every second year.

Belongs here: samarbejdsaftaler.xlsx and samarbejdsmoeder.csv. Does not belong here: the contact list that is mailed
(the project makes that itself).
"""

from __future__ import annotations

from datetime import date

import numpy as np

from pipelines.demo import assumptions as assumed
from pipelines.demo.draws import Draws
from pipelines.demo.municipalities import AREAS
from pipelines.demo.scene import Scene
from pipelines.demo.tables import SyntheticColumn, SyntheticTable, Values, repeat

AGREEMENT_FILE = "samarbejdsaftaler.xlsx"
MEETING_FILE = "samarbejdsmoeder.csv"

UPDATES_AT_MOST = 20

# Names that nobody has: every surname says that it is made up.
FIRST_NAMES = ["Prøve", "Eksempel", "Test", "Opdigtet", "Tænkt", "Påfund"]
SURNAMES = ["Prøvesen", "Eksempelsen", "Testesen", "Opdigtsen", "Tænktrup", "Påhitsgaard"]

TWO_YEARS = 730
# The days from one meeting of a group to its next vary by so much.
EARLIER_OR_LATER = (-60, 90)


def agreement_table(scene: Scene) -> SyntheticTable:
    """One agreement per municipality, as last updated; a few have none, some no contact or a very old one."""
    draws = scene.draws("agreements")
    places = scene.municipalities
    row = np.flatnonzero(~draws.happens(assumed.NO_AGREEMENT_SHARE, len(places.codes)))
    count = len(row)
    updated = scene.begin - draws.within(0, assumed.OLDEST_AGREEMENT_DAYS, count)
    known = updated
    column = SyntheticColumn(updated)
    alive = np.ones(count, dtype=bool)
    latest = updated
    for _ in range(UPDATES_AT_MOST):
        newer = scene.next_working(draws, latest + draws.within(150, 700, count))
        alive = alive & draws.happens(assumed.AGREEMENT_UPDATED_AGAIN_SHARE, count) & (newer <= scene.end)
        latest = np.where(alive, newer, latest)
        column.steps.append((latest + draws.within(0, 6, count), latest))
    neither = draws.happens(assumed.NEITHER_ADDRESS_SHARE, count)
    no_mailbox = draws.happens(assumed.NO_MAILBOX_SHARE, count) | neither
    no_mail = draws.happens(assumed.NO_MAIL_SHARE, count) | neither
    domains = [places.domain(number) for number in row.tolist()]
    names = [
        f"{FIRST_NAMES[number % len(FIRST_NAMES)]} {SURNAMES[number // len(FIRST_NAMES) % len(SURNAMES)]}"
        for number in row.tolist()
    ]
    columns: dict[str, SyntheticColumn | Values] = {
        "kommunekode": places.codes[row],
        "opdateret": column,
        "postkasse": np.where(no_mailbox, "", np.array([f"godloesladelse@{name}" for name in domains], dtype=object)),
        "kontakt_navn": np.array(names, dtype=object),
        "kontakt_mail": np.where(no_mail, "", np.array([f"koordinator@{name}" for name in domains], dtype=object)),
        "kontakt_telefon": np.array([f"00 00 00 {number % 100:02d}" for number in row.tolist()], dtype=object),
    }
    return SyntheticTable(AGREEMENT_FILE, known, columns)


def meeting_table(scene: Scene) -> SyntheticTable:
    """Meetings of each area with a group of its municipalities at a time, roughly every second year for each group."""
    draws = scene.draws("cooperation meetings")
    places = scene.municipalities
    everybody = np.arange(len(places.codes))
    group = draws.within(0, assumed.MEETING_GROUPS_PER_AREA - 1, len(everybody))
    meetings = []
    for area in range(len(AREAS)):
        for number in range(assumed.MEETING_GROUPS_PER_AREA):
            for day in _meeting_days(scene, draws):
                there = places.area_on(everybody, np.full(len(everybody), day)) == area
                meetings.append((day, area, everybody[there & (group == number)]))
    meetings.sort(key=lambda meeting: meeting[:2])
    parts = [_invited(scene, draws, "", scene.begin, 0, everybody[:0])]
    parts += [_invited(scene, draws, f"SM{number:03d}", *meeting) for number, meeting in enumerate(meetings, start=1)]
    columns = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    known = columns.pop("known")
    return SyntheticTable(MEETING_FILE, known, columns)


def _meeting_days(scene: Scene, draws: Draws) -> list[int]:
    """The days of one group's meetings: on working days, not in July or around Christmas."""
    days = []
    day = int(draws.within(scene.begin, scene.begin + TWO_YEARS, 1)[0])
    while day <= scene.end:
        chosen = date.fromordinal(day)
        if chosen.month == 7:
            day -= 35
        elif (chosen.month, chosen.day) >= (12, 20) or (chosen.month, chosen.day) <= (1, 5):
            day -= 20
        days.append(int(scene.calendar.previous_working(draws, np.array([day]), 0.0)[0]))
        day += TWO_YEARS + int(draws.within(*EARLIER_OR_LATER, 1)[0])
    return days


def _invited(
    scene: Scene, draws: Draws, meeting_id: str, day: int, area: int, municipalities: np.ndarray
) -> dict[str, Values]:
    invited = municipalities[~draws.happens(assumed.NOT_INVITED_SHARE, len(municipalities))]
    count = len(invited)
    days = np.full(count, day)
    attended = scene.municipalities.performance.in_time(draws, "meeting_attended", invited, days)
    police = "" if draws.happens(0.05, 1)[0] else "J" if draws.happens(assumed.POLICE_ATTENDED_SHARE, 1)[0] else "N"
    return {
        "moede_id": repeat(meeting_id, count),
        "dato": days,
        "omraade": repeat(AREAS[area], count),
        "kommunekode": scene.municipalities.codes[invited],
        "kommune_deltog": np.where(attended, repeat("J", count), repeat("N", count)),
        "politi_deltog": repeat(police, count),
        "known": np.full(count, int(draws.recorded(np.array([day]))[0])),
    }
