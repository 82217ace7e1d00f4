{{ config(materialized='view') }}

with

final as (

    select
        code as municipality_code,
        name,
        region_code,
        region_name,
        area,
        valid_from,
        valid_to,
        area_status
    from {{ ref('dim_municipality') }}

)

select * from final
