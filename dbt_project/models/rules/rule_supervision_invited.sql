with

cases as (

    select * from {{ ref('int_sentence_cases') }}

),

meetings as (

    select * from {{ ref('int_release_meetings') }}
    where is_probation_invited

),

versions as (

    {{ rule_versions('supervision_invited') }}

),

per_case as (

    select
        case_id,
        min(called_date) as called_date
    from meetings
    group by case_id

),

judged as (

    select
        {{ outcome_keys() }},
        coalesce(
            cases.outside_reason,
            case when cases.has_supervision_condition is not true then 'no_supervision' end
        ) as not_applicable_reason,
        cases.release_unknown_reason as undeterminable_reason,
        cases.release_date as deadline,
        per_case.called_date as event_date,
        {{ release_evidence_columns() }},
        per_case.called_date
    from cases
    left join versions on {{ version_in_force() }}
    left join per_case on cases.case_id = per_case.case_id

),

{{ rule_outcome('supervision_invited', evidence=release_evidence() + ['called_date']) }}
