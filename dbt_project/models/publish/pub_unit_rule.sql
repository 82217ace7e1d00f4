{{ config(materialized='view') }}

with

final as (

    select
        'municipality' as level,
        unit as unit_code,
        unit_name,
        rule_id,
        status,
        reason,
        date,
        region_code,
        area
    from {{ ref('fct_unit_rule') }}

)

select * from final
