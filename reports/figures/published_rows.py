"""One named tuple for each published table that pages read row by row, with the columns that they need and no others.

Belongs here: what the rows of ``publish.pub_*`` are called and typed, and reading them. Does not belong here: giving
rows a shape that pages look up (``data``), the counts of duties by unit and period (``data.Figure``) and any Danish
text. A column that a page comes to need is added here, where a reader of the code sees that it is let through.
"""

from __future__ import annotations

import datetime
from typing import Any, NamedTuple, TypeVar

Row = TypeVar("Row", bound=tuple[Any, ...])


class RunRow(NamedTuple):
    """``pub_run``: what was judged, and as of when."""

    batch_id: str
    extract_date: datetime.date
    as_of: datetime.date
    source_system: str
    is_synthetic: bool
    code_version: str
    earlier_publications: int = 0


class RuleRow(NamedTuple):
    """``pub_rule``: one version of a rule of the catalogue; without a first or last day it is open at that end."""

    rule_id: str
    norm: str
    source: str
    title_da: str
    text_da: str
    party: str
    case_types: str
    anchor: str
    disclosure: str
    restricted: bool
    valid_from: datetime.date | None
    valid_to: datetime.date | None
    parameters: str | None


class MunicipalityRow(NamedTuple):
    """``pub_municipality``: which region and area a municipality lay in, between two days."""

    municipality_code: str
    name: str
    region_code: str
    area: str | None
    valid_from: datetime.date | None
    valid_to: datetime.date | None


class AreaRow(NamedTuple):
    """``pub_area``: an area of the prison and probation service."""

    area: str


class RegionRow(NamedTuple):
    """``pub_region``: a region's name between two days."""

    region_code: str
    name: str
    valid_from: datetime.date | None
    valid_to: datetime.date | None


class InstitutionRow(NamedTuple):
    """``pub_institution``: a prison, an arrest or an office of the probation service."""

    institution_code: str
    name: str
    kind: str | None
    area: str | None


class WorklistRow(NamedTuple):
    """``pub_worklist``: a duty of a case that falls due soon, or is overdue and can still be met."""

    case_id: str
    rule_id: str
    status: str
    responsible: str | None
    next_step: str | None
    next_step_by: str | None
    next_step_deadline: datetime.date | None
    municipality_code: str | None
    region_code: str | None
    area: str | None
    institution_code: str | None
    institution_phone: str | None
    institution_mail_address: str | None
    deadline: datetime.date
    days_left: int
    is_in_place: bool
    is_over_a_year_late: bool
    reason: str | None


class LateCaseRow(NamedTuple):
    """``pub_late_case``: a duty of a case that was met late or not at all."""

    case_id: str
    rule_id: str
    status: str
    deadline: datetime.date
    event_date: datetime.date | None
    days_margin: int | None
    reason: str | None
    responsible: str | None
    municipality_code: str | None
    region_code: str | None
    area: str | None
    institution_code: str | None
    institution_phone: str | None
    institution_mail_address: str | None


CaseRow = WorklistRow | LateCaseRow


class DataQualityRow(NamedTuple):
    """``pub_data_quality``: the rows of a delivered file (no reason), or those that one fault is found in."""

    batch_id: str
    file: str
    kind: str
    reason: str | None
    rows: int | None
    loaded: int | None
    quarantined: int | None
    affected_rows: int


class UnitRuleRow(NamedTuple):
    """``pub_unit_rule``: how a unit itself stands under a rule that is judged by unit and not by case."""

    level: str
    unit_code: str
    rule_id: str
    status: str
    reason: str | None
    date: datetime.date | None


class OpenRow(NamedTuple):
    """``pub_open``: how many of a unit's open duties fall due soon, and how many are overdue."""

    level: str
    unit_code: str
    rule_id: str
    due_within_60_days: int
    overdue: int


class UndeterminableRow(NamedTuple):
    """``pub_undeterminable``: how many cases of the year cannot be judged for one reason, and the rate's bounds."""

    level: str
    unit_code: str
    rule_id: str
    reason: str
    cases: int
    due: int
    rate_lowest: float
    rate_highest: float


class BreakdownRow(NamedTuple):
    """``pub_breakdown``: a unit's duties of the year under one value of a dimension."""

    level: str
    unit_code: str
    rule_id: str
    dimension: str
    value: str | None
    due: int
    met: int
    late: int
    missed: int
    own_due: int
    own_met: int


class RevisedCounts(NamedTuple):
    """What a quarter's figure said at one time; own counts are None where they were not kept then."""

    met: int
    due: int
    late: int
    missed: int
    own_met: int | None
    own_due: int | None


class RevisionRow(NamedTuple):
    """``pub_revision``: a quarter's figure at its first publication and now, with the cause of a change."""

    level: str
    unit_code: str
    period_type: str
    period: str
    rule_id: str
    first_due: int
    first_met: int
    first_late: int
    first_missed: int
    first_own_due: int | None
    first_own_met: int | None
    changed_in_publication_id: str | None
    cause: str
    due: int
    met: int
    late: int
    missed: int
    own_due: int | None
    own_met: int | None

    @property
    def first_counts(self) -> RevisedCounts:
        """What the figure said at its first publication."""
        return RevisedCounts(
            self.first_met, self.first_due, self.first_late, self.first_missed, self.first_own_met, self.first_own_due
        )

    @property
    def counts(self) -> RevisedCounts:
        """What the figure says now."""
        return RevisedCounts(self.met, self.due, self.late, self.missed, self.own_met, self.own_due)


class ReleaseRow(NamedTuple):
    """``pub_release_summary``: a unit's releases of a period under one value of a dimension.

    A count of protected figures is None where it is hidden, or not told of that value at all.
    """

    level: str
    unit_code: str
    period: str
    dimension: str
    value: str | None
    releases: int | None
    with_core_due: int | None
    whole_releases: int | None
    core_due: int | None
    core_met: int | None


class CooperationRow(NamedTuple):
    """``pub_cooperation``: a municipality's agreement, meetings of two years, and the mailing of the contact list."""

    municipality_code: str
    municipality_name: str
    agreement_status: str
    agreement_reason: str | None
    agreement_updated_date: datetime.date | None
    meetings_invited: int
    meetings_attended: int
    meetings_with_police: int
    meetings_police_stated: int
    latest_invited_date: datetime.date | None
    mailed_quarter: str
    mailing_status: str | None
    mailing_reason: str | None


class NotPossibleRow(NamedTuple):
    """``pub_not_possible``: for how many releases of a unit's year a duty was not possible."""

    level: str
    unit_code: str
    rule_id: str
    not_possible: int


def read(connection: Any, table: str, row_type: type[Row], condition: str = "true", *values: Any) -> list[Row]:
    """Return a published table's rows, in the order of all the columns read, so that the same table gives the same.

    Args:
        connection: open DuckDB connection
        table: name of a table in the schema ``publish``
        row_type: a named tuple whose fields are the columns to read
        condition: which rows; ``values`` are its parameters
    """
    columns = ", ".join(row_type._fields)  # type: ignore[attr-defined]
    query = f"select {columns} from publish.{table} where {condition} order by all"
    return [row_type(*row) for row in connection.execute(query, list(values)).fetchall()]
