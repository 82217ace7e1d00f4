with

holidays as (

    select * from {{ ref('holidays') }}

),

days as (

    select cast(days.day as date) as day
    from {{ dates_from("date '1900-01-01'", "date '2102-01-31'", 'interval 1 day') }} as days (day)

),

final as (

    select
        days.day,
        min(case when {{ iso_weekday('days.day') }} <= 5 and holidays.holiday_date is null then days.day end)
            over (order by days.day desc rows between unbounded preceding and current row) as working_day
    from days
    left join holidays on days.day = holidays.holiday_date

)

select * from final
