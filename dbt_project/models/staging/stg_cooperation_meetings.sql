with

delivered as (

    select * from {{ source('raw', 'samarbejdsmoeder') }}

),

final as (

    select
        moede_id as meeting_id,
        try_cast(dato as date) as meeting_date,
        omraade as delivered_area,
        kommunekode as municipality_code,
        {{ flag('kommune_deltog') }} as did_municipality_attend,
        {{ flag('politi_deltog') }} as did_police_attend
    from delivered

)

select * from final
