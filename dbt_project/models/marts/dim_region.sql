with

final as (

    select
        region_code,
        name,
        valid_from,
        valid_to
    from {{ ref('regions') }}

)

select * from final
