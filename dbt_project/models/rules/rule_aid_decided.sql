with

cases as (

    select * from {{ ref('int_sentence_cases') }}

),

expected_releases as (

    select * from {{ ref('int_expected_releases') }}

),

versions as (

    {{ rule_versions(
        'aid_decided', {'days': 'integer', 'handling_days': 'integer', 'short_notice_days': 'integer'}
    ) }}

),

per_case as (

    {{ aid_per_case() }}

),

deadline_days as (

    {{ deadline_days() }}

),

dated as (

    select
        {{ outcome_keys() }},
        cases.outside_reason,
        cases.release_unknown_reason as undeterminable_reason,
        {{ no_aid_need() }} as is_without_need,
        cases.start_date,
        cases.start_date as knowable_from,
        cases.release_date - versions.days as deadline,
        cases.release_date - versions.days - versions.handling_days as complete_by,
        per_case.first_decided_date as event_date,
        {{ release_evidence_columns() }},
        per_case.first_sent_date,
        per_case.first_complete_date,
        per_case.first_decided_date,
        per_case.asked_municipality_code,
        deadline_days.last_deadline_day,
        deadline_days.expected_on_deadline,
        versions.days,
        versions.handling_days,
        versions.short_notice_days
    from cases
    left join versions on {{ version_in_force() }}
    left join per_case on cases.case_id = per_case.case_id
    left join deadline_days on cases.case_id = deadline_days.case_id

),

moved as (

    {{ deadline_moved('dated') }}

),

judged as (

    select
        *,
        coalesce(
            outside_reason,
            case
                when is_without_need then 'no_aid_need'
                when is_shorter_than_notice then 'not_possible'
            end
        ) as not_applicable_reason,
        coalesce(first_complete_date <= complete_by, false) as is_in_good_time,
        case
            when not is_overdue then null
            when is_moved then 'date_moved'
            when coalesce(first_sent_date > release_date, true) then 'no_application'
            when first_complete_date <= complete_by then 'decision_late'
            when complete_by < start_date then 'no_time'
            else 'application_late'
        end as own_reason
    from moved

),

attributed as (

    select
        *,
        has_come and is_in_good_time as own_could_act,
        case own_reason
            when 'date_moved' then 'dato_flyttet'
            when 'no_application' then 'kriminalforsorgen'
            when 'no_time' then 'kort_tid'
            when 'application_late' then 'kriminalforsorgen'
        end as own_responsible,
        case own_reason
            when 'no_application' then 'application'
            when 'application_late' then 'application'
            when 'decision_late' then 'decision'
            else own_reason
        end as own_step,
        case
            when first_sent_date is null then 'send_application'
            when first_complete_date is null then 'complete_application'
            else 'decide_application'
        end as own_next_step,
        case when first_complete_date is null then 'kriminalforsorgen' else party end as own_next_step_by,
        case when first_complete_date is null then complete_by else deadline end as own_next_step_deadline
    from judged

),

{{ rule_outcome(
    'aid_decided',
    judged='attributed',
    own=[
        'reason', 'responsible', 'could_act', 'knowable_from', 'municipality', 'step', 'next_step', 'next_step_by',
        'next_step_deadline',
    ],
    evidence=release_evidence() + deadline_days_evidence() + [
        'first_sent_date', 'first_complete_date', 'first_decided_date', 'asked_municipality_code', 'complete_by',
        'handling_days',
    ],
) }}
