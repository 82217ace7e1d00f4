{{ config(meta={'dagster': {'ref': {'name': 'pub_breakdown'}}}) }}

-- The duties shown apart for short notice and the rest are together those of the figures.
with

breakdown as (

    select * from {{ ref('pub_breakdown') }}

),

compliance as (

    select * from {{ ref('fct_compliance') }}

),

apart as (

    select
        level,
        unit_code,
        rule_id,
        period,
        sum(due) as due,
        sum(met) as met,
        coalesce(sum(due) filter (where value = 'short'), 0) as short_notice_due
    from breakdown
    where dimension = 'notice'
    group by all

),

final as (

    select
        apart.*,
        compliance.due as due_of_all,
        compliance.met as met_of_all,
        compliance.short_notice_due as short_notice_due_of_all
    from apart
    left join compliance
        on
            apart.level = compliance.level
            and apart.unit_code = compliance.unit_code
            and apart.rule_id = compliance.rule_id
            and apart.period = compliance.period
            and compliance.period_type = 'rolling4'
    where
        (apart.due, apart.met, apart.short_notice_due)
        is distinct from (compliance.due, compliance.met, compliance.short_notice_due)

)

select * from final
