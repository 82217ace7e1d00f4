with

final as (

    select
        target_group,
        name_da,
        numbering,
        status
    from {{ ref('target_groups') }}

)

select * from final
