with

delivered as (

    select * from {{ source('raw', 'loesladelsesdatoer') }}

),

final as (

    select
        sags_id as case_id,
        try_cast(registreret as date) as registered_date,
        try_cast(forventet_proeveloesladelse as date) as expected_parole_date,
        try_cast(forventet_loesladelse as date) as expected_end_date
    from delivered

)

select * from final
