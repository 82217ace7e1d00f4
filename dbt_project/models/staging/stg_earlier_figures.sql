with

delivered as (

    select * from {{ source('raw', 'earlier_figures') }}

),

final as (

    select
        publication_id,
        publication_number,
        as_of,
        level,
        unit_code,
        period_type,
        period,
        rule_id,
        due,
        met,
        late,
        missed,
        own_due,
        own_met,
        rule_version,
        code_version,
        batch_id
    from delivered

)

select * from final
