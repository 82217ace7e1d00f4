with

cases as (

    select * from {{ ref('int_sentence_cases') }}

),

applications as (

    select * from {{ ref('int_aid_applications') }}
    where granted_date is not null

),

decisions as (

    select * from {{ ref('rule_aid_decided') }}

),

versions as (

    {{ rule_versions('aid_paid') }}

),

per_case as (

    select
        case_id,
        min(granted_date) as first_granted_date,
        min(paid_date) as first_paid_date
    from applications
    group by case_id

),

judged as (

    select
        {{ outcome_keys() }},
        coalesce(
            cases.outside_reason,
            case
                when cases.has_aid_need is not true then 'no_aid_need'
                when cases.actual_release_date is null then 'not_released'
                when per_case.case_id is null then 'not_granted'
            end
        ) as not_applicable_reason,
        null as undeterminable_reason,
        cases.actual_release_date as deadline,
        per_case.first_paid_date as event_date,
        -- A grant after the release could not be paid in time: whoever delayed the decision delayed the money.
        case
            when per_case.first_granted_date > cases.actual_release_date then decisions.responsible
        end as own_responsible,
        case
            when per_case.first_granted_date <= cases.actual_release_date then 'payment'
            else coalesce(decisions.step, 'decision')
        end as own_step,
        cases.actual_release_date,
        per_case.first_granted_date,
        per_case.first_paid_date,
        decisions.status as decision_status
    from cases
    left join versions on {{ version_in_force() }}
    left join per_case on cases.case_id = per_case.case_id
    left join decisions on cases.case_id = decisions.case_id

),

{{ rule_outcome(
    'aid_paid',
    own=['responsible', 'step'],
    evidence=['actual_release_date', 'first_granted_date', 'first_paid_date', 'decision_status'],
) }}
