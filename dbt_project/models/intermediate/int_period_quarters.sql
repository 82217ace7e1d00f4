with

run as (

    select * from {{ ref('stg_run') }}

),

-- The quarters shown, and the three before them that the first rolling windows reach back to.
quarters as (

    select cast(quarters.quarter_start as date) as quarter_start
    from
        run,
        lateral {{ dates_from(
            'make_date(year(run.as_of) - 5, 1, 1)', "cast(date_trunc('quarter', run.as_of) as date)", 'interval 3 month'
        ) }} as quarters (quarter_start)

),

windows as (

    select
        'quarter' as period_type,
        year(quarter_start) || '-Q' || quarter(quarter_start) as period,
        quarter_start as first_day,
        cast(quarter_start + interval 3 month - interval 1 day as date) as last_day
    from quarters
    union all
    select
        'rolling4' as period_type,
        year(quarter_start) || '-Q' || quarter(quarter_start) as period,
        cast(quarter_start - interval 9 month as date) as first_day,
        cast(quarter_start + interval 3 month - interval 1 day as date) as last_day
    from quarters
    union all
    select distinct
        'year' as period_type,
        cast(year(quarter_start) as string) as period,
        cast(date_trunc('year', quarter_start) as date) as first_day,
        make_date(year(quarter_start), 12, 31) as last_day
    from quarters

),

final as (

    select
        windows.period_type,
        windows.period,
        windows.first_day,
        windows.last_day,
        run.as_of > windows.last_day as is_complete,
        cast(inner_quarters.quarter_start as date) as quarter_start
    from
        run,
        windows,
        lateral {{ dates_from('windows.first_day', 'windows.last_day', 'interval 3 month') }}
            as inner_quarters (quarter_start)

)

select * from final
