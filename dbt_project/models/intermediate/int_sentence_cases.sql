with

cases as (

    select * from {{ ref('stg_sentence_cases') }}

),

expected_dates as (

    select * from {{ ref('int_expected_dates') }}

),

release_days as (

    select * from {{ ref('int_release_days') }}

),

run as (

    select * from {{ ref('stg_run') }}

),

versions as (

    {{ rule_versions('release_advanced', {'minimum_sentence_days': 'integer'}) }}

),

known as (

    select
        cases.case_id,
        run.as_of,
        cases.institution_code,
        cases.target_group,
        cases.is_remand,
        cases.is_expelled,
        cases.has_action_plan_duty,
        cases.sentence_days,
        cases.start_date,
        cases.housing_at_release,
        cases.has_aid_need,
        cases.has_supervision_condition,
        cases.original_release_date,
        cases.release_kind,
        coalesce(cases.has_housing_explanation, false) as has_housing_explanation,
        {{ known_date('cases.housing_need_clarified_date') }} as housing_need_clarified_date,
        case
            when cases.housing_need_clarified_date > run.as_of then null
            else cases.has_housing_need
        end as has_housing_need,
        case when cases.risk_assessed_date > run.as_of then null else cases.risk_level end as risk_level,
        {{ known_date('cases.risk_assessed_date') }} as risk_assessed_date,
        {{ known_date('cases.actual_release_date') }} as actual_release_date
    from cases
    cross join run

),

dated as (

    select
        known.*,
        coalesce(known.actual_release_date, known.start_date) as release_or_start_date,
        at_start.expected_date as expected_at_start,
        now.expected_date as expected_now,
        now.registered_date as expected_now_registered,
        coalesce(now.known_from, known.start_date) as known_from_now
    from known
    left join expected_dates as at_start
        on
            known.case_id = at_start.case_id
            and known.start_date >= at_start.in_force_from
            and known.start_date < at_start.in_force_until
    left join expected_dates as now
        on
            known.case_id = now.case_id
            and known.as_of >= now.in_force_from
            and known.as_of < now.in_force_until

),

advanced as (

    select
        dated.*,
        versions.rule_version as release_rule_version,
        dated.sentence_days >= versions.minimum_sentence_days as is_advanceable,
        case
            when dated.sentence_days >= versions.minimum_sentence_days
                then coalesce(release_days.advanced_day, dated.expected_now)
            else dated.expected_now
        end as expected_release_date
    from dated
    left join versions on {{ version_in_force('dated') }}
    left join release_days
        on versions.rule_version = release_days.rule_version and dated.expected_now = release_days.day

),

released as (

    select
        *,
        case
            when actual_release_date is not null then actual_release_date
            when expected_release_date >= as_of then expected_release_date
        end as release_date,
        case
            when actual_release_date is not null or expected_release_date >= as_of then null
            when expected_release_date is null then 'no_expected_release'
            else 'expected_release_passed'
        end as release_unknown_reason
    from advanced

),

final as (

    select
        case_id,
        'sentence' as case_type,
        as_of,
        institution_code,
        target_group,
        has_action_plan_duty,
        case
            when is_remand then 'remand'
            when is_expelled then 'expelled'
            when start_date > as_of then 'not_started'
        end as outside_reason,
        start_date,
        sentence_days,
        expected_at_start,
        expected_now,
        expected_now_registered,
        known_from_now,
        original_release_date,
        release_kind,
        expected_release_date,
        actual_release_date,
        release_date,
        release_unknown_reason,
        coalesce(release_date, start_date) as release_or_start_date,
        release_rule_version,
        is_advanceable,
        has_housing_need,
        housing_need_clarified_date,
        has_housing_explanation,
        housing_at_release,
        has_aid_need,
        has_supervision_condition,
        risk_level,
        risk_assessed_date
    from released

)

select * from final
