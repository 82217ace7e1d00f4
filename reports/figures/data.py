"""The published tables as plain Python structures: the only door between the warehouse and a page.

Belongs here: reading ``publish.pub_*`` and giving rows a shape that pages can look up. Does not belong here: any
calculation on figures (``statistics``), any Danish text (``words``), and reading anything upstream.

``ReportData`` holds full figures and must never reach a renderer of the shared edition; ``without_figures`` gives
what is safe there, and ``only`` what one municipality may see in full.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple, TypeVar

from pipelines import quarters
from pipelines.danish import sort_key
from pipelines.units import NATION, Key
from reports.figures.notice import Notice
from reports.figures.published_rows import (
    AreaRow,
    BreakdownRow,
    CooperationRow,
    DataQualityRow,
    InstitutionRow,
    LateCaseRow,
    MunicipalityRow,
    NotPossibleRow,
    OpenRow,
    RegionRow,
    ReleaseRow,
    RevisionRow,
    RuleRow,
    RunRow,
    UndeterminableRow,
    UnitRuleRow,
    WorklistRow,
    read,
)

Case = TypeVar("Case", WorklistRow, LateCaseRow)
OfRule = TypeVar("OfRule", UndeterminableRow, BreakdownRow)
OfUnit = TypeVar("OfUnit", OpenRow, RevisionRow, ReleaseRow, NotPossibleRow)
Dated = TypeVar("Dated", RuleRow, RegionRow, MunicipalityRow)


class Figure(NamedTuple):
    """One row of ``pub_compliance`` without its keys; ``hidden`` figures are None and only occur protected."""

    due: int | None
    met: int | None
    late: int | None
    missed: int | None
    rate: float | None
    low: float | None
    high: float | None
    is_complete: bool = True
    median_days_margin: float | None = None
    short_notice_due: int = 0
    by_prison_service: int = 0
    by_municipality: int = 0
    by_moved_date: int = 0
    by_short_time: int = 0
    own_due: int | None = None
    own_met: int | None = None
    own_rate: float | None = None
    own_low: float | None = None
    own_high: float | None = None
    after_release: int = 0
    met_after_release: int = 0
    in_time_on_working_day: int = 0

    @property
    def own(self) -> Figure:
        """The same over the duties alone that their own party could have met; late and missed are not told apart."""
        counts = (self.own_due, self.own_met, None, None)
        return Figure(*counts, self.own_rate, self.own_low, self.own_high, self.is_complete)


ABSENT = Figure(0, 0, 0, 0, None, None, None, own_due=0, own_met=0)


class Window(NamedTuple):
    """A period that pages lead with: its kind (rolling4 or year) and its code."""

    kind: str
    period: str

    @property
    def before(self) -> Window:
        """The period of the same kind a year earlier."""
        earlier = str(int(self.period) - 1) if self.kind == "year" else quarters.shift(self.period, -4)
        return Window(self.kind, earlier)

    @property
    def words(self) -> str:
        """Its Danish name."""
        return quarters.name(self.kind, self.period)


@dataclass(frozen=True)
class Rule:
    """One rule of the catalogue as it is in force on the day of assessment."""

    rule_id: str
    norm: str
    source: str
    title: str
    text: str
    party: str
    case_types: tuple[str, ...] = ("sentence",)
    disclosure: str = "denominator"
    restricted: bool = False
    valid_from: datetime.date | None = None
    valid_to: datetime.date | None = None
    parameters: str = ""
    anchor: str = ""
    versions: tuple[RuleRow, ...] = ()


@dataclass(frozen=True)
class Unit:
    """The nation, an area, a region, a municipality or an institution, with what it lies in on the day shown."""

    level: str
    code: str
    name: str
    region_code: str | None = None
    area: str | None = None
    kind: str | None = None
    valid_from: datetime.date | None = None
    valid_to: datetime.date | None = None

    @property
    def key(self) -> Key:
        """Return level and code, by which figures are looked up."""
        return self.level, self.code


@dataclass(frozen=True)
class Meeting:
    """When a municipality was last at a cooperation meeting, and by when the next is due (None: never at one)."""

    municipality: str
    last: datetime.date | None
    due: datetime.date | None
    is_overdue: bool


Figures = dict[tuple[str, str, str], Figure]  # by rule, period type, period


@dataclass(frozen=True)
class ReportData:
    """Everything that pages show, in full."""

    run: RunRow
    rules: tuple[Rule, ...]
    units: dict[Key, Unit]
    figures: dict[Key, Figures] = field(default_factory=dict)
    worklist: list[WorklistRow] = field(default_factory=list)
    late_cases: list[LateCaseRow] = field(default_factory=list)
    quality: list[DataQualityRow] = field(default_factory=list)
    unit_rules: list[UnitRuleRow] = field(default_factory=list)
    open_duties: dict[Key, dict[str, OpenRow]] = field(default_factory=dict)
    undeterminable: dict[Key, dict[str, list[UndeterminableRow]]] = field(default_factory=dict)
    breakdown: dict[Key, dict[str, list[BreakdownRow]]] = field(default_factory=dict)
    revision: dict[Key, list[RevisionRow]] = field(default_factory=dict)
    members: dict[Key, frozenset[str]] = field(default_factory=dict)
    meetings: dict[Key, list[Meeting]] = field(default_factory=dict)
    releases: dict[Key, list[ReleaseRow]] = field(default_factory=dict)
    cooperation: list[CooperationRow] = field(default_factory=list)
    not_possible: dict[Key, dict[str, int]] = field(default_factory=dict)
    notice: Notice | None = None
    has_case_pages: bool = False
    has_reply_forms: bool = False
    leading: Mapping[str, Window] = field(default_factory=dict)
    _remembered: dict[str, Any] = field(default_factory=dict, init=False, compare=False, repr=False)

    @property
    def quarter(self) -> str:
        """The quarter that pages lead with."""
        rolling = [window.period for window in self.leading.values() if window.kind == "rolling4"]
        return max(rolling, default=quarters.newest_worth_showing(self.run.as_of))

    def window(self, level: str) -> Window:
        """Return the year that pages lead with at a level: the rolling one, or what was let through of it."""
        return self.leading.get(level) or Window("rolling4", self.quarter)

    def is_in_leading_year(self, key: Key) -> bool:
        """Return whether a unit is told of in the year that pages of its level lead with.

        A region that is no more is told of as long as that year holds a quarter of it; then there is nothing to show.
        """
        window, figures = self.window(key[0]), self.figures.get(key, {})
        return any((rule.rule_id, *window) in figures for rule in self.rules)

    def year(self, key: Key, rule_id: str) -> Figure | None:
        """Return a unit's figure in the year that pages of its level lead with."""
        return self.figure(key, rule_id, *self.window(key[0]))

    def year_before(self, key: Key, rule_id: str) -> Figure | None:
        """Return a unit's figure in the year before that."""
        return self.figure(key, rule_id, *self.window(key[0]).before)

    def figure(self, key: Key, rule_id: str, kind: str, period: str) -> Figure | None:
        """Return one figure, or None where there is no row."""
        return self.figures.get(key, {}).get((rule_id, kind, period))

    def titles(self) -> dict[str, str]:
        """Return the duties' titles by rule id."""
        titles: dict[str, str] = self.remember("titles", lambda: {rule.rule_id: rule.title for rule in self.rules})
        return titles

    def units_of(self, level: str) -> list[Unit]:
        """Return the units of a level in Danish order of their names."""
        return sorted((unit for unit in self.units.values() if unit.level == level), key=lambda u: sort_key(u.name))

    def open_cases(self, key: Key) -> list[WorklistRow]:
        """Return the rows of the worklist that concern a unit, earliest deadline first."""
        index: dict[Key, list[WorklistRow]] = self.remember("open cases", lambda: _cases_by_unit(self.worklist))
        return index.get(key, [])

    def cases_not_in_time(self, key: Key) -> list[LateCaseRow]:
        """Return the duties met late or not at all that concern a unit, earliest deadline first."""
        index: dict[Key, list[LateCaseRow]] = self.remember("late cases", lambda: _cases_by_unit(self.late_cases))
        return index.get(key, [])

    def remember(self, name: str, make: Callable[[], Any]) -> Any:
        """Return something worked out of these data alone, made at the first asking."""
        if name not in self._remembered:
            self._remembered[name] = make()
        return self._remembered[name]

    def __getstate__(self) -> dict[str, Any]:
        """Leave what can be worked out again behind when sent to another process."""
        return self.__dict__ | {"_remembered": {}}

    def without_figures(self) -> ReportData:
        """Return what is safe in the shared edition: rules and units, nothing counted. Protected figures come apart."""
        open_to_all = tuple(rule for rule in self.rules if not rule.restricted)
        units = {key: unit for key, unit in self.units.items() if unit.level != "institution"}
        return ReportData(run=self.run, rules=open_to_all, units=units, members=self.members)

    def only(self, unit: Unit) -> ReportData:
        """Return what one municipality may see in full: its own figures and cases and nobody else's."""
        mine = unit.code
        safe = self.without_figures()
        institutions = {key: one for key, one in self.units.items() if one.level == "institution"}
        allowed = {rule.rule_id for rule in safe.rules}
        return replace(
            safe,
            units=safe.units | institutions,
            figures={unit.key: self.figures.get(unit.key, {})},
            worklist=[r for r in self.worklist if r.municipality_code == mine and r.rule_id in allowed],
            late_cases=[r for r in self.late_cases if r.municipality_code == mine and r.rule_id in allowed],
            unit_rules=[r for r in self.unit_rules if (r.level, r.unit_code) == unit.key],
            open_duties={unit.key: self.open_duties.get(unit.key, {})},
            undeterminable={unit.key: self.undeterminable.get(unit.key, {})},
            breakdown={unit.key: self.breakdown.get(unit.key, {})},
            releases={unit.key: self.releases.get(unit.key, [])},
            cooperation=[row for row in self.cooperation if row.municipality_code == mine],
            not_possible={unit.key: self.not_possible.get(unit.key, {})},
            revision={unit.key: self.revision.get(unit.key, [])},
            notice=self.notice.only([unit.key]) if self.notice else None,
            has_case_pages=self.has_case_pages,
            has_reply_forms=self.has_reply_forms,
        )


