{{ config(materialized='view') }}

with

final as (

    select
        target_group,
        name_da,
        numbering,
        status
    from {{ ref('dim_target_group') }}

)

select * from final
