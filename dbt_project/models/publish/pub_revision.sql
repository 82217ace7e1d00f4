{{ config(materialized='view') }}

with

final as (

    select * from {{ ref('fct_revision') }}

)

select * from final
