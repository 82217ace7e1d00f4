with

cases as (

    select * from {{ ref('int_sentence_cases') }}

),

meetings as (

    select * from {{ ref('int_release_meetings') }}

),

versions as (

    {{ rule_versions('release_meeting_held') }}

),

per_case as (

    select
        case_id,
        min(held_date) filter (where did_municipality_attend) as held_date,
        max(called_date) filter (where is_municipality_invited and held_date is null) as called_date
    from meetings
    group by case_id

),

judged as (

    select
        {{ outcome_keys() }},
        coalesce(cases.outside_reason, case when {{ no_meeting_need('cases') }} then 'no_meeting_need' end)
            as not_applicable_reason,
        cases.release_unknown_reason as undeterminable_reason,
        cases.release_date as deadline,
        per_case.held_date as event_date,
        {{ meeting_need_columns() }},
        {{ release_evidence_columns() }},
        per_case.held_date,
        per_case.called_date,
        case when per_case.called_date is null then versions.next_step else 'hold_meeting' end as own_next_step
    from cases
    left join versions on {{ version_in_force() }}
    left join per_case on cases.case_id = per_case.case_id

),

{{ rule_outcome(
    'release_meeting_held',
    own=['next_step'],
    evidence=meeting_need() + release_evidence() + ['called_date', 'held_date'],
) }}
