with

undeterminable as (
    {{ outcomes_by_level(['rule_id', 'reason'], "status = 'undeterminable'") }}

),

run as (

    select * from {{ ref('stg_run') }}

),

year_figures as (

    select compliance.*
    from {{ ref('fct_compliance') }} as compliance
    cross join run
    where
        compliance.period_type = 'rolling4'
        and compliance.period = {{ leading_quarter('run.as_of') }}

),

counted as (

    select
        level,
        unit_code,
        rule_id,
        reason,
        count(*) as count,
        sum(count(*)) over (partition by level, unit_code, rule_id) as undeterminable
    from undeterminable
    group by level, unit_code, rule_id, reason

),

-- As if every case that cannot be judged had fallen due in the rolling year: the widest that the rate could be.
final as (

    select
        counted.level,
        counted.unit_code,
        counted.rule_id,
        counted.reason,
        counted.count,
        cast(counted.undeterminable as bigint) as undeterminable,
        coalesce(year_figures.due, 0) as due,
        coalesce(year_figures.met, 0) as met,
        counted.undeterminable / (coalesce(year_figures.due, 0) + counted.undeterminable) as share_undeterminable,
        coalesce(year_figures.met, 0) / (coalesce(year_figures.due, 0) + counted.undeterminable) as rate_lowest,
        (coalesce(year_figures.met, 0) + counted.undeterminable)
        / (coalesce(year_figures.due, 0) + counted.undeterminable) as rate_highest
    from counted
    left join year_figures
        on
            counted.level = year_figures.level
            and counted.unit_code = year_figures.unit_code
            and counted.rule_id = year_figures.rule_id

)

select * from final
