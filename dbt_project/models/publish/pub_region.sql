{{ config(materialized='view') }}

with

final as (

    select
        region_code,
        name,
        valid_from,
        valid_to
    from {{ ref('dim_region') }}

)

select * from final
