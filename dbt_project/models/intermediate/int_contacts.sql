with

contacts as (

    select * from {{ ref('stg_contacts') }}

),

run as (

    select * from {{ ref('stg_run') }}

),

final as (

    select contacts.*
    from contacts
    inner join run on contacts.contact_date <= run.as_of

)

select * from final
