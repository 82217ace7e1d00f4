with

outcomes as (

    select * from {{ ref('fct_rule_outcome') }}

),

cases as (

    select * from {{ ref('int_cases') }}

),

rules as (

    select * from {{ ref('dim_rule') }}

),

next_steps as (

    select * from {{ ref('int_next_steps') }}

),

-- The day of assessment itself counts among the days on which a duty can still be met.
open_duties as (

    select
        outcomes.*,
        rules.norm,
        next_steps.next_step,
        next_steps.next_step_by,
        next_steps.next_step_deadline,
        {{ days_between('outcomes.as_of', 'outcomes.deadline') }} as days_left
    from outcomes
    left join rules on outcomes.rule_id = rules.rule_id and outcomes.rule_version = rules.version
    left join cases on outcomes.case_id = cases.case_id and outcomes.case_type = cases.case_type
    left join next_steps
        on
            outcomes.case_id = next_steps.case_id
            and outcomes.case_type = next_steps.case_type
            and outcomes.rule_id = next_steps.rule_id
    where
        (outcomes.status = 'pending' and outcomes.deadline <= outcomes.as_of + 60)
        or (
            outcomes.status = 'missed'
            and (
                rules.can_still_be_done = 'always'
                or (rules.can_still_be_done = 'while_open' and cases.ended_date is null)
            )
        )

),

final as (

    select
        cast(
            row_number() over (
                order by status = 'pending', deadline, rule_id, case_id, case_type
            ) as integer
        ) as urgency,
        case_id,
        case_type,
        rule_id,
        status,
        norm,
        responsible,
        next_step,
        next_step_by,
        next_step_deadline,
        municipality_code,
        region_code,
        area,
        institution_code,
        deadline,
        deadline_working_day,
        cast(days_left as integer) as days_left,
        event_date is not null as is_in_place,
        status = 'missed' and deadline < {{ years_before('as_of', 1) }} as is_over_a_year_late,
        reason,
        as_of,
        batch_id
    from open_duties

)

select * from final
order by urgency
