with

cases as (

    select * from {{ ref('int_sentence_cases') }}

),

applications as (

    select * from {{ ref('int_aid_applications') }}

),

expected_dates as (

    select * from {{ ref('int_expected_dates') }}

),

release_days as (

    select * from {{ ref('int_release_days') }}

),

versions as (

    {{ rule_versions('aid_decided', {'days': 'integer', 'handling_days': 'integer'}) }}

),

per_case as (

    select
        case_id,
        min(sent_date) as first_sent_date,
        min(complete_date) as first_complete_date,
        min(decided_date) as first_decided_date
    from applications
    group by case_id

),

-- The release that was expected on the day of the decision: a decision in time for that one is nobody's delay.
dated as (

    select
        {{ outcome_keys() }},
        cases.outside_reason,
        cases.has_aid_need,
        cases.release_unknown_reason,
        {{ release_evidence_columns() }},
        per_case.first_sent_date,
        per_case.first_complete_date,
        per_case.first_decided_date,
        expected_dates.expected_date as expected_at_decision,
        expected_dates.registered_date as expected_at_decision_registered,
        case
            when cases.is_advanceable then coalesce(release_days.advanced_day, expected_dates.expected_date)
            else expected_dates.expected_date
        end as expected_release_at_decision,
        versions.days,
        versions.handling_days
    from cases
    left join versions on {{ version_in_force() }}
    left join per_case on cases.case_id = per_case.case_id
    left join expected_dates on {{ in_force_on('expected_dates', 'per_case.first_decided_date') }}
    left join release_days
        on
            cases.release_rule_version = release_days.rule_version
            and expected_dates.expected_date = release_days.day

),

judged as (

    select
        *,
        coalesce(outside_reason, case when has_aid_need is not true then 'no_aid_need' end) as not_applicable_reason,
        release_unknown_reason as undeterminable_reason,
        release_date - days as deadline,
        first_decided_date as event_date,
        case
            when first_decided_date <= release_date - days then null
            when first_decided_date is null and release_date - days >= as_of then null
            when first_decided_date <= expected_release_at_decision - days then 'date_moved'
            when first_sent_date is null then 'no_application'
            when coalesce(first_complete_date > release_date - days - handling_days, true) then 'application_late'
            else 'decision_late'
        end as own_reason
    from dated

),

attributed as (

    select
        *,
        case own_reason
            when 'date_moved' then 'dato_flyttet'
            when 'no_application' then 'kriminalforsorgen'
            when 'application_late' then 'kriminalforsorgen'
        end as own_responsible,
        case own_reason
            when 'no_application' then 'application'
            when 'application_late' then 'application'
            when 'decision_late' then 'decision'
            else own_reason
        end as own_step
    from judged

),

{{ rule_outcome(
    'aid_decided',
    judged='attributed',
    own=['reason', 'responsible', 'step'],
    evidence=release_evidence() + [
        'first_sent_date', 'first_complete_date', 'first_decided_date', 'expected_at_decision',
        'expected_at_decision_registered', 'expected_release_at_decision', 'days', 'handling_days',
    ],
) }}