def load(connection: Any) -> ReportData:
    """Read the published tables through an open DuckDB connection."""
    run = read(connection, "pub_run", RunRow)[0]
    by_unit: dict[Key, Figures] = {}
    columns = (
        "level, unit_code, rule_id, period_type, period, due, met, late, missed, rate, rate_low, rate_high, "
        "is_complete, median_days_margin, short_notice_due, responsible_kriminalforsorgen, responsible_kommune, "
        "responsible_dato_flyttet, responsible_kort_tid, own_due, own_met, own_rate, own_rate_low, own_rate_high, "
        "after_release, met_after_release, in_time_on_working_day"
    )
    for level, code, rule, kind, period, *values in connection.execute(
        f"select {columns} from publish.pub_compliance order by level, unit_code, rule_id, period_type, period"
    ).fetchall():
        by_unit.setdefault((level, code), {})[rule, kind, period] = Figure(*values)
    municipalities = read(connection, "pub_municipality", MunicipalityRow)
    units = _units(connection, municipalities, run.as_of, by_unit)
    quarter = quarters.newest_worth_showing(run.as_of)
    # The releases of the other periods are many and shown nowhere.
    releases = read(connection, "pub_release_summary", ReleaseRow, "period_type = 'rolling4' and period = ?", quarter)
    return ReportData(
        run=run,
        rules=_rules(read(connection, "pub_rule", RuleRow), run.as_of),
        units=units,
        members=_members(municipalities, units, run.as_of),
        figures=by_unit,
        worklist=read(connection, "pub_worklist", WorklistRow),
        late_cases=read(connection, "pub_late_case", LateCaseRow),
        quality=read(connection, "pub_data_quality", DataQualityRow),
        unit_rules=read(connection, "pub_unit_rule", UnitRuleRow),
        open_duties={
            key: {row.rule_id: row for row in rows}
            for key, rows in _by_unit(read(connection, "pub_open", OpenRow)).items()
        },
        undeterminable=_by_unit_and_rule(read(connection, "pub_undeterminable", UndeterminableRow)),
        breakdown=_by_unit_and_rule(read(connection, "pub_breakdown", BreakdownRow)),
        revision=_by_unit(read(connection, "pub_revision", RevisionRow)),
        releases=_by_unit(releases),
        cooperation=read(connection, "pub_cooperation", CooperationRow),
        not_possible={
            key: {row.rule_id: row.not_possible for row in rows}
            for key, rows in _by_unit(read(connection, "pub_not_possible", NotPossibleRow)).items()
        },
    )


