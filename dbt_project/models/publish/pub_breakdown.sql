{%- set dimensions = {
    'institution': ['institution_code', 'true'],
    'channel': ['channel', 'rule_id in (select rule_id from by_channel)'],
    'responsible': ['responsible', "status in ('late', 'missed')"],
    'reason': ['reason', "status in ('late', 'missed') and reason is not null"],
    'step': ['step', 'step is not null'],
    'target_group': ['target_group', "level in ('national', 'area')"],
    'deadline': ['reason', "rule_id = 'contact_sentence'"],
    'notice': ["case when short_notice then 'short' else 'ordinary' end", 'short_notice is not null'],
} -%}
with

outcomes as (
    {{ outcomes_by_level(
        [
            'rule_id', 'status', 'deadline', 'as_of', 'institution_code', 'channel', 'responsible', 'reason', 'step',
            'target_group', 'short_notice', 'could_act', is_own_met() ~ ' as is_own_met', 'event_after_release',
        ],
        is_due(),
    ) }}

),

-- The rolling year that pages lead with.
in_year as (

    select
        outcomes.*,
        {{ leading_quarter('outcomes.as_of') }} as period
    from outcomes
    where
        {{ in_leading_year('outcomes.deadline', 'outcomes.as_of') }}

),

-- Duties that are done through a channel; one that was not done has none and stands as a row of its own.
by_channel as (

    select distinct rule_id
    from in_year
    where channel is not null

),

final as (

    {%- for dimension, (value, condition) in dimensions.items() %}
    select
        level,
        unit_code,
        rule_id,
        period,
        '{{ dimension }}' as dimension,
        {{ value }} as value,
        count(*) as due,
        count(*) filter (where status = 'met') as met,
        count(*) filter (where status = 'late') as late,
        count(*) filter (where status = 'missed') as missed,
        count(*) filter (where could_act) as own_due,
        count(*) filter (where is_own_met) as own_met,
        count(*) filter (where status = 'met' and event_after_release) as met_after_release
    from in_year
    where {{ condition }}{{ " and level <> 'institution'" if dimension == 'institution' }}
    group by all
    {{ 'union all' if not loop.last }}
    {%- endfor %}

)

select * from final
