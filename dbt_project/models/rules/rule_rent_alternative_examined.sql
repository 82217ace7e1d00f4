with

cases as (

    select * from {{ ref('int_sentence_cases') }}

),

needs as (

    select * from {{ ref('int_rent_help_needs') }}

),

versions as (

    {{ rule_versions('rent_alternative_examined', {'months': 'integer'}) }}

),

-- Without an expected date it cannot be told whether the time exceeds the limit, so nothing later is asked.
judged as (

    select
        {{ outcome_keys() }},
        coalesce(
            cases.outside_reason,
            case
                when needs.case_id is null then 'no_rent_need'
                when cases.expected_at_start is null then null
                when cases.expected_at_start <= {{ months_after('cases.start_date', 'versions.months') }}
                    then 'six_months_or_less'
                when needs.sent_date is null then 'not_applied'
            end
        ) as not_applicable_reason,
        case
            when cases.expected_at_start is null then 'no_expected_release'
            else cases.release_unknown_reason
        end as undeterminable_reason,
        cases.release_date as deadline,
        needs.alternative_examined_date as event_date,
        cases.start_date,
        cases.expected_at_start,
        {{ release_evidence_columns() }},
        needs.need_found_date,
        needs.sent_date,
        needs.alternative_examined_date,
        versions.months
    from cases
    left join versions on {{ version_in_force() }}
    left join needs on cases.case_id = needs.case_id

),

{{ rule_outcome(
    'rent_alternative_examined',
    evidence=['start_date', 'expected_at_start'] + release_evidence() + [
        'need_found_date', 'sent_date', 'alternative_examined_date', 'months',
    ],
) }}
