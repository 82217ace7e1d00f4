with

units as (

    select * from {{ ref('int_units') }}

),

run as (

    select * from {{ ref('stg_run') }}

),

rules as (

    select distinct
        rule_id,
        restricted
    from {{ ref('dim_rule') }}
    where case_types <> 'unit' and not restricted

),

pending as (
    {{ outcomes_by_level(['rule_id'], "status = 'pending'", is_figure=false) }}

),

worklist as (

    select * from {{ ref('worklist') }}

),

work_by_level as (

    {%- for level, code in {
        'national': "'DK'", 'area': 'area', 'region': 'region_code', 'municipality': 'municipality_code',
        'institution': 'institution_code',
    }.items() %}
    select
        '{{ level }}' as level,
        {{ code }} as unit_code,
        rule_id,
        count(*) filter (where status = 'pending') as due_within_60_days,
        count(*) filter (where status = 'missed') as overdue,
        count(*) filter (where is_in_place) as in_place,
        count(*) filter (where is_over_a_year_late) as overdue_over_a_year
    from worklist
    group by all
    {{ 'union all' if not loop.last }}
    {%- endfor %}

),

pending_by_level as (

    select
        level,
        unit_code,
        rule_id,
        count(*) as open
    from pending
    group by all

),

final as (

    select
        units.level,
        units.unit_code,
        rules.rule_id,
        coalesce(pending_by_level.open, 0) as open,
        coalesce(work_by_level.due_within_60_days, 0) as due_within_60_days,
        coalesce(work_by_level.overdue, 0) as overdue,
        coalesce(work_by_level.in_place, 0) as in_place,
        coalesce(work_by_level.overdue_over_a_year, 0) as overdue_over_a_year
    from units
    cross join rules
    inner join run on run.as_of between units.valid_from and units.valid_to
    left join pending_by_level
        on
            units.level = pending_by_level.level
            and units.unit_code = pending_by_level.unit_code
            and rules.rule_id = pending_by_level.rule_id
    left join work_by_level
        on
            units.level = work_by_level.level
            and units.unit_code = work_by_level.unit_code
            and rules.rule_id = work_by_level.rule_id

)

select * from final
