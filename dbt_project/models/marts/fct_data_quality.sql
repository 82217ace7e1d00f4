with

files as (

    select * from {{ ref('stg_delivery_files') }}

),

faults as (

    select * from {{ ref('stg_delivery_faults') }}

),

final as (

    select
        batch_id,
        file,
        'file' as kind,
        null as reason,
        rows,
        loaded,
        quarantined,
        rows as count
    from files
    union all
    select
        batch_id,
        file,
        kind,
        reason,
        null as rows,
        null as loaded,
        null as quarantined,
        count
    from faults

)

select * from final
