with

holidays as (

    select * from {{ ref('holidays') }}

),

days as (

    select cast(days.generate_series as date) as day
    from generate_series(date '1900-01-01', date '2102-01-31', interval 1 day) as days

),

final as (

    select
        days.day,
        min(case when isodow(days.day) <= 5 and holidays.holiday_date is null then days.day end)
            over (order by days.day rows between current row and unbounded following) as working_day
    from days
    left join holidays on days.day = holidays.holiday_date

)

select * from final