def _cases_by_unit(rows: Iterable[Case]) -> dict[Key, list[Case]]:
    """Return cases by each unit that they lie in, earliest deadline first."""
    index: dict[Key, list[Case]] = {}
    for row in sorted(rows, key=lambda row: (row.deadline, row.case_id, row.rule_id)):
        places = (
            ("area", row.area),
            ("region", row.region_code),
            ("municipality", row.municipality_code),
            ("institution", row.institution_code),
        )
        for level, code in places:
            if code:
                index.setdefault((level, code), []).append(row)
        index.setdefault(NATION, []).append(row)
    return index


def _by_unit(rows: Iterable[OfUnit]) -> dict[Key, list[OfUnit]]:
    grouped: dict[Key, list[OfUnit]] = {}
    for row in rows:
        grouped.setdefault((row.level, row.unit_code), []).append(row)
    return grouped


def _by_unit_and_rule(rows: Iterable[OfRule]) -> dict[Key, dict[str, list[OfRule]]]:
    grouped: dict[Key, dict[str, list[OfRule]]] = {}
    for row in rows:
        grouped.setdefault((row.level, row.unit_code), {}).setdefault(row.rule_id, []).append(row)
    return grouped


def _rules(rows: Iterable[RuleRow], as_of: datetime.date) -> tuple[Rule, ...]:
    """Return one rule per id, in the version of the day of assessment, with all its versions, in the rows' order."""
    versions: dict[str, list[RuleRow]] = {}
    for row in rows:
        versions.setdefault(row.rule_id, []).append(row)
    rules = []
    for rule_id, known in versions.items():
        now = _in_force(known, as_of)
        rules.append(
            Rule(
                rule_id=rule_id,
                norm=now.norm,
                source=now.source,
                title=now.title_da,
                text=now.text_da,
                party=now.party,
                case_types=tuple(now.case_types.split()),
                disclosure=now.disclosure,
                restricted=now.restricted,
                valid_from=now.valid_from,
                valid_to=now.valid_to,
                parameters=str(now.parameters or ""),
                anchor=now.anchor,
                versions=tuple(_by_start(known)),
            )
        )
    return tuple(rules)


