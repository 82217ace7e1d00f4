{{ config(materialized='view') }}

with

compliance as (

    select * from {{ ref('fct_compliance') }}

),

rules as (

    select distinct
        rule_id,
        rule_fingerprint
    from {{ ref('dim_rule') }}

),

run as (

    select * from {{ ref('dim_run') }}

),

final as (

    select
        run.as_of,
        compliance.level,
        compliance.unit_code,
        compliance.period_type,
        compliance.period,
        compliance.rule_id,
        compliance.due,
        compliance.met,
        compliance.late,
        compliance.missed,
        compliance.own_due,
        compliance.own_met,
        rules.rule_fingerprint as rule_version,
        run.code_version,
        run.batch_id
    from compliance
    cross join run
    left join rules on compliance.rule_id = rules.rule_id

)

select * from final
