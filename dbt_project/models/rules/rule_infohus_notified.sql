{{ config(schema='restricted') }}

with

cases as (

    select * from {{ ref('int_sentence_cases') }}

),

marks as (

    select * from {{ ref('int_infohus_marks') }}

),

expected_dates as (

    select * from {{ ref('int_expected_dates') }}

),

versions as (

    {{ rule_versions('infohus_notified', {'months': 'integer'}) }}

),

dated as (

    select
        {{ outcome_keys() }},
        cases.outside_reason,
        cases.release_unknown_reason,
        {{ release_evidence_columns() }},
        marks.marked_date,
        marks.notified_date,
        coalesce(expected_dates.known_from, cases.start_date) as date_known_from,
        versions.months,
        {{ months_before('cases.release_date', 'versions.months') }} as months_before_date
    from cases
    left join versions on {{ version_in_force() }}
    left join marks on cases.case_id = marks.case_id
    left join expected_dates
        on {{ in_force_on('expected_dates', 'coalesce(cases.actual_release_date, cases.as_of)') }}

),

judged as (

    select
        *,
        coalesce(outside_reason, case when marked_date is null then 'not_marked' end) as not_applicable_reason,
        release_unknown_reason as undeterminable_reason,
        case
            when marked_date > months_before_date or date_known_from > months_before_date then release_date
            else months_before_date
        end as deadline,
        notified_date as event_date
    from dated

),

{{ rule_outcome(
    'infohus_notified',
    evidence=release_evidence() + ['marked_date', 'notified_date', 'date_known_from', 'months_before_date', 'months'],
) }}
