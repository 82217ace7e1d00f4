{{ config(materialized='view') }}

with

final as (

    select
        batch_id,
        extract_date,
        as_of,
        source_system,
        is_synthetic,
        code_version,
        earlier_publications
    from {{ ref('dim_run') }}

)

select * from final
