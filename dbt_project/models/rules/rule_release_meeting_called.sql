with

cases as (

    select * from {{ ref('int_sentence_cases') }}

),

meetings as (

    select * from {{ ref('int_release_meetings') }}
    where is_municipality_invited

),

expected_dates as (

    select * from {{ ref('int_expected_dates') }}

),

versions as (

    {{ rule_versions('release_meeting_called', {'months': 'integer', 'short_notice_days': 'integer'}) }}

),

per_case as (

    select
        case_id,
        min(called_date) as called_date
    from meetings
    group by case_id

),

dated as (

    select
        {{ outcome_keys() }},
        cases.outside_reason,
        {{ meeting_need_columns() }},
        cases.start_date,
        cases.expected_at_start,
        cases.actual_release_date,
        per_case.called_date,
        expected_dates.expected_date as expected_at_call,
        expected_dates.registered_date as expected_at_call_registered,
        expected_dates.known_from,
        versions.months,
        versions.short_notice_days
    from cases
    left join versions on {{ version_in_force() }}
    left join per_case on cases.case_id = per_case.case_id
    left join expected_dates
        on {{ in_force_on('expected_dates', 'coalesce(per_case.called_date, cases.actual_release_date, cases.as_of)') }}

),

judged as (

    select
        *,
        coalesce(
            outside_reason,
            case
                when {{ no_meeting_need() }} then 'no_meeting_need'
                when {{ months_before('expected_at_start', 'months') }} < start_date then 'short_sentence'
            end
        ) as not_applicable_reason,
        case when expected_at_start is null then 'no_expected_release' end as undeterminable_reason,
        greatest({{ months_before('expected_at_call', 'months') }}, known_from) as deadline,
        called_date as event_date,
        known_from as knowable_from
    from dated

),

{{ rule_outcome(
    'release_meeting_called',
    own=['knowable_from'],
    evidence=meeting_need() + [
        'start_date', 'expected_at_start', 'actual_release_date', 'called_date', 'expected_at_call',
        'expected_at_call_registered', 'months',
    ],
) }}
