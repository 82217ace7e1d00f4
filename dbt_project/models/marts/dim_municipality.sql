with

municipalities as (

    select * from {{ ref('municipalities') }}

),

municipality_regions as (

    select * from {{ ref('municipality_regions') }}

),

regions as (

    select * from {{ ref('regions') }}

),

municipality_areas as (

    select * from {{ ref('municipality_areas') }}

),

-- A row for each stretch of time in which neither the region nor the area of the municipality changes.
final as (

    select
        municipalities.municipality_code as code,
        municipalities.name,
        regions.region_code,
        regions.name as region_name,
        municipality_areas.area,
        greatest(municipality_regions.valid_from, municipality_areas.valid_from) as valid_from,
        least(municipality_regions.valid_to, municipality_areas.valid_to) as valid_to,
        municipality_areas.status as area_status
    from municipalities
    left join municipality_regions on municipalities.municipality_code = municipality_regions.municipality_code
    left join regions on municipality_regions.region_key = regions.region_key
    left join municipality_areas
        on
            municipalities.municipality_code = municipality_areas.municipality_code
            and municipality_regions.valid_from <= municipality_areas.valid_to
            and municipality_regions.valid_to >= municipality_areas.valid_from

)

select * from final
