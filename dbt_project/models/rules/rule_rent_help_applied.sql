with

cases as (

    select * from {{ ref('int_sentence_cases') }}

),

needs as (

    select * from {{ ref('int_rent_help_needs') }}

),

versions as (

    {{ rule_versions('rent_help_applied', {'days': 'integer'}) }}

),

judged as (

    select
        {{ outcome_keys() }},
        coalesce(cases.outside_reason, case when needs.case_id is null then 'no_rent_need' end)
            as not_applicable_reason,
        null as undeterminable_reason,
        greatest(cases.start_date, needs.need_found_date) + versions.days as deadline,
        needs.sent_date as event_date,
        cases.start_date,
        needs.need_found_date,
        needs.sent_date,
        versions.days
    from cases
    left join versions on {{ version_in_force() }}
    left join needs on cases.case_id = needs.case_id

),

{{ rule_outcome('rent_help_applied', evidence=['start_date', 'need_found_date', 'sent_date', 'days']) }}
