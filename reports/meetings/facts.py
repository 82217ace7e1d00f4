"""Full figures for a meeting, read from the warehouse: counts by quarter, time by step, open duties, data quality.

Belongs here: reading and adding. Does not belong here: what may be shown to whom (each pack) and published figures
(``published_figures``). Everything here is full and for the area office alone, and for a municipality its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from pipelines.units import NATION, Key
from reports.figures import data as report_data
from reports.figures.data import ReportData, Rule
from reports.figures.judged import is_judged
from reports.figures.published_rows import WorklistRow
from reports.figures.standing_out import NORM_RANK, Compared, Count, Level
from reports.meetings.calendar_file import NextMeeting, next_meetings
from reports.meetings.span import Span

SMALLEST_FOR_DAYS = 5


class Tally(NamedTuple):
    """Duties that fell due in a span, by how they ended and by who was responsible for those not in time."""

    due: int
    met: int
    late: int
    missed: int
    by_prison_service: int
    by_municipality: int
    by_moved_date: int
    by_short_time: int
    own_due: int
    own_met: int

    @property
    def in_time(self) -> Count:
        """Return what a unit is told and compared by: the duties that their own party could have met."""
        return Count(self.own_due, self.own_met)


class CooperationStep(NamedTuple):
    """How long one step of the cooperation took: who has it, how many cases, the middle one and one in ten above."""

    name: str
    party: str
    cases: int
    median: float | None
    ninetieth: float | None


@dataclass(frozen=True)
class Facts:
    """The warehouse as a meeting needs it."""

    data: ReportData
    area: str
    municipalities: tuple[str, ...]
    span: Span
    steps: tuple[CooperationStep, ...]
    steps_before: tuple[CooperationStep, ...]
    meetings: tuple[NextMeeting, ...]
    #: The municipalities' shared mailboxes, by code: whom to ask.
    mailboxes: Mapping[str, str] = field(default_factory=dict)

    @property
    def area_key(self) -> Key:
        """Return the area as figures name it."""
        return "area", self.area

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Return the rules judged per case that an area may see, in the catalogue's order."""
        return tuple(
            rule
            for rule in self.data.rules
            if not rule.restricted and set(rule.case_types) & {"sentence", "supervision"}
        )

    @property
    def institutions(self) -> tuple[str, ...]:
        """Return the codes of the area's institutions in Danish order of their names."""
        return tuple(unit.code for unit in self.data.units_of("institution") if unit.area == self.area)

    def tally(self, key: Key, rule_id: str, span: Span) -> Tally:
        """Return the sums of a unit's quarters in a span."""
        figures = [self.data.figure(key, rule_id, "quarter", quarter) for quarter in span.quarters]
        known = [figure for figure in figures if figure is not None]
        return Tally(*(sum(int(getattr(figure, name) or 0) for figure in known) for name in Tally._fields))

    def quarters(self, key: Key, rule_id: str, *, complete: bool = True) -> list[tuple[str, int, int]]:
        """Return (quarter, due, met) of every quarter that the warehouse has, oldest first, by what is compared."""
        found = [
            (period, int(figure.own_due or 0), int(figure.own_met or 0))
            for (rule, kind, period), figure in self.data.figures.get(key, {}).items()
            if rule == rule_id and kind == "quarter" and (figure.is_complete or not complete)
        ]
        return sorted(found)

    def levels(self) -> list[Level]:
        """Return how often the area's duties are kept, the municipalities' with the prison service's."""
        return [
            Level(
                rule.rule_id,
                self.tally(self.area_key, rule.rule_id, self.span).in_time,
                NORM_RANK.get(rule.norm, len(NORM_RANK)),
            )
            for rule in self.rules
        ]

    def gaps(self, span: Span | None = None) -> tuple[list[Compared], list[Compared]]:
        """Compare the area with the rest of the country, and each of its units with the rest of the area.

        Each is compared by the duties of its own party alone, in the span of the meeting or another.
        """
        of = span or self.span
        area, units = [], []
        for rule in self.rules:
            whole = self.tally(self.area_key, rule.rule_id, of).in_time
            nation = self.tally(NATION, rule.rule_id, of).in_time
            rank = NORM_RANK.get(rule.norm, len(NORM_RANK))
            if is_judged("municipality", rule):
                for code in self.municipalities:
                    own = self.tally(("municipality", code), rule.rule_id, of).in_time
                    units.append(Compared(rule.rule_id, ("municipality", code), own, whole.without(own), rank))
                continue
            area.append(Compared(rule.rule_id, self.area_key, whole, nation.without(whole), rank))
            own_units = {
                code: self.tally(("institution", code), rule.rule_id, of).in_time for code in self.institutions
            }
            together = Count(sum(one.due for one in own_units.values()), sum(one.met for one in own_units.values()))
            units += [
                Compared(rule.rule_id, ("institution", code), own, together.without(own), rank)
                for code, own in own_units.items()
            ]
        return area, units

    def changes(self) -> tuple[list[Compared], list[Compared]]:
        """Return the comparisons with the years before, of the area and of its units."""
        keys = [("municipality", code) for code in self.municipalities]
        keys += [("institution", code) for code in self.institutions]
        return self.changes_of([self.area_key]), self.changes_of(keys)

    def changes_of(self, keys: Iterable[Key]) -> list[Compared]:
        """Return the comparisons of these units with themselves in the years before."""
        return [
            Compared(
                rule.rule_id,
                key,
                self.tally(key, rule.rule_id, self.span).in_time,
                self.tally(key, rule.rule_id, self.span.before).in_time,
                NORM_RANK.get(rule.norm, len(NORM_RANK)),
            )
            for key in keys
            for rule in self.rules
            if is_judged(key[0], rule)
        ]

    def worklist(self) -> list[WorklistRow]:
        """Return the open duties of the area's participating municipalities."""
        allowed = {rule.rule_id for rule in self.rules}
        return [
            row for row in self.data.worklist if row.municipality_code in self.municipalities and row.rule_id in allowed
        ]


