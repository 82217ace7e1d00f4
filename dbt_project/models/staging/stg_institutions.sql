with

delivered as (

    select * from {{ source('raw', 'institutioner') }}

),

final as (

    select
        institution_kode as institution_code,
        navn as name,
        art as kind,
        omraade as area,
        adresse as street_address,
        postnr as postal_code,
        delivered.by as city,
        telefon as phone,
        mail as mail_address
    from delivered

)

select * from final
