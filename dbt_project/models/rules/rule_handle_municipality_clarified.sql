with

cases as (

    select * from {{ ref('int_sentence_cases') }}

),

first_municipalities as (

    select * from {{ ref('int_municipalities_in_force') }}
    where is_first

),

versions as (

    {{ rule_versions('handle_municipality_clarified') }}

),

judged as (

    select
        {{ outcome_keys() }},
        cases.outside_reason as not_applicable_reason,
        cases.release_unknown_reason as undeterminable_reason,
        cases.release_date as deadline,
        first_municipalities.valid_from as event_date,
        {{ release_evidence_columns() }},
        first_municipalities.valid_from as first_municipality_from,
        first_municipalities.municipality_code as first_municipality_code
    from cases
    left join versions on {{ version_in_force() }}
    left join first_municipalities on cases.case_id = first_municipalities.case_id

),

{{ rule_outcome(
    'handle_municipality_clarified',
    evidence=release_evidence() + ['first_municipality_from', 'first_municipality_code'],
) }}
