{{ config(schema='restricted') }}

with

delivered as (

    select * from {{ source('restricted', 'infohus') }}

),

final as (

    select
        sags_id as case_id,
        try_cast(markeret as date) as marked_date,
        try_cast(underrettet as date) as notified_date
    from delivered

)

select * from final
