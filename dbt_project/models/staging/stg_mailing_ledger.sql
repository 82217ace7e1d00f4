with

delivered as (

    select * from {{ source('raw', 'mailing_ledger') }}

),

final as (

    select
        quarter,
        municipality_code,
        state,
        state_date
    from delivered

)

select * from final
