-- Each split of the releases is all of them, and a whole release has something due.
with

summary as (

    select * from {{ ref('fct_release_summary') }}

),

totals as (

    select
        level,
        unit_code,
        period_type,
        period,
        dimension,
        sum(releases) as releases,
        sum(with_core_due) as with_core_due,
        sum(whole_releases) as whole_releases,
        sum(core_due) as core_due,
        sum(core_met) as core_met
    from summary
    group by all

),

final as (

    select totals.*
    from totals
    inner join totals as every_release
        on
            totals.level = every_release.level
            and totals.unit_code = every_release.unit_code
            and totals.period_type = every_release.period_type
            and totals.period = every_release.period
            and every_release.dimension = 'all'
    where
        (totals.releases, totals.with_core_due, totals.whole_releases, totals.core_due, totals.core_met)
        is distinct from (
            every_release.releases, every_release.with_core_due, every_release.whole_releases, every_release.core_due,
            every_release.core_met
        )
        or totals.whole_releases > totals.with_core_due
        or totals.with_core_due > totals.releases
        or totals.core_met > totals.core_due

)

select * from final
