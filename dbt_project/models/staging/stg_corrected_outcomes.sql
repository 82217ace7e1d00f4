with

delivered as (

    select * from {{ source('raw', 'corrected_outcomes') }}

),

final as (

    select
        reply_id,
        case_id,
        rule_id,
        deadline_before,
        decided_on
    from delivered

)

select * from final
