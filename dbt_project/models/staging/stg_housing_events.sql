with

delivered as (

    select * from {{ source('raw', 'bolighaendelser') }}

),

final as (

    select
        haendelse_id as event_id,
        opskrivning_id as registration_id,
        sags_id as case_id,
        try_cast(dato as date) as event_date,
        haendelse as event_kind,
        udlejer_art as landlord_kind
    from delivered

)

select * from final
