{{ config(meta={'dagster': {'ref': {'name': 'fct_compliance'}}}) }}

-- Also where nothing was due: a unit that is silent must still be seen.
with

compliance as (

    select * from {{ ref('fct_compliance') }}

),

units as (

    select
        level,
        unit_code
    from {{ ref('int_units') }}
    where level in ('national', 'municipality', 'institution')

),

periods as (

    select distinct
        period_type,
        period
    from {{ ref('int_period_quarters') }}

),

rules as (

    select distinct rule_id
    from {{ ref('dim_rule') }}
    where case_types <> 'unit' and not restricted

),

final as (

    select
        units.level,
        units.unit_code,
        periods.period_type,
        periods.period,
        rules.rule_id,
        count(compliance.due) as rows_found
    from units
    cross join periods
    cross join rules
    left join compliance
        on
            units.level = compliance.level
            and units.unit_code = compliance.unit_code
            and periods.period_type = compliance.period_type
            and periods.period = compliance.period
            and rules.rule_id = compliance.rule_id
    group by all
    having count(compliance.due) <> 1

)

select * from final
