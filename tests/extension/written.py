"""What a newcomer writes when a rule, its worked example and a report are added: the files' own text.

Belongs here: that text. Does not belong here: putting it into the copied project, and what must come of it
(``test_extending``).
"""

from __future__ import annotations

from typing import Any

NEW_RULE = "mentor_offered"
RULE_SQL = """with

cases as (

    select * from {{{{ ref('int_sentence_cases') }}}}

),

offers as (

    select
        case_id,
        mentor_offered_date
    from {{{{ ref('stg_sentence_cases') }}}}

),

versions as (

    {{{{ rule_versions('{rule}', {{'days': 'integer'}}) }}}}

),

judged as (

    select
        {{{{ outcome_keys() }}}},
        coalesce(cases.outside_reason, case when cases.has_supervision_condition is not true then 'needs_no_mentor' end)
            as not_applicable_reason,
        null as undeterminable_reason,
        cases.start_date + versions.days as deadline,
        offers.mentor_offered_date as event_date,
        cases.start_date,
        offers.mentor_offered_date,
        versions.days
    from cases
    left join versions on {{{{ version_in_force() }}}}
    left join offers on cases.case_id = offers.case_id

),

{{{{ rule_outcome('{rule}', evidence=['start_date', 'mentor_offered_date', 'days']) }}}}
"""


def worked_example(like: dict[str, Any]) -> dict[str, Any]:
    """Return the new rule's worked example, with the law and the untouched parameters given as in another rule's."""
    law, no_what_if = like["given"][:2]
    version = law["rows"][0] | {"rule_id": NEW_RULE, "parameters": '{"days": 30}'}
    starts = {"dag 30": True, "dag 31": True, "uden tilsyn": False}
    cases = [
        {"case_id": case, "case_type": "sentence", "as_of": "2026-09-30", "start_date": "2026-01-01"}
        | {"has_supervision_condition": supervised}
        for case, supervised in starts.items()
    ]
    offers = {"dag 30": "2026-01-31", "dag 31": "2026-02-01"}
    outcomes = {
        "dag 30": ("met", "2026-01-31", None),
        "dag 31": ("late", "2026-01-31", None),
        "uden tilsyn": ("not_applicable", None, "needs_no_mentor"),
    }
    return {
        "name": "an_offer_30_days_after_the_start_is_in_time_and_31_days_after_late",
        "description": "Tilbuddet er rettidigt til og med dag 30 efter straffens start.",
        "model": f"rule_{NEW_RULE}",
        "given": [
            law | {"rows": [version]},
            no_what_if,
            {"input": "ref('int_sentence_cases')", "rows": cases},
            {
                "input": "ref('stg_sentence_cases')",
                "rows": [{"case_id": case, "mentor_offered_date": day} for case, day in offers.items()],
            },
        ],
        "expect": {
            "rows": [
                {"case_id": case, "status": status, "deadline": deadline, "reason": reason}
                for case, (status, deadline, reason) in outcomes.items()
            ]
        },
    }


NEW_TABLE = "pub_mentor_offered"
REPORT_SQL = f"""{{{{ config(materialized='view') }}}}

with

compliance as (

    select * from {{{{ ref('fct_compliance') }}}}

),

final as (

    select
        period as quarter,
        due,
        met
    from compliance
    where
        rule_id = '{NEW_RULE}'
        and level = 'national'
        and period_type = 'quarter'

)

select * from final
"""
REPORT_YAML = f"""version: 2
models:
  - name: {NEW_TABLE}
    description: Tilbud om mentor i hele landet, kvartal for kvartal.
    columns:
      - name: quarter
        data_type: varchar
        description: Kvartalet.
      - name: due
        data_type: bigint
        description: '{{{{ doc("due") }}}}'
      - name: met
        data_type: bigint
        description: '{{{{ doc("met") }}}}'
"""
REPORT_MODULE = f'''"""The offers of a mentor, quarter by quarter, as sentences."""

from typing import Any, NamedTuple

from reports.figures.published_rows import read


class MentorRow(NamedTuple):
    """``{NEW_TABLE}``: the nation's duties of a quarter."""

    quarter: str
    due: int
    met: int


def mentor_report(connection: Any) -> list[str]:
    """Return a Danish sentence for each quarter in which anything was due."""
    rows = read(connection, "{NEW_TABLE}", MentorRow, "due > 0")
    return [f"{{row.quarter}}: mentor tilbudt i tide i {{row.met}} af {{row.due}} sager." for row in rows]
'''
