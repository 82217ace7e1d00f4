with

versions as (

    {{ rule_versions('release_advanced', {'last_weekday': 'integer', 'public_holidays_advance': 'boolean'}) }}

),

holidays as (

    select * from {{ ref('holidays') }}
    where kind = 'public_holiday'

),

days as (

    select cast(days.day as date) as day
    from {{ dates_from("date '1900-01-01'", "date '2101-12-31'", 'interval 1 day') }} as days (day)

),

-- The nearest day before, or the day itself, on which a release may lie.
advanced as (

    select
        versions.rule_version,
        days.day,
        max(
            case
                when
                    {{ iso_weekday('days.day') }} <= versions.last_weekday
                    and not (versions.public_holidays_advance and holidays.holiday_date is not null)
                    then days.day
            end
        ) over (partition by versions.rule_version order by days.day) as advanced_day
    from days
    cross join versions
    left join holidays on days.day = holidays.holiday_date

),

final as (

    select *
    from advanced
    where advanced_day <> day

)

select * from final
