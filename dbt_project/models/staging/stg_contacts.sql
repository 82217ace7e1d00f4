with

{{ corrected(
    'kommunekontakter',
    key='kontakt_id',
    columns=['dato', 'retning', 'emne', 'kommunekode', 'kanal', 'klient_orienteret'],
) }}

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
    from corrected

)

select * from final