def read(connection: Any, area: str, municipalities: Iterable[str] | None, span: Span) -> Facts:
    """Return the facts of an area; without municipalities all of the area's take part."""
    data = report_data.load(connection)
    own = [unit.code for unit in data.units_of("municipality") if unit.area == area]
    chosen = tuple(own) if municipalities is None else tuple(code for code in own if code in set(municipalities))
    return Facts(
        data,
        area,
        chosen,
        span,
        steps(connection, chosen, span),
        steps(connection, chosen, span.before),
        tuple(row for row in next_meetings(connection).get(area, []) if row.municipality_code in chosen),
        dict(
            connection.execute(
                "select kommunekode, postkasse from raw.samarbejdsaftaler where postkasse is not null "
                "order by opdateret"
            ).fetchall()
        ),
    )


# Each step: its Danish name, whose it is, and the days of each case with the day it is counted on. A step that ends
# before it begins took no time.
_STEPS = (
    (
        "Fra straffens start eller kendt dato til kontakt",
        "kriminalforsorgen",
        "select event_date as day, event_date - knowable_from as days, municipality_code from marts.fct_rule_outcome "
        "where rule_id = 'contact_sentence' and event_date is not null and knowable_from is not null",
    ),
    (
        "Fra kontakt til kommunens svar",
        "kommune",
        "select event_date as day, event_date - (deadline - allowed) as days, municipality_code from "
        "marts.fct_rule_outcome "
        "cross join (select max(cast(parameters ->> '$.days' as integer)) as allowed from publish.pub_rule "
        "where rule_id = 'municipal_response') where rule_id = 'municipal_response' and event_date is not null",
    ),
    (
        "Fra ansøgning om engangshjælp til den er fuldstændig",
        "kriminalforsorgen",
        "select documented_date as day, documented_date - sent_date as days, municipality_code "
        "from staging.stg_aid_applications where documented_date is not null",
    ),
    (
        "Fra fuldstændig ansøgning til afgørelse",
        "kommune",
        "select decided_date as day, decided_date - greatest(documented_date, sent_date) as days, municipality_code "
        "from staging.stg_aid_applications where documented_date is not null and decided_date is not null",
    ),
    (
        "Fra løsladelse eller afgørelse til udbetaling",
        "kommune",
        "select paid.event_date as day, paid.event_date - greatest(paid.deadline, aid.decided_date) as days, "
        "paid.municipality_code from marts.fct_rule_outcome as paid join (select case_id, min(decided_date) as "
        "decided_date "
        "from staging.stg_aid_applications where decision = 'bevilget' group by case_id) as aid using (case_id) "
        "where paid.rule_id = 'aid_paid' and paid.event_date is not null",
    ),
)


def steps(connection: Any, municipalities: Iterable[str], span: Span) -> tuple[CooperationStep, ...]:
    """Return how long each step took in a span, over the cases of these municipalities."""
    codes = list(municipalities)
    result = []
    for name, party, query in _STEPS:
        cases, median, ninetieth = connection.execute(
            f"select count(*), median(greatest(days, 0)), quantile_cont(greatest(days, 0), 0.9) from ({query}) "
            "where day between ? and ? and municipality_code in (select unnest(?))",
            [span.first_day, span.last_day, codes],
        ).fetchall()[0]
        enough = cases >= SMALLEST_FOR_DAYS
        result.append(
            CooperationStep(
                name, party, cases, *(round(float(days), 1) if enough else None for days in (median, ninetieth))
            )
        )
    return tuple(result)
