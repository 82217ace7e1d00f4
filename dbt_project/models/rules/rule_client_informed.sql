with

cases as (

    select * from {{ ref('int_sentence_cases') }}

),

contacts as (

    select * from {{ ref('int_contacts') }}
    where direction = 'ud' and topic in ('handleplan', 'oplysninger')

),

versions as (

    {{ rule_versions('client_informed') }}

),

per_case as (

    select
        case_id,
        max(contact_date) as last_contact_date,
        count(*) as contact_count,
        count(*) filter (where is_client_informed) as informed_count
    from contacts
    group by case_id

),

judged as (

    select
        {{ outcome_keys() }},
        coalesce(cases.outside_reason, case when per_case.case_id is null then 'no_contact' end)
            as not_applicable_reason,
        null as undeterminable_reason,
        per_case.last_contact_date as deadline,
        case when per_case.informed_count = per_case.contact_count then per_case.last_contact_date end as event_date,
        -- There is no later day on which it could still be done, so the duty is missed even on the day itself.
        case when per_case.informed_count = per_case.contact_count then 'met' else 'missed' end as own_status,
        per_case.last_contact_date,
        per_case.contact_count,
        per_case.informed_count
    from cases
    left join versions on {{ version_in_force() }}
    left join per_case on cases.case_id = per_case.case_id

),

{{ rule_outcome(
    'client_informed',
    own=['status'],
    evidence=['last_contact_date', 'contact_count', 'informed_count'],
) }}
