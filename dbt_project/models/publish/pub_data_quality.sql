{{ config(materialized='view') }}

with

final as (

    select
        batch_id,
        file,
        kind,
        reason,
        rows,
        loaded,
        quarantined,
        count
    from {{ ref('fct_data_quality') }}

)

select * from final
