with

contacts as (

    select * from {{ ref('int_contacts') }}
    where direction = 'ud'

),

municipalities as (

    select * from {{ ref('int_municipalities_in_force') }}

),

qualifying as (

    select contacts.*
    from contacts
    left join municipalities
        on
            contacts.case_id = municipalities.case_id
            and contacts.contact_date >= municipalities.in_force_from
            and contacts.contact_date < municipalities.in_force_until
    where municipalities.case_id is null or contacts.municipality_code = municipalities.municipality_code

),

final as (

    select
        case_id,
        topic,
        contact_date,
        contact_id,
        municipality_code,
        channel
    from qualifying
    qualify row_number() over (partition by case_id, topic order by contact_date, contact_id) = 1

)

select * from final
