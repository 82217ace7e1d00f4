with

cases as (

    select * from {{ ref('int_sentence_cases') }}

),

release_days as (

    select * from {{ ref('int_release_days') }}

),

versions as (

    {{ rule_versions('release_advanced', {'minimum_sentence_days': 'integer', 'last_weekday': 'integer'}) }}

),

judged as (

    select
        {{ outcome_keys() }},
        coalesce(
            cases.outside_reason,
            case
                when cases.actual_release_date is null then 'not_released'
                when cases.sentence_days < versions.minimum_sentence_days then 'sentence_under_30_days'
                when planned.day is null and actual.day is null then 'not_thursday_to_sunday'
            end
        ) as not_applicable_reason,
        null as undeterminable_reason,
        coalesce(planned.advanced_day, cases.original_release_date, cases.actual_release_date) as deadline,
        cases.actual_release_date as event_date,
        -- Moved back to a day of release, and not postponed past the one that the planned day moves back to.
        case
            when
                actual.day is null
                and cases.actual_release_date
                <= coalesce(planned.advanced_day, cases.original_release_date, cases.actual_release_date)
                then 'met'
            else 'late'
        end as own_status,
        cases.actual_release_date,
        cases.original_release_date,
        cases.sentence_days,
        versions.minimum_sentence_days,
        versions.last_weekday
    from cases
    left join versions on {{ version_in_force() }}
    left join release_days as planned
        on
            versions.rule_version = planned.rule_version
            and coalesce(cases.original_release_date, cases.actual_release_date) = planned.day
    left join release_days as actual
        on versions.rule_version = actual.rule_version and cases.actual_release_date = actual.day

),

{{ rule_outcome(
    'release_advanced',
    own=['status'],
    has_margin=false,
    evidence=[
        'actual_release_date', 'original_release_date', 'sentence_days', 'minimum_sentence_days', 'last_weekday',
    ],
) }}
