with

delivered as (

    select * from {{ source('raw', 'handlekommuner') }}

),

-- A row that only the municipality had; of two about one day the one decided last.
claimed as (

    select
        row_key,
        case_id,
        max(value) filter (where column_name = 'gyldig_fra') as valid_from,
        max(value) filter (where column_name = 'kommunekode') as municipality_code,
        max(correction_id) as correction_id
    from {{ ref('stg_corrections') }}
    where table_name = 'handlekommuner' and state = 'counts'
    group by row_key, case_id

),

added as (

    select * from claimed
    qualify row_number() over (partition by case_id, valid_from order by correction_id desc) = 1

),

together as (

    select
        delivered.sags_id as case_id,
        delivered.gyldig_fra as valid_from,
        delivered.kommunekode as municipality_code
    from delivered
    anti join added on delivered.sags_id = added.case_id and delivered.gyldig_fra = added.valid_from
    union all
    select
        case_id,
        valid_from,
        municipality_code
    from added

),

final as (

    select
        case_id,
        try_cast(valid_from as date) as valid_from,
        municipality_code
    from together

)

select * from final
