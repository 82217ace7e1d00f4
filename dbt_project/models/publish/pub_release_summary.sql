{{ config(materialized='view') }}

with

summary as (

    select * from {{ ref('fct_release_summary') }}

),

periods as (

    select distinct
        period_type,
        period,
        is_complete
    from {{ ref('int_period_quarters') }}

),

final as (

    select
        summary.level,
        summary.unit_code,
        summary.period_type,
        summary.period,
        periods.is_complete,
        summary.dimension,
        summary.value,
        summary.releases,
        summary.with_core_due,
        summary.whole_releases,
        summary.core_due,
        summary.core_met
    from summary
    left join periods on summary.period_type = periods.period_type and summary.period = periods.period

)

select * from final
