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
        count as affected_rows
    from {{ ref('fct_data_quality') }}

)

select * from final
