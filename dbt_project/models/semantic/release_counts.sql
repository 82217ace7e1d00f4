{{ config(materialized='view') }}

with

summary as (

    select * from {{ ref('fct_release_summary') }}
    where
        period_type = 'quarter'
        and dimension = 'all'

),

municipalities as (

    select
        period as quarter,
        unit_code as municipality_code,
        releases,
        with_core_due,
        whole_releases
    from summary
    where level = 'municipality'

),

summed as (

    select
        quarter,
        sum(releases) as releases,
        sum(with_core_due) as with_core_due,
        sum(whole_releases) as whole_releases
    from municipalities
    group by quarter

),

-- What is the nation's and no municipality's: without this row a sum over the municipalities would not be the nation.
unknown as (

    select
        summary.period as quarter,
        'ukendt' as municipality_code,
        summary.releases - coalesce(summed.releases, 0) as releases,
        summary.with_core_due - coalesce(summed.with_core_due, 0) as with_core_due,
        summary.whole_releases - coalesce(summed.whole_releases, 0) as whole_releases
    from summary
    left join summed on summary.period = summed.quarter
    where summary.level = 'national'

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
        cast(releases as bigint) as releases,
        cast(with_core_due as bigint) as with_core_due,
        cast(whole_releases as bigint) as whole_releases
    from together

)

select * from final
