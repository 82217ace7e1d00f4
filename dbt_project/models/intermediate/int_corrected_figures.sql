with

corrected as (

    select * from {{ ref('stg_corrected_outcomes') }}

),

outcomes as (

    select * from {{ ref('fct_rule_outcome') }}

),

-- A corrected date can move the deadline, and then it changes the figure that the case leaves as well.
moved as (

    select
        corrected.reply_id,
        corrected.decided_on,
        outcomes.rule_id,
        outcomes.area,
        outcomes.region_code,
        outcomes.municipality_code,
        outcomes.institution_code,
        {{ one_row_each(['outcomes.deadline', 'corrected.deadline_before']) }} as deadline
    from corrected
    inner join outcomes on corrected.case_id = outcomes.case_id and corrected.rule_id = outcomes.rule_id

),

placed as (

    select
        reply_id,
        decided_on,
        rule_id,
        year(deadline) || '-Q' || quarter(deadline) as period,
        {{ one_row_each([
            record({'level': "'national'", 'unit_code': "'DK'"}),
            record({'level': "'area'", 'unit_code': 'area'}),
            record({'level': "'region'", 'unit_code': 'region_code'}),
            record({'level': "'municipality'", 'unit_code': 'municipality_code'}),
            record({'level': "'institution'", 'unit_code': 'institution_code'}),
        ]) }} as unit
    from moved
    where deadline is not null

),

final as (

    select distinct
        reply_id,
        decided_on,
        unit.level,
        unit.unit_code,
        rule_id,
        period
    from placed
    where unit.unit_code is not null

)

select * from final
