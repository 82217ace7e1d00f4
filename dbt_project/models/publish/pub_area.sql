{{ config(materialized='view') }}

with

final as (

    select
        area,
        valid_from,
        valid_to
    from {{ ref('dim_area') }}

)

select * from final
