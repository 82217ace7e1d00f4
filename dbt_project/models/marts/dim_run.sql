with

earlier as (

    select count(distinct publication_id) as earlier_publications from {{ ref('stg_earlier_figures') }}

),

final as (

    select
        run.batch_id,
        run.extract_date,
        run.as_of,
        run.source_system,
        run.is_synthetic,
        run.code_version,
        run.build_digest,
        earlier.earlier_publications
    from {{ ref('stg_run') }} as run
    cross join earlier

)

select * from final
