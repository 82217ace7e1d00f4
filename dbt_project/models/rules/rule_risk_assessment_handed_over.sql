with

cases as (

    select * from {{ ref('int_sentence_cases') }}

),

contacts as (

    select * from {{ ref('int_first_contacts') }}
    where topic = 'ls_rnr'

),

versions as (

    {{ rule_versions('risk_assessment_handed_over') }}

),

judged as (

    select
        {{ outcome_keys() }},
        coalesce(cases.outside_reason, case when cases.risk_level is null then 'no_assessment' end)
            as not_applicable_reason,
        cases.release_unknown_reason as undeterminable_reason,
        cases.release_date as deadline,
        contacts.contact_date as event_date,
        contacts.channel as own_channel,
        {{ release_evidence_columns() }},
        cases.risk_level,
        cases.risk_assessed_date,
        contacts.contact_date,
        contacts.contact_id,
        contacts.municipality_code as contact_municipality_code,
        contacts.channel as contact_channel
    from cases
    left join versions on {{ version_in_force() }}
    left join contacts on cases.case_id = contacts.case_id

),

{{ rule_outcome(
    'risk_assessment_handed_over',
    own=['channel'],
    evidence=release_evidence() + [
        'risk_level', 'risk_assessed_date', 'contact_date', 'contact_id', 'contact_municipality_code',
        'contact_channel',
    ],
) }}
