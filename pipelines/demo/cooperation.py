"""The cooperation around the cases: agreements with each municipality, and the meetings every second year.

Belongs here: samarbejdsaftaler.xlsx and samarbejdsmoeder.csv. Does not belong here: the contact list that is mailed
(the project makes that itself).
"""

from __future__ import annotations

from datetime import date

from pipelines.demo.calendar_days import weekday
from pipelines.demo.chance import Chance
from pipelines.demo.municipalities import Municipality
from pipelines.demo.rows import Cell, Row
from pipelines.demo.scene import Scene

AGREEMENT_FILE = "samarbejdsaftaler.xlsx"
MEETING_FILE = "samarbejdsmoeder.csv"

NO_AGREEMENT_SHARE = 0.04
NO_MAILBOX_SHARE = 0.12
NO_MAIL_SHARE = 0.1
OLDEST_UPDATE_DAYS = 1500

# Names that nobody has: every surname says that it is made up.
FIRST_NAMES = ["Prøve", "Eksempel", "Test", "Opdigtet", "Tænkt", "Påfund"]
SURNAMES = ["Prøvesen", "Eksempelsen", "Testesen", "Opdigtsen", "Tænktrup", "Påhitsgaard"]

MEETINGS_PER_AREA_AND_TWO_YEARS = 4
TWO_YEARS = 730
FRIDAY = 4


def agreement_rows(scene: Scene) -> list[Row]:
    """One agreement per municipality, as last updated; a few have none, some no contact or a very old one."""
    chance = Chance(f"{scene.seed} agreements")
    rows = []
    for number, place in enumerate(scene.municipalities.values()):
        if chance.happens(NO_AGREEMENT_SHARE):
            continue
        updates = [scene.end - chance.within(300, OLDEST_UPDATE_DAYS)]
        while chance.happens(0.62):
            newer = updates[-1] + chance.within(150, 700)
            if newer > scene.end:
                break
            updates.append(newer)
        updated: Cell = updates[0]
        for newer in updates[1:]:
            updated = (newer + chance.within(0, 6), updated, newer)
        cells: list[Cell] = [place.code, updated, *_contact(chance, place, number)]
        rows.append(Row(AGREEMENT_FILE, updates[0], cells))
    return rows


def _contact(chance: Chance, place: Municipality, number: int) -> list[Cell]:
    no_mailbox, no_mail = chance.happens(NO_MAILBOX_SHARE), chance.happens(NO_MAIL_SHARE)
    if chance.happens(0.03):
        no_mailbox = no_mail = True
    return [
        "" if no_mailbox else f"godloesladelse@{place.domain}",
        f"{FIRST_NAMES[number % len(FIRST_NAMES)]} {SURNAMES[number // len(FIRST_NAMES) % len(SURNAMES)]}",
        "" if no_mail else f"koordinator@{place.domain}",
        f"00 00 00 {number % 100:02d}",
    ]


def meeting_rows(scene: Scene) -> list[Row]:
    """Meetings of each area with a group of its municipalities at a time, roughly every second year for each group."""
    chance = Chance(f"{scene.seed} cooperation meetings")
    meetings: list[tuple[int, str, list[Municipality]]] = []
    for area in ("Vest", "Øst"):
        places = [place for place in scene.municipalities.values() if place.area == area]
        chance.shuffle(places)
        for group in range(MEETINGS_PER_AREA_AND_TWO_YEARS):
            invited = sorted(places[group::MEETINGS_PER_AREA_AND_TWO_YEARS], key=lambda place: place.code)
            day = scene.begin + chance.within(0, TWO_YEARS)
            while day <= scene.end:
                meetings.append((_meeting_day(day), area, invited))
                day += TWO_YEARS + chance.within(-60, 90)
    rows = []
    meetings.sort(key=lambda meeting: meeting[:2])
    for number, (day, area, invited) in enumerate(meetings, start=1):
        police = "" if chance.happens(0.05) else "J" if chance.happens(0.6) else "N"
        known = chance.recorded(day)
        for place in invited:
            if chance.happens(0.95):
                attended = "J" if chance.happens(place.attends + 0.08) else "N"
                rows.append(Row(MEETING_FILE, known, [f"SM{number:03d}", day, area, place.code, attended, police]))
    return rows


def _meeting_day(day: int) -> int:
    """A working day near by: not in July or around Christmas, and the Friday before for a day in a weekend."""
    chosen = date.fromordinal(day)
    if chosen.month == 7:
        day -= 35
    elif (chosen.month, chosen.day) >= (12, 20) or (chosen.month, chosen.day) <= (1, 5):
        day -= 20
    return day - max(weekday(day) - FRIDAY, 0)
