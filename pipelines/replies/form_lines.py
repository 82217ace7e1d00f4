"""What stands on a reply form: a municipality's late cases, our rows, whose step it was, and what was corrected.

Belongs here: reading the lines from the warehouse. Does not belong here: the workbook (``reply_form``) and what comes
back (``returned_form``).
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from pipelines.replies.form_contract import Dispute, agreed

#: The party whose step it was decides whether a reason is asked for.
MUNICIPALITY = "kommune"
STATUS_CODES = {"late": "for_sent", "missed": "ikke_gjort"}
#: What a correction's state is called on the form; those that a later decision replaced are not shown.
CORRECTION_CODES = {"counts": "taeller", "agrees": "taeller", "source_changed": "venter"}

Held = dict[str, dict[str, datetime.date | None]]
Corrections = dict[tuple[str, str, str], dict[str, Any]]

_LATE = """
    select
        late.municipality_code,
        late.case_id, late.rule_id, late.status, late.deadline, late.event_date, late.responsible,
        late.institution_name as institution,
        coalesce(try_cast(sentence.straf_ivaerksat as date), try_cast(supervision.modtaget as date)) as began,
        try_cast(sentence.faktisk_loesladelse as date) as released
    from publish.pub_late_case as late
    left join raw.afsoningssager as sentence on late.case_id = sentence.sags_id
    left join raw.tilsynssager as supervision on late.case_id = supervision.sags_id
    where late.municipality_code = coalesce(?, late.municipality_code)
    order by late.deadline, late.case_id, late.rule_id
"""
_WITH_LATE = "(select distinct case_id, municipality_code from publish.pub_late_case)"


def late_cases(connection: Any, municipality_code: str) -> list[dict[str, Any]]:
    """Return the municipality's late and missed cases of the last four quarters, oldest deadline first."""
    return _late(connection, municipality_code).get(municipality_code, [])


def rule_titles(connection: Any) -> dict[str, str]:
    """Return the rules' names by code."""
    return dict(connection.execute("select rule_id, title_da from publish.pub_rule").fetchall())


def held_rows(connection: Any, dispute: Dispute, municipality_code: str) -> Held:
    """Return our rows that a disputed date can stand on, of the municipality's late cases: case -> row key -> date."""
    return _held(connection, dispute, municipality_code).get(municipality_code, {})


def corrections(connection: Any, municipality_code: str) -> Corrections:
    """Return the corrections of the municipality's late cases by case, row key and column, those replaced left out."""
    return _corrections(connection, municipality_code).get(municipality_code, {})


def lines(connection: Any, municipality_code: str) -> list[dict[str, Any]]:
    """Return the lines of the form, by the contract's column names: one per row of ours that an outcome can rest on."""
    return _lines(connection, municipality_code).get(municipality_code, [])


def lines_of_all(connection: Any) -> dict[str, list[dict[str, Any]]]:
    """Return the same of every municipality that has a late case, by code, read at once."""
    return _lines(connection, None)


# ---- of one municipality, or of all (None) ---------------------------------------------------------------------------


def _lines(connection: Any, code: str | None) -> dict[str, list[dict[str, Any]]]:
    held = {name: _held(connection, one, code) for name, one in agreed().disputes.items()}
    corrected = _corrections(connection, code)
    titles = rule_titles(connection)
    return {
        owner: [
            line
            for case in cases
            for line in _lines_of(
                case,
                {name: of_all.get(owner, {}) for name, of_all in held.items()},
                corrected.get(owner, {}),
                titles,
                owner,
            )
        ]
        for owner, cases in sorted(_late(connection, code).items())
    }


def _late(connection: Any, code: str | None) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in _rows(connection, _LATE, code):
        found.setdefault(row.pop("municipality_code"), []).append(row)
    return found


def _held(connection: Any, dispute: Dispute, code: str | None) -> dict[str, Held]:
    columns = {row[0] for row in connection.execute(f"describe raw.{dispute.table}").fetchall()}
    conditions = ["late.municipality_code = coalesce(?, late.municipality_code)"]
    values: list[str | None] = [code]
    if "kommunekode" in columns:
        conditions.append("held.kommunekode = late.municipality_code")
    for column, value in dispute.only.items():
        conditions.append(f'held."{column}" = ?')
        values.append(value)
    rows = connection.execute(
        f'select late.municipality_code, held.sags_id, held."{dispute.key}", try_cast(held."{dispute.column}" as date) '
        f"from raw.{dispute.table} as held inner join {_WITH_LATE} as late on held.sags_id = late.case_id "
        f"where {' and '.join(conditions)} order by 1, 2, 4, 3",
        values,
    ).fetchall()
    found: dict[str, Held] = {}
    for owner, case_id, key, day in rows:
        found.setdefault(owner, {}).setdefault(case_id, {})[str(key)] = day
    return found


def _corrections(connection: Any, code: str | None) -> dict[str, Corrections]:
    rows = _rows(
        connection,
        "select late.municipality_code, held.case_id, held.row_key, held.table_name, held.column_name, "
        "try_cast(held.value as date) as claimed, held.decided_on, held.decided_by, held.state "
        f"from staging.stg_corrections as held inner join {_WITH_LATE} as late on held.case_id = late.case_id "
        "where late.municipality_code = coalesce(?, late.municipality_code) and held.state <> 'superseded' "
        "and try_cast(held.value as date) is not null and ends_with(held.correction_id, '-1') "
        "order by held.correction_id",
        code,
    )
    found: dict[str, Corrections] = {}
    for row in rows:
        owner = row.pop("municipality_code")
        found.setdefault(owner, {})[row["case_id"], row["row_key"], row["column_name"]] = row
    return found


def _rows(connection: Any, query: str, *values: Any) -> list[dict[str, Any]]:
    result = connection.execute(query, list(values))
    names = [column[0] for column in result.description]
    return [dict(zip(names, row)) for row in result.fetchall()]


def _lines_of(
    case: dict[str, Any],
    held: Mapping[str, Held],
    corrected: Corrections,
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
