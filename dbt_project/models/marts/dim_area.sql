with

final as (

    select
        area,
        min(valid_from) as valid_from,
        max(valid_to) as valid_to
    from {{ ref('municipality_areas') }}
    group by area

)

select * from final
