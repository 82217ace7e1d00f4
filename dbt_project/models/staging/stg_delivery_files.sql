with

delivered as (

    select * from {{ source('raw', 'delivery_files') }}

),

final as (

    select
        batch_id,
        file,
        rows,
        loaded,
        quarantined
    from delivered

)

select * from final
