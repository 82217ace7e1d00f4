{{ config(materialized='view') }}

with

final as (

    select
        municipality_code,
        municipality_name,
        region_code,
        area,
        agreement_status,
        agreement_reason,
        agreement_updated_date,
        meetings_invited,
        meetings_attended,
        meetings_with_police,
        meetings_police_stated,
        latest_invited_date,
        latest_attended_date,
        mailed_quarter,
        mailing_status,
        mailing_reason,
        mailing_date
    from {{ ref('fct_cooperation') }}

)

select * from final
