{#
  The two rules about being registered for a home at release, which differ in one thing alone: whether a noted reason is
  accepted. One who is released to a home of their own has what the registration was for. A registration is active on the day judged (release, else the day of assessment) when it was made by then,
  is not deleted by then, and was made or renewed at most `years` before.
#}
{% macro housing_at_release(rule_id, accepts_explanation) -%}
with

cases as (

    select * from {{ ref('int_sentence_cases') }}

),

registrations as (

    select * from {{ ref('int_housing_registrations') }}

),

versions as (

    {{ rule_versions(rule_id, {'years': 'integer'}) }}

),

housed as (

    select
        {{ outcome_keys() }},
        cases.outside_reason,
        cases.has_housing_need,
        cases.has_housing_explanation,
        cases.housing_at_release,
        cases.release_unknown_reason,
        {{ release_evidence_columns() }},
        versions.years,
        min(registrations.registered_date) filter (
            where
            registrations.deleted_date is null
            and {{ years_after('registrations.confirmed_date', 'versions.years') }} >= registrations.judged_on
        ) as active_since_date,
        max({{ years_after('registrations.confirmed_date', 'versions.years') }}) filter (
            where
            registrations.deleted_date is null
            and {{ years_after('registrations.confirmed_date', 'versions.years') }} >= registrations.judged_on
        ) as active_until_date,
        min(registrations.registered_date) as first_registered_date,
        max(registrations.confirmed_date) filter (where registrations.registered_date is not null) as last_confirmed_date,
        max(registrations.deleted_date) filter (where registrations.registered_date is not null) as last_deleted_date,
        min(registrations.registered_afterwards_date) as registered_afterwards_date
    from cases
    left join versions on {{ version_in_force() }}
    left join registrations on cases.case_id = registrations.case_id
    group by all

),

weighed as (

    select
        *,
        case
            when active_since_date is not null then null
            when housing_at_release = 'egen' then 'housed'
            {%- if accepts_explanation %}
            when has_housing_explanation then 'documented'
            {%- endif %}
            when registered_afterwards_date is not null then null
            when first_registered_date is not null then 'lapsed'
            {%- if not accepts_explanation %}
            when has_housing_explanation then 'documented'
            {%- endif %}
            else 'not_registered'
        end as reason_at_release
    from housed

),

judged as (

    select
        *,
        coalesce(outside_reason, case when has_housing_need is not true then 'no_housing_need' end)
            as not_applicable_reason,
        release_unknown_reason as undeterminable_reason,
        release_date as deadline,
        case
            when active_since_date is not null then active_since_date
            when actual_release_date is not null and reason_at_release is null then registered_afterwards_date
        end as event_date,
        case
            when actual_release_date is null then 'pending'
            when active_since_date is not null or reason_at_release = 'housed' then 'met'
            {%- if accepts_explanation %}
            when has_housing_explanation then 'met'
            {%- endif %}
            when registered_afterwards_date is not null then 'late'
            when release_date < as_of then 'missed'
            else 'pending'
        end as own_status,
        case when actual_release_date is not null then reason_at_release end as own_reason,
        case
            when active_since_date is null then next_step
            when active_until_date < release_date then 'renew_registration'
        end as own_next_step,
        coalesce(active_until_date, release_date) as own_next_step_deadline
    from weighed

),

{{ rule_outcome(
    rule_id,
    own=['status', 'reason', 'next_step', 'next_step_deadline'],
    evidence=release_evidence() + [
        'active_since_date', 'active_until_date', 'first_registered_date', 'last_confirmed_date', 'last_deleted_date',
        'registered_afterwards_date', 'housing_at_release', 'has_housing_explanation', 'years',
    ],
) }}
{%- endmacro %}
