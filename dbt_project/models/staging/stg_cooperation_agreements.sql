with

delivered as (

    select * from {{ source('raw', 'samarbejdsaftaler') }}

),

final as (

    select
        kommunekode as municipality_code,
        try_cast(opdateret as date) as updated_date,
        postkasse as mailbox_address,
        kontakt_mail as contact_mail_address,
        kontakt_telefon as contact_phone
    from delivered

)

select * from final
