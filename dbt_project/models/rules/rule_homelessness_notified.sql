with

cases as (

    select * from {{ ref('int_sentence_cases') }}

),

contacts as (

    select * from {{ ref('int_first_contacts') }}
    where topic = 'hjemloeshed'

),

expected_releases as (

    select * from {{ ref('int_expected_releases') }}

),

versions as (

    {{ rule_versions('homelessness_notified', {'days': 'integer', 'short_notice_days': 'integer'}) }}

),

deadline_days as (

    {{ deadline_days() }}

),

dated as (

    select
        {{ outcome_keys() }},
        cases.outside_reason,
        cases.release_unknown_reason as undeterminable_reason,
        cases.start_date,
        cases.start_date as knowable_from,
        cases.release_date - versions.days as deadline,
        contacts.contact_date as event_date,
        contacts.channel as own_channel,
        {{ release_evidence_columns() }},
        cases.housing_at_release,
        contacts.contact_date,
        contacts.contact_id,
        contacts.municipality_code as contact_municipality_code,
        contacts.channel as contact_channel,
        deadline_days.last_deadline_day,
        deadline_days.expected_on_deadline,
        versions.days,
        versions.short_notice_days
    from cases
    left join versions on {{ version_in_force() }}
    left join contacts on cases.case_id = contacts.case_id
    left join deadline_days on cases.case_id = deadline_days.case_id

),

moved as (

    {{ deadline_moved('dated') }}

),

judged as (

    select
        *,
        coalesce(
            outside_reason,
            case
                when actual_release_date is null then 'not_released'
                when coalesce(housing_at_release, '') not in ('hjemloes', 'herberg') then 'not_homeless'
                when is_shorter_than_notice then 'not_possible'
            end
        ) as not_applicable_reason,
        case when is_moved then 'date_moved' end as own_reason,
        case when is_moved then 'dato_flyttet' end as own_responsible,
        has_come as own_could_act
    from moved

),

{{ rule_outcome(
    'homelessness_notified',
    own=['reason', 'responsible', 'could_act', 'knowable_from', 'channel'],
    evidence=release_evidence() + deadline_days_evidence() + [
        'housing_at_release', 'contact_date', 'contact_id', 'contact_municipality_code', 'contact_channel',
    ],
) }}
