with

municipalities as (

    select * from {{ ref('municipalities') }}

),

meetings as (

    select * from {{ ref('stg_cooperation_meetings') }}

),

run as (

    select * from {{ ref('stg_run') }}

),

versions as (

    {{ rule_versions('meeting_biennial', {'years': 'integer'}) }}

),

limits as (

    select
        run.as_of,
        versions.rule_version,
        versions.years,
        {{ years_before('run.as_of', 'versions.years') }} as oldest_date
    from run
    left join versions on run.as_of between versions.valid_from and versions.valid_to

),

per_municipality as (

    {{ cooperation_meetings_in_time() }}

),

final as (

    select
        'meeting_biennial' as rule_id,
        limits.rule_version,
        municipalities.municipality_code,
        case when per_municipality.invited_date is not null then 'met' else 'missed' end as status,
        case when per_municipality.invited_date is null then 'not_invited' end as reason,
        per_municipality.invited_date as status_date,
        limits.oldest_date,
        limits.years
    from municipalities
    cross join limits
    left join per_municipality on municipalities.municipality_code = per_municipality.municipality_code

)

select * from final
