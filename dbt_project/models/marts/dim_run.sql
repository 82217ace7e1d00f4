with

final as (

    select
        batch_id,
        extract_date,
        as_of,
        source_system,
        is_synthetic,
        code_version,
        build_digest
    from {{ ref('stg_run') }}

)

select * from final
