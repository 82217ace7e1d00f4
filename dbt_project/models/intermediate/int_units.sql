with

memberships as (

    select * from {{ ref('dim_municipality') }}

),

regions as (

    select * from {{ ref('regions') }}

),

institutions as (

    select * from {{ ref('stg_institutions') }}

),

final as (

    select
        'national' as level,
        'DK' as unit_code,
        'Hele landet' as name,
        date '1900-01-01' as valid_from,
        date '9999-12-31' as valid_to
    union all
    select
        'area' as level,
        area as unit_code,
        'Kriminalforsorgen ' || area as name,
        min(valid_from) as valid_from,
        max(valid_to) as valid_to
    from memberships
    group by area
    union all
    select
        'region' as level,
        region_code as unit_code,
        max_by(name, valid_to) as name,
        min(valid_from) as valid_from,
        max(valid_to) as valid_to
    from regions
    group by region_code
    union all
    select
        'municipality' as level,
        code as unit_code,
        max_by(name, valid_to) as name,
        min(valid_from) as valid_from,
        max(valid_to) as valid_to
    from memberships
    group by code
    union all
    select
        'institution' as level,
        institution_code as unit_code,
        name,
        date '1900-01-01' as valid_from,
        date '9999-12-31' as valid_to
    from institutions

)

select * from final
