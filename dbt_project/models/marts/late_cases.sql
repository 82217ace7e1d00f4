with

outcomes as (

    select * from {{ ref('fct_rule_outcome') }}

),

rules as (

    select * from {{ ref('dim_rule') }}

),

final as (

    select
        outcomes.case_id,
        outcomes.case_type,
        outcomes.rule_id,
        outcomes.status,
        rules.norm,
        outcomes.deadline,
        outcomes.event_date,
        outcomes.days_margin,
        outcomes.reason,
        outcomes.responsible,
        outcomes.could_act,
        outcomes.event_after_release,
        outcomes.step,
        outcomes.short_notice,
        outcomes.municipality_code,
        outcomes.region_code,
        outcomes.area,
        outcomes.institution_code,
        outcomes.as_of,
        outcomes.batch_id
    from outcomes
    left join rules on outcomes.rule_id = rules.rule_id and outcomes.rule_version = rules.version
    where
        outcomes.status in ('late', 'missed')
        and outcomes.deadline >= date_trunc('quarter', outcomes.as_of) - interval 9 month
        and outcomes.deadline < date_trunc('quarter', outcomes.as_of) + interval 3 month

)

select * from final
order by deadline desc, rule_id asc, case_id asc, case_type asc
