with

cases as (

    select * from {{ ref('int_sentence_cases') }}

),

decisions as (

    select * from {{ ref('rule_aid_decided') }}

),

versions as (

    {{ rule_versions('aid_paid', {'application_days': 'integer'}) }}

),

per_case as (

    {{ aid_per_case() }}

),

dated as (

    select
        {{ outcome_keys() }},
        cases.outside_reason,
        {{ no_aid_need() }} as is_without_need,
        cases.actual_release_date,
        cases.actual_release_date - versions.application_days as complete_by,
        per_case.first_complete_date,
        per_case.first_decided_date,
        per_case.first_granted_date,
        per_case.first_paid_date,
        per_case.asked_municipality_code,
        decisions.status as decision_status,
        decisions.reason as decision_reason,
        decisions.responsible as decision_responsible,
        decisions.step as decision_step,
        versions.application_days
    from cases
    left join versions on {{ version_in_force() }}
    left join per_case on cases.case_id = per_case.case_id
    left join decisions on cases.case_id = decisions.case_id

),

judged as (

    select
        *,
        coalesce(
            outside_reason,
            case
                when is_without_need then 'no_aid_need'
                when actual_release_date is null then 'not_released'
                when first_granted_date is null and first_decided_date is not null then 'not_granted'
                when first_granted_date is null then 'not_decided'
            end
        ) as not_applicable_reason,
        null as undeterminable_reason,
        actual_release_date as deadline,
        first_paid_date as event_date,
        coalesce(first_complete_date <= complete_by, false) as own_could_act,
        coalesce(first_granted_date <= actual_release_date, false) as is_granted_in_time
    from dated

),

-- The municipality answers when it could act or had granted: else whoever delayed the decision delayed the money.
attributed as (

    select
        *,
        case
            when own_could_act or is_granted_in_time then null
            when decision_reason = 'not_possible' then 'kort_tid'
            else decision_responsible
        end as own_responsible,
        case
            when is_granted_in_time then 'payment'
            when own_could_act then 'decision'
            when decision_reason = 'not_possible' then 'no_time'
            else coalesce(decision_step, 'decision')
        end as own_step
    from judged

),

{{ rule_outcome(
    'aid_paid',
    judged='attributed',
    own=['responsible', 'could_act', 'municipality', 'step'],
    evidence=[
        'actual_release_date', 'complete_by', 'first_complete_date', 'first_granted_date', 'first_paid_date',
        'asked_municipality_code', 'decision_status', 'application_days',
    ],
) }}
