{%- set dimensions = [
    'sentence_length', 'release_kind', 'housing_at_release', 'housing_need', 'unprepared', 'release_weekday',
    'release_month', 'target_group', 'notified_of_admission', 'told_of_release', 'assessed', 'has_mentor',
    'release_meeting_form',
] -%}
{%- set splits = [record({'dimension': "'all'", 'value': "'all'"})] -%}
{%- for dimension in dimensions -%}
    {%- do splits.append(record({
        'dimension': "'" ~ dimension ~ "'",
        'value': 'coalesce(cast(releases.' ~ dimension ~ " as string), 'not_stated')",
    })) -%}
{%- endfor -%}
{%- set levels = {
    'national': "'DK'", 'area': 'area', 'region': 'region_code', 'municipality': 'municipality_code',
    'institution': 'institution_code',
} -%}
with

releases as (

    select * from {{ ref('fct_release') }}

),

period_quarters as (

    select * from {{ ref('int_period_quarters') }}

),

by_dimension as (

    select
        releases.*,
        cast(date_trunc('quarter', releases.release_date) as date) as quarter_start,
        {{ one_row_each(splits) }} as split
    from releases

),

by_level as (

    {%- for level, code in levels.items() %}
    select
        '{{ level }}' as level,
        {{ code }} as unit_code,
        quarter_start,
        split.dimension,
        split.value,
        count(*) as releases,
        count(*) filter (where core_due > 0) as with_core_due,
        count(*) filter (where whole_release) as whole_releases,
        sum(core_due) as core_due,
        sum(core_met) as core_met
    from by_dimension
    where {{ code }} is not null
    group by all
    {{ 'union all' if not loop.last }}
    {%- endfor %}

),

final as (

    select
        by_level.level,
        by_level.unit_code,
        period_quarters.period_type,
        period_quarters.period,
        by_level.dimension,
        by_level.value,
        cast(sum(by_level.releases) as bigint) as releases,
        cast(sum(by_level.with_core_due) as bigint) as with_core_due,
        cast(sum(by_level.whole_releases) as bigint) as whole_releases,
        cast(sum(by_level.core_due) as bigint) as core_due,
        cast(sum(by_level.core_met) as bigint) as core_met
    from by_level
    inner join period_quarters on by_level.quarter_start = period_quarters.quarter_start
    group by all

)

select * from final
