with

cases as (

    select * from {{ ref('int_sentence_cases') }}

),

contacts as (

    select * from {{ ref('int_first_contacts') }}
    where topic = 'hjemloeshed'

),

versions as (

    {{ rule_versions('homelessness_notified', {'days': 'integer'}) }}

),

judged as (

    select
        {{ outcome_keys() }},
        coalesce(
            cases.outside_reason,
            case
                when cases.actual_release_date is null then 'not_released'
                when coalesce(cases.housing_at_release, '') not in ('hjemloes', 'herberg') then 'not_homeless'
            end
        ) as not_applicable_reason,
        cases.release_unknown_reason as undeterminable_reason,
        cases.release_date - versions.days as deadline,
        contacts.contact_date as event_date,
        contacts.channel as own_channel,
        {{ release_evidence_columns() }},
        cases.housing_at_release,
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
    'homelessness_notified',
    own=['channel'],
    evidence=release_evidence() + [
        'housing_at_release', 'contact_date', 'contact_id', 'contact_municipality_code', 'contact_channel', 'days',
    ],
) }}