def _in_force(rows: Iterable[Dated], day: datetime.date) -> Dated:
    """Return the row valid on a day, else the one that comes nearest."""
    ordered = _by_start(rows)
    return next((row for row in reversed(ordered) if (row.valid_from or day) <= day), ordered[0])


def _by_start(rows: Iterable[Dated]) -> list[Dated]:
    """Return dated rows oldest first; one without a start is open backwards."""
    return sorted(rows, key=lambda row: row.valid_from or datetime.date.min)


def _members(
    municipalities: list[MunicipalityRow], units: Mapping[Key, Unit], as_of: datetime.date
) -> dict[Key, frozenset[str]]:
    """Return the municipalities of each region and area, on the day of assessment or on a unit's last day before it."""
    inside: dict[Key, frozenset[str]] = {}
    for (level, code), unit in units.items():
        if level in ("region", "area"):
            day = min(as_of, unit.valid_to or as_of)
            inside[level, code] = frozenset(
                row.municipality_code
                for row in municipalities
                if (row.region_code if level == "region" else row.area) == code
                and (row.valid_from or day) <= day <= (row.valid_to or day)
            )
    return inside


def _units(
    connection: Any, municipality_rows: list[MunicipalityRow], as_of: datetime.date, figures: Mapping[Key, Any]
) -> dict[Key, Unit]:
    units = {NATION: Unit("national", "DK", "Hele landet")}
    for (code,) in read(connection, "pub_area", AreaRow):
        units["area", code] = Unit("area", code, f"Kriminalforsorgen {code}")
    regions: dict[str, list[RegionRow]] = {}
    for region in read(connection, "pub_region", RegionRow):
        regions.setdefault(region.region_code, []).append(region)
    for code, rows in regions.items():
        named = _in_force(rows, as_of)
        # A region that does not exist in any period shown has no figures and therefore no page.
        if ("region", code) in figures:
            units["region", code] = Unit(
                "region", code, named.name, valid_from=named.valid_from, valid_to=named.valid_to
            )
    municipalities: dict[str, list[MunicipalityRow]] = {}
    for municipality in municipality_rows:
        municipalities.setdefault(municipality.municipality_code, []).append(municipality)
    for code, known in municipalities.items():
        now = _in_force(known, as_of)
        units["municipality", code] = Unit("municipality", code, now.name, now.region_code, now.area)
    for institution in read(connection, "pub_institution", InstitutionRow):
        code = institution.institution_code
        units["institution", code] = Unit(
            "institution", code, institution.name, area=institution.area, kind=institution.kind
        )
    return units
