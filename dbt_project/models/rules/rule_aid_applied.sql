with

cases as (

    select * from {{ ref('int_sentence_cases') }}

),

applications as (

    select * from {{ ref('int_aid_applications') }}

),

versions as (

    {{ rule_versions('aid_applied', {'days': 'integer'}) }}

),

per_case as (

    select
        case_id,
        min(sent_date) as first_sent_date,
        min(complete_date) as first_complete_date
    from applications
    group by case_id

),

judged as (

    select
        {{ outcome_keys() }},
        coalesce(cases.outside_reason, case when cases.has_aid_need is not true then 'no_aid_need' end)
            as not_applicable_reason,
        cases.release_unknown_reason as undeterminable_reason,
        cases.release_date - versions.days as deadline,
        per_case.first_complete_date as event_date,
        {{ release_evidence_columns() }},
        per_case.first_sent_date,
        per_case.first_complete_date,
        versions.days
    from cases
    left join versions on {{ version_in_force() }}
    left join per_case on cases.case_id = per_case.case_id

),

{{ rule_outcome(
    'aid_applied',
    evidence=release_evidence() + ['first_sent_date', 'first_complete_date', 'days'],
) }}
