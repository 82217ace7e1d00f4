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
        responsible_dato_flyttet
    from {{ ref('fct_compliance') }}

)

select * from final
