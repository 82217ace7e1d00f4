with

cases as (

    select * from {{ ref('int_sentence_cases') }}

),

expected_releases as (

    select * from {{ ref('int_expected_releases') }}

),

versions as (

    {{ rule_versions('aid_applied', {'days': 'integer', 'short_notice_days': 'integer'}) }}

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
        per_case.first_complete_date as event_date,
        {{ release_evidence_columns() }},
        per_case.first_sent_date,
        per_case.first_complete_date,
        deadline_days.last_deadline_day,
        deadline_days.expected_on_deadline,
        versions.days,
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
        case when is_moved then 'date_moved' end as own_reason,
        case when is_moved then 'dato_flyttet' end as own_responsible,
        has_come as own_could_act,
        case when first_sent_date is null then 'send_application' else 'complete_application' end as own_next_step
    from moved

),

{{ rule_outcome(
    'aid_applied',
    own=['reason', 'responsible', 'could_act', 'knowable_from', 'next_step'],
    evidence=release_evidence() + deadline_days_evidence() + ['first_sent_date', 'first_complete_date'],
) }}
