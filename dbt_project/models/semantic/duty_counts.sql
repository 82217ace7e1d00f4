{{ config(materialized='view') }}

with

compliance as (

    select * from {{ ref('fct_compliance') }}
    where period_type = 'quarter'

),

rules as (

    select distinct rule_id
    from {{ ref('dim_rule') }}
    where not restricted

),

municipalities as (

    select
        compliance.period as quarter,
        compliance.unit_code as municipality_code,
        compliance.rule_id,
        compliance.due,
        compliance.met,
        compliance.late,
        compliance.missed,
        compliance.own_due,
        compliance.own_met
    from compliance
    inner join rules on compliance.rule_id = rules.rule_id
    where compliance.level = 'municipality'

),

summed as (

    select
        quarter,
        rule_id,
        sum(due) as due,
        sum(met) as met,
        sum(late) as late,
        sum(missed) as missed,
        sum(own_due) as own_due,
        sum(own_met) as own_met
    from municipalities
    group by quarter, rule_id

),

-- What is the nation's and no municipality's: without this row a sum over the municipalities would not be the nation.
unknown as (

    select
        compliance.period as quarter,
        'ukendt' as municipality_code,
        compliance.rule_id,
        compliance.due - coalesce(summed.due, 0) as due,
        compliance.met - coalesce(summed.met, 0) as met,
        compliance.late - coalesce(summed.late, 0) as late,
        compliance.missed - coalesce(summed.missed, 0) as missed,
        compliance.own_due - coalesce(summed.own_due, 0) as own_due,
        compliance.own_met - coalesce(summed.own_met, 0) as own_met
    from compliance
    inner join rules on compliance.rule_id = rules.rule_id
    left join summed
        on
            compliance.period = summed.quarter
            and compliance.rule_id = summed.rule_id
    where compliance.level = 'national'

),

together as (

    select * from municipalities
    union all
    select * from unknown

),

final as (

    select
        quarter,
        municipality_code,
        rule_id,
        cast(due as bigint) as due,
        cast(met as bigint) as met,
        cast(late as bigint) as late,
        cast(missed as bigint) as missed,
        cast(own_due as bigint) as own_due,
        cast(own_met as bigint) as own_met
    from together

)

select * from final
