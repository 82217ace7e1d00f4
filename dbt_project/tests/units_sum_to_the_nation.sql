{{ config(meta={'dagster': {'ref': {'name': 'fct_compliance'}}}) }}

-- Municipalities, regions, areas and institutions are each, with those of unknown municipality, the nation.
with

rules as (

    select distinct
        rule_id,
        restricted
    from {{ ref('dim_rule') }}

),

compliance as (

    select
        compliance.*,
        rules.restricted
    from {{ ref('fct_compliance') }} as compliance
    inner join rules on compliance.rule_id = rules.rule_id

),

unknown as (

    select
        outcomes.rule_id,
        period_quarters.period_type,
        period_quarters.period,
        count(*) as due,
        count(*) filter (where outcomes.status = 'met') as met
    from {{ ref('fct_rule_outcome') }} as outcomes
    inner join {{ ref('int_period_quarters') }} as period_quarters
        on date_trunc('quarter', outcomes.deadline) = period_quarters.quarter_start
    where {{ is_due() }} and outcomes.municipality_code is null
    group by all

),

summed as (

    select
        rule_id,
        period_type,
        period,
        level,
        sum(due) as due,
        sum(met) as met
    from compliance
    where not restricted
    group by all

),

final as (

    select summed.*
    from summed
    inner join summed as nation
        on
            summed.rule_id = nation.rule_id
            and summed.period_type = nation.period_type
            and summed.period = nation.period
            and nation.level = 'national'
    left join unknown
        on
            summed.rule_id = unknown.rule_id
            and summed.period_type = unknown.period_type
            and summed.period = unknown.period
            and summed.level <> 'national'
    where
        summed.due + coalesce(unknown.due, 0) <> nation.due
        or summed.met + coalesce(unknown.met, 0) <> nation.met

)

select * from final
