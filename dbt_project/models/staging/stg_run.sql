with

delivered as (

    select * from {{ source('raw', 'run') }}

),

final as (

    select
        batch_id,
        extract_date,
        as_of,
        source_system,
        is_synthetic,
        code_version,
        build_digest
    from delivered

)

select * from final
