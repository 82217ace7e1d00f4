{{ config(materialized='view') }}

with

final as (

    select
        institution_code,
        name,
        kind,
        area,
        street_address,
        postal_code,
        city,
        phone,
        mail_address
    from {{ ref('dim_institution') }}

)

select * from final
