{#
  All outcomes of one kind of rule, each with the municipality that was asked, else the one in force on its deadline
  (today, when that is later or there is none), and the region and area of that municipality on the same day.
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
        could_act,
        answering_municipality_code,
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
        cases.actual_release_date,
        run.as_of,
        run.batch_id,
        least(coalesce(outcomes.deadline, run.as_of), run.as_of) as placed_on
    from outcomes
    left join cases on outcomes.case_id = cases.case_id and outcomes.case_type = cases.case_type
    cross join run

),

answering as (

    select
        placed.*,
        coalesce(placed.answering_municipality_code, municipalities.municipality_code) as municipality_code
    from placed
    left join municipalities
        on
            placed.case_id = municipalities.case_id
            and placed.placed_on >= municipalities.in_force_from
            and placed.placed_on < municipalities.in_force_until

),

final as (

    select
        answering.case_id,
        answering.case_type,
        answering.rule_id,
        answering.status,
        answering.deadline,
        answering.event_date,
        answering.knowable_from,
        case
            when answering.is_counted_forward then coalesce(working_days.working_day, answering.deadline)
        end as deadline_working_day,
        answering.days_margin,
        answering.days_available,
        answering.short_notice,
        answering.reason,
        answering.responsible,
        answering.could_act,
        answering.event_date > answering.actual_release_date as event_after_release,
        answering.municipality_code,
        memberships.region_code,
        memberships.area,
        answering.institution_code,
        answering.target_group,
        answering.as_of,
        answering.batch_id,
        answering.rule_version,
        answering.channel,
        answering.step
    from answering
    left join memberships
        on
            answering.municipality_code = memberships.code
            and answering.placed_on between memberships.valid_from and memberships.valid_to
    left join working_days on answering.deadline = working_days.day and answering.is_counted_forward

)

select * from final
{%- endmacro %}
