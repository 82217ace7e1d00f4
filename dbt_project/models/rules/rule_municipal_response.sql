with

cases as (

    select * from {{ ref('int_cases') }}

),

first_contacts as (

    select * from {{ ref('int_first_contacts') }}
    where topic = 'handleplan'

),

responses as (

    select * from {{ ref('int_contacts') }}
    where direction = 'ind'

),

municipalities as (

    select * from {{ ref('int_municipalities_in_force') }}

),

versions as (

    {{ rule_versions('municipal_response', {'days': 'integer'}) }}

),

-- The answer must come from the municipality that was contacted in its own right: the one in force that day.
asked as (

    select
        first_contacts.case_id,
        first_contacts.contact_date,
        first_contacts.contact_id,
        municipalities.municipality_code
    from first_contacts
    left join municipalities
        on
            first_contacts.case_id = municipalities.case_id
            and first_contacts.contact_date >= municipalities.in_force_from
            and first_contacts.contact_date < municipalities.in_force_until

),

answered as (

    select
        asked.case_id,
        responses.contact_date as response_date,
        responses.contact_id as response_id,
        responses.channel as response_channel
    from asked
    inner join responses on asked.case_id = responses.case_id and asked.contact_date <= responses.contact_date
    where asked.municipality_code is null or asked.municipality_code = responses.municipality_code
    qualify row_number() over (partition by asked.case_id order by responses.contact_date, responses.contact_id) = 1

),

judged as (

    select
        {{ outcome_keys() }},
        coalesce(
            cases.outside_reason,
            case
                when cases.has_action_plan_duty is not true then 'no_action_plan_duty'
                when asked.case_id is null then 'not_contacted'
            end
        ) as not_applicable_reason,
        null as undeterminable_reason,
        asked.contact_date + versions.days as deadline,
        answered.response_date as event_date,
        answered.response_channel as own_channel,
        asked.contact_date,
        asked.contact_id,
        asked.municipality_code as asked_municipality_code,
        answered.response_date,
        answered.response_id,
        answered.response_channel,
        versions.days
    from cases
    left join versions on {{ version_in_force() }}
    left join asked on cases.case_id = asked.case_id
    left join answered on cases.case_id = answered.case_id

),

{{ rule_outcome(
    'municipal_response',
    own=['channel', 'municipality'],
    evidence=[
        'contact_date', 'contact_id', 'asked_municipality_code', 'response_date', 'response_id', 'response_channel',
        'days',
    ],
) }}
