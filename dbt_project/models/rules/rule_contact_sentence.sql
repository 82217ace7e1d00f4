with

cases as (

    select * from {{ ref('int_sentence_cases') }}

),

contacts as (

    select * from {{ ref('int_first_contacts') }}
    where topic = 'handleplan'

),

expected_dates as (

    select * from {{ ref('int_expected_dates') }}

),

versions as (

    {{ rule_versions('contact_sentence', {'days': 'integer', 'years': 'integer', 'short_notice_days': 'integer'}) }}

),

-- The date that was in force when the contact was made (without one, at the release or today) decides, so that a date
-- that moves later never makes a contact late.
dated as (

    select
        {{ outcome_keys() }},
        cases.outside_reason,
        cases.has_action_plan_duty,
        cases.start_date,
        cases.expected_at_start,
        contacts.contact_date,
        contacts.contact_id,
        contacts.municipality_code as contact_municipality_code,
        contacts.channel as contact_channel,
        cases.actual_release_date,
        expected_dates.expected_date as expected_at_contact,
        expected_dates.registered_date as expected_at_contact_registered,
        expected_dates.known_from,
        versions.days,
        versions.years,
        versions.short_notice_days,
        cases.expected_at_start < {{ years_after('cases.start_date', 'versions.years') }} as is_within_days
    from cases
    left join versions on {{ version_in_force() }}
    left join contacts on cases.case_id = contacts.case_id
    left join expected_dates
        on
            {{ in_force_on(
                'expected_dates', 'coalesce(contacts.contact_date, cases.actual_release_date, cases.as_of)'
            ) }}

),

judged as (

    select
        *,
        coalesce(outside_reason, case when has_action_plan_duty is not true then 'no_action_plan_duty' end)
            as not_applicable_reason,
        case when expected_at_start is null then 'no_expected_release' end as undeterminable_reason,
        case
            when is_within_days then start_date + days
            else greatest({{ years_before('expected_at_contact', 'years') }}, known_from)
        end as deadline,
        contact_date as event_date,
        case when is_within_days then start_date else known_from end as knowable_from,
        case when is_within_days then 'within_28_days' else 'one_year_before' end as own_reason,
        is_within_days as own_counts_forward,
        contact_channel as own_channel
    from dated

),

{{ rule_outcome(
    'contact_sentence',
    own=['reason', 'knowable_from', 'counts_forward', 'channel'],
    evidence=[
        'start_date', 'expected_at_start', 'actual_release_date', 'contact_date', 'contact_id', 'contact_municipality_code', 'contact_channel',
        'expected_at_contact', 'expected_at_contact_registered', 'days', 'years',
    ],
) }}
