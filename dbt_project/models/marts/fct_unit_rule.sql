with

outcomes as (

    {%- for model in rule_models('municipality') %}
    select
        rule_id,
        rule_version,
        municipality_code,
        status,
        reason,
        status_date
    from {{ ref(model) }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}

),

run as (

    select * from {{ ref('stg_run') }}

),

memberships as (

    select * from {{ ref('dim_municipality') }}

),

final as (

    select
        outcomes.rule_id,
        outcomes.municipality_code as unit,
        memberships.name as unit_name,
        outcomes.status,
        outcomes.reason,
        outcomes.status_date as date,
        memberships.region_code,
        memberships.area,
        run.as_of,
        run.batch_id,
        outcomes.rule_version
    from outcomes
    cross join run
    left join memberships
        on
            outcomes.municipality_code = memberships.code
            and run.as_of between memberships.valid_from and memberships.valid_to

)

select * from final
