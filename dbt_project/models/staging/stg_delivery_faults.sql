with

delivered as (

    select * from {{ source('raw', 'delivery_faults') }}

),

final as (

    select
        batch_id,
        file,
        kind,
        reason,
        count
    from delivered

)

select * from final
