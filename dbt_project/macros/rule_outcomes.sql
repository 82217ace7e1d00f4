{#
  All outcomes of one kind of rule, each with the municipality in force on its deadline (today, when that is later or
  there is none) and the region and area of that municipality on the same day.
#}
{% macro rule_outcomes(kind) -%}
with

outcomes as (

    {%- for model in rule_models(kind) %}
    select
        case_id,
        case_type,
        rule_id,
        rule_version,
        status,
        deadline,
        event_date,
        knowable_from,
        days_margin,
        days_available,
        short_notice,
        reason,
        responsible,
        is_counted_forward,
        channel,
        step
    from {{ ref(model) }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}

),

cases as (

    select * from {{ ref('int_cases') }}

),

municipalities as (

    select * from {{ ref('int_municipalities_in_force') }}

),

memberships as (

    select * from {{ ref('dim_municipality') }}

),

working_days as (

    select * from {{ ref('int_working_days') }}

),

run as (

    select * from {{ ref('stg_run') }}

),

placed as (

    select
        outcomes.*,
        cases.institution_code,
        cases.target_group,
        run.as_of,
        run.batch_id,
        least(coalesce(outcomes.deadline, run.as_of), run.as_of) as placed_on
    from outcomes
    left join cases on outcomes.case_id = cases.case_id and outcomes.case_type = cases.case_type
    cross join run

),

final as (

    select
        placed.case_id,
        placed.case_type,
        placed.rule_id,
        placed.status,
        placed.deadline,
        placed.event_date,
        placed.knowable_from,
        case
            when placed.is_counted_forward then coalesce(working_days.working_day, placed.deadline)
        end as deadline_working_day,
        placed.days_margin,
        placed.days_available,
        placed.short_notice,
        placed.reason,
        placed.responsible,
        municipalities.municipality_code,
        memberships.region_code,
        memberships.area,
        placed.institution_code,
        placed.target_group,
        placed.as_of,
        placed.batch_id,
        placed.rule_version,
        placed.channel,
        placed.step
    from placed
    left join municipalities
        on
            placed.case_id = municipalities.case_id
            and placed.placed_on >= municipalities.in_force_from
            and placed.placed_on < municipalities.in_force_until
    left join memberships
        on
            municipalities.municipality_code = memberships.code
            and placed.placed_on between memberships.valid_from and memberships.valid_to
    left join working_days on placed.deadline = working_days.day and placed.is_counted_forward

)

select * from final
{%- endmacro %}
