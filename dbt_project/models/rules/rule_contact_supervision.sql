with

cases as (

    select * from {{ ref('int_supervision_cases') }}

),

contacts as (

    select * from {{ ref('int_first_contacts') }}
    where topic = 'handleplan'

),

versions as (

    {{ rule_versions('contact_supervision', {'days': 'integer'}) }}

),

judged as (

    select
        {{ outcome_keys() }},
        coalesce(
            cases.outside_reason,
            case when cases.has_action_plan_duty is not true then 'no_action_plan_duty' end
        ) as not_applicable_reason,
        null as undeterminable_reason,
        cases.start_date + versions.days as deadline,
        contacts.contact_date as event_date,
        contacts.channel as own_channel,
        cases.start_date as received_date,
        contacts.contact_date,
        contacts.contact_id,
        contacts.municipality_code as contact_municipality_code,
        contacts.channel as contact_channel,
        versions.days
    from cases
    left join versions on {{ version_in_force() }}
    left join contacts on cases.case_id = contacts.case_id

),

{{ rule_outcome(
    'contact_supervision',
    own=['channel'],
    evidence=[
        'received_date', 'contact_date', 'contact_id', 'contact_municipality_code', 'contact_channel', 'days',
    ],
) }}
