{{ config(materialized='view') }}

with

final as (

    select
        level,
        unit_code,
        period_type,
        period,
        is_complete,
        rule_id,
        due,
        met,
        late,
        missed,
        rate,
        rate_low,
        rate_high,
        median_days_margin,
        short_notice_due,
        responsible_kriminalforsorgen,
        responsible_kommune,
        responsible_dato_flyttet,
        responsible_kort_tid,
        own_due,
        own_met,
        own_rate,
        own_rate_low,
        own_rate_high,
        after_release,
        met_after_release,
        in_time_on_working_day
    from {{ ref('fct_compliance') }}

)

select * from final
