"""What stands on a reply form: a municipality's late cases, our rows, whose step it was, and what was corrected.

Belongs here: reading the lines from the warehouse. Does not belong here: the workbook (``reply_form``) and what comes
back (``returned_form``).
"""

from __future__ import annotations

import datetime
from typing import Any

from pipelines.replies.form_contract import Dispute, agreed

#: The party whose step it was decides whether a reason is asked for.
MUNICIPALITY = "kommune"
STATUS_CODES = {"late": "for_sent", "missed": "ikke_gjort"}
#: What a correction's state is called on the form; those that a later decision replaced are not shown.
CORRECTION_CODES = {"counts": "taeller", "agrees": "taeller", "source_changed": "venter"}

Held = dict[str, dict[str, datetime.date | None]]

_LATE = """
    select
        late.case_id, late.rule_id, late.status, late.deadline, late.event_date, late.responsible,
        late.institution_name as institution,
        coalesce(try_cast(sentence.straf_ivaerksat as date), try_cast(supervision.modtaget as date)) as began,
        try_cast(sentence.faktisk_loesladelse as date) as released
    from publish.pub_late_case as late
    left join raw.afsoningssager as sentence on late.case_id = sentence.sags_id
    left join raw.tilsynssager as supervision on late.case_id = supervision.sags_id
    where late.municipality_code = ?
    order by late.deadline, late.case_id, late.rule_id
"""


def late_cases(connection: Any, municipality_code: str) -> list[dict[str, Any]]:
    """Return the municipality's late and missed cases of the last four quarters, oldest deadline first."""
    result = connection.execute(_LATE, [municipality_code])
    names = [column[0] for column in result.description]
    return [dict(zip(names, row)) for row in result.fetchall()]


def rule_titles(connection: Any) -> dict[str, str]:
    """Return the rules' names by code."""
    return dict(connection.execute("select rule_id, title_da from publish.pub_rule").fetchall())


def held_rows(connection: Any, dispute: Dispute, municipality_code: str) -> Held:
    """Return our rows that a disputed date can stand on, of the municipality's late cases: case -> row key -> date."""
    columns = {row[0] for row in connection.execute(f"describe raw.{dispute.table}").fetchall()}
    conditions = ["sags_id in (select case_id from publish.pub_late_case where municipality_code = ?)"]
    values = [municipality_code]
    if "kommunekode" in columns:
        conditions.append("kommunekode = ?")
        values.append(municipality_code)
    for column, value in dispute.only.items():
        conditions.append(f'"{column}" = ?')
        values.append(value)
    found = connection.execute(
        f'select sags_id, "{dispute.key}", try_cast("{dispute.column}" as date) from raw.{dispute.table} '
        f"where {' and '.join(conditions)} order by 1, 3, 2",
        values,
    ).fetchall()
    held: Held = {}
    for case_id, key, day in found:
        held.setdefault(case_id, {})[str(key)] = day
    return held


def corrections(connection: Any, municipality_code: str) -> dict[tuple[str, str, str], dict[str, Any]]:
    """Return the corrections of the municipality's late cases by case, row key and column, those replaced left out."""
    result = connection.execute(
        "select case_id, row_key, table_name, column_name, try_cast(value as date) as claimed, decided_on, "
        "decided_by, state from staging.stg_corrections where state <> 'superseded' and try_cast(value as date) is "
        "not null and ends_with(correction_id, '-1') "
        "and case_id in (select case_id from publish.pub_late_case where municipality_code = ?) order by correction_id",
        [municipality_code],
    )
    names = [column[0] for column in result.description]
    rows = [dict(zip(names, row)) for row in result.fetchall()]
    return {(row["case_id"], row["row_key"], row["column_name"]): row for row in rows}


def lines(connection: Any, municipality_code: str) -> list[dict[str, Any]]:
    """Return the lines of the form, by the contract's column names: one per row of ours that an outcome can rest on."""
    held = {code: held_rows(connection, one, municipality_code) for code, one in agreed().disputes.items()}
    corrected = corrections(connection, municipality_code)
    titles = rule_titles(connection)
    return [
        line
        for case in late_cases(connection, municipality_code)
        for line in _lines_of(case, held, corrected, titles, municipality_code)
    ]


def _lines_of(
    case: dict[str, Any],
    held: dict[str, Held],
    corrected: dict[tuple[str, str, str], dict[str, Any]],
    titles: dict[str, str],
    municipality_code: str,
) -> list[dict[str, Any]]:
    case_id = case["case_id"]
    base = {
        "kommunekode": municipality_code,
        "sags_id": case_id,
        "institution": case["institution"],
        "begyndt": case["began"],
        "loesladt": case["released"],
        "regel": case["rule_id"],
        "pligt": titles.get(case["rule_id"]),
        "udfald": STATUS_CODES[case["status"]],
        "frist": case["deadline"],
        "ansvarlig": case["responsible"],
        "svar_oenskes": "ja" if case["responsible"] == MUNICIPALITY else "nej",
    }
    own = agreed().deciding(case["rule_id"])
    ours: dict[str, datetime.date | None] = dict(held[own.code].get(case_id, {})) if own else {}
    if own:
        added = [one for (case_, _, _), one in corrected.items() if case_ == case_id and one["table_name"] == own.table]
        ours |= {
            one["row_key"]: None for one in added if one["row_key"] not in ours and one["column_name"] == own.column
        }
    if not ours:
        return [{**base, "vores_dato": case["event_date"]}]
    return [
        {
            **base,
            "raekke": key,
            "vores_dato": day,
            **_corrected(corrected.get((case_id, key, own.column if own else ""))),
        }
        for key, day in ours.items()
    ]


def _corrected(correction: dict[str, Any] | None) -> dict[str, Any]:
    if correction is None:
        return {}
    return {
        "rettet_dato": correction["claimed"],
        "rettet_dag": correction["decided_on"],
        "rettet_af": correction["decided_by"],
        "rettelse": CORRECTION_CODES[correction["state"]],
    }
