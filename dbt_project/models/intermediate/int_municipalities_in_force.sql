with

municipalities as (

    select * from {{ ref('stg_responsible_municipalities') }}

),

run as (

    select * from {{ ref('stg_run') }}

),

known as (

    select
        municipalities.case_id,
        municipalities.municipality_code,
        municipalities.valid_from,
        row_number() over in_order = 1 as is_first,
        lead(municipalities.valid_from, 1, date '9999-12-31') over in_order as in_force_until
    from municipalities
    inner join run on municipalities.valid_from <= run.as_of
    window in_order as (partition by municipalities.case_id order by municipalities.valid_from)

),

final as (

    select
        case_id,
        municipality_code,
        valid_from,
        is_first,
        case when is_first then date '0001-01-01' else valid_from end as in_force_from,
        in_force_until
    from known

)

select * from final
