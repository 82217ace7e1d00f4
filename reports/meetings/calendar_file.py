"""When each municipality is next due for a cooperation meeting, and an area's calendar of it (RFC 5545).

Belongs here: due dates and what an entry says; the calendar's grammar is ``icalendar``'s. Does not belong here: whether
the duty was met (rule ``meeting_biennial``).
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from icalendar import Calendar, Event

from pipelines.danish import sort_key

_QUERY = """
    with attended as (
        select kommunekode, max(try_cast(dato as date)) as last_meeting
        from raw.samarbejdsmoeder, raw.run
        where kommune_deltog = 'J' and try_cast(dato as date) <= run.as_of
        group by kommunekode
    ),
    years as (
        select coalesce(max(cast(parameters ->> '$.years' as integer)), 2) as years
        from publish.pub_rule where rule_id = 'meeting_biennial'
    )
    select
        municipality.municipality_code, municipality.name, municipality.area, attended.last_meeting,
        cast(attended.last_meeting + to_years(years.years) as date), run.as_of
    from publish.pub_municipality as municipality
    cross join raw.run
    cross join years
    left join attended on municipality.municipality_code = attended.kommunekode
    where run.as_of between coalesce(municipality.valid_from, run.as_of) and coalesce(municipality.valid_to, run.as_of)
"""


@dataclass(frozen=True)
class NextMeeting:
    """When one municipality was last at a meeting, and when the next is due (None: it has never been at one)."""

    municipality_code: str
    name: str
    last_meeting: datetime.date | None
    due: datetime.date | None
    as_of: datetime.date

    @property
    def is_overdue(self) -> bool:
        """Whether there was no meeting within two years of the day of assessment."""
        return self.due is None or self.due < self.as_of


def next_meetings(connection: Any) -> dict[str, list[NextMeeting]]:
    """Return the municipalities of each area in Danish order, with the date of their next meeting."""
    areas: dict[str, list[NextMeeting]] = {}
    for code, name, area, last_meeting, due, as_of in connection.execute(_QUERY).fetchall():
        areas.setdefault(area, []).append(NextMeeting(code, name, last_meeting, due, as_of))
    return {area: sorted(areas[area], key=lambda row: sort_key(row.name)) for area in sorted(areas)}


def calendar_file(area: str, rows: Sequence[NextMeeting]) -> bytes:
    """Return an area's calendar: an all-day entry per municipality on the day its next meeting is due.

    One that is overdue stands on the day of assessment, since nobody looks for entries in the past.
    """
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", "-//Kriminalforsorgen//God loesladelse//DA")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", _plain(f"Samarbejdsmøder, Kriminalforsorgen {area}"))
    for row in sorted(rows, key=lambda one: one.municipality_code):
        calendar.add_component(_event(area, row))
    return calendar.to_ical(sorted=False)


def _event(area: str, row: NextMeeting) -> Event:
    day = row.as_of if row.is_overdue or row.due is None else row.due
    what = "Samarbejdsmøde er overskredet" if row.is_overdue else "Samarbejdsmøde senest"
    if row.last_meeting is None:
        text = "Der er intet møde registreret med kommunen."
    else:
        text = f"Seneste møde: {row.last_meeting:%d-%m-%Y}. Næste senest: {row.due:%d-%m-%Y}."
    event = Event()
    # The same entry keeps its name from publication to publication, so that a calendar moves it and does not double it.
    event.add("uid", f"samarbejdsmoede-{row.municipality_code}@god-loesladelse.kriminalforsorgen.dk")
    event.add("dtstamp", datetime.datetime.combine(row.as_of, datetime.time(), tzinfo=datetime.UTC))
    event.add("dtstart", day)
    event.add("dtend", day + datetime.timedelta(days=1))
    event.add("summary", _plain(f"{what}: {row.name}"))
    event.add("description", _plain(f"{text} Opgjort {row.as_of:%d-%m-%Y} for Kriminalforsorgen {area}."))
    event.add("transp", "TRANSPARENT")
    return event


def _plain(text: str) -> str:
    """Return a delivered text without what a calendar could read as a line of its own."""
    return "".join(character if character.isprintable() else " " for character in text)
