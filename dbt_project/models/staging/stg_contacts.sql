with

delivered as (

    select * from {{ source('raw', 'kommunekontakter') }}

),

final as (

    select
        kontakt_id as contact_id,
        sags_id as case_id,
        try_cast(dato as date) as contact_date,
        retning as direction,
        emne as topic,
        kommunekode as municipality_code,
        kanal as channel,
        {{ flag('klient_orienteret') }} as is_client_informed
    from delivered

)

select * from final
