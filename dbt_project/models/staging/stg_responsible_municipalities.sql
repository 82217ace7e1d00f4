with

delivered as (

    select * from {{ source('raw', 'handlekommuner') }}

),

final as (

    select
        sags_id as case_id,
        try_cast(gyldig_fra as date) as valid_from,
        kommunekode as municipality_code
    from delivered

)

select * from final
