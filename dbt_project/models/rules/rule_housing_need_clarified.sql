with

cases as (

    select * from {{ ref('int_sentence_cases') }}

),

versions as (

    {{ rule_versions('housing_need_clarified', {'days': 'integer'}) }}

),

judged as (

    select
        {{ outcome_keys() }},
        cases.outside_reason as not_applicable_reason,
        null as undeterminable_reason,
        cases.start_date + versions.days as deadline,
        case when cases.has_housing_need is not null then cases.housing_need_clarified_date end as event_date,
        cases.start_date,
        cases.housing_need_clarified_date,
        cases.has_housing_need,
        versions.days
    from cases
    left join versions on {{ version_in_force() }}

),

{{ rule_outcome(
    'housing_need_clarified',
    evidence=['start_date', 'housing_need_clarified_date', 'has_housing_need', 'days'],
) }}
