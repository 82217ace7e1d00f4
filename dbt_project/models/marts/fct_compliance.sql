with

units as (

    select * from {{ ref('int_units') }}

),

rules as (

    select distinct
        rule_id,
        restricted
    from {{ ref('dim_rule') }}
    where case_types <> 'unit'

),

period_quarters as (

    select * from {{ ref('int_period_quarters') }}

),

due_outcomes as (

    select * from {{ ref('int_due_outcomes') }}

),

periods as (

    select distinct
        period_type,
        period,
        first_day,
        last_day,
        is_complete
    from period_quarters

),

-- Every unit has a row for every rule and period, also where nothing was due.
grid as (

    select
        units.level,
        units.unit_code,
        periods.period_type,
        periods.period,
        periods.is_complete,
        rules.rule_id
    from units
    inner join periods on units.valid_from <= periods.last_day and units.valid_to >= periods.first_day
    inner join rules on units.level = 'national' or not rules.restricted

),

counted as (

    select
        due_outcomes.level,
        due_outcomes.unit_code,
        due_outcomes.rule_id,
        period_quarters.period_type,
        period_quarters.period,
        count(*) as due,
        count(*) filter (where due_outcomes.status = 'met') as met,
        count(*) filter (where due_outcomes.status = 'late') as late,
        count(*) filter (where due_outcomes.status = 'missed') as missed,
        median(due_outcomes.days_margin) as median_days_margin,
        count(*) filter (where due_outcomes.is_short_notice) as short_notice_due,
        count(*) filter (where due_outcomes.responsible = 'kriminalforsorgen') as responsible_kriminalforsorgen,
        count(*) filter (where due_outcomes.responsible = 'kommune') as responsible_kommune,
        count(*) filter (where due_outcomes.responsible = 'dato_flyttet') as responsible_dato_flyttet,
        count(*) filter (where due_outcomes.responsible = 'kort_tid') as responsible_kort_tid,
        count(*) filter (where due_outcomes.could_act) as own_due,
        count(*) filter (where due_outcomes.is_own_met) as own_met,
        count(*) filter (where due_outcomes.is_after_release) as after_release,
        count(*) filter (where due_outcomes.is_after_release and due_outcomes.status = 'met') as met_after_release,
        count(*) filter (where due_outcomes.is_in_time_on_working_day) as in_time_on_working_day
    from due_outcomes
    inner join period_quarters on due_outcomes.quarter_start = period_quarters.quarter_start
    group by all

),

final as (

    select
        grid.level,
        grid.unit_code,
        grid.period_type,
        grid.period,
        grid.is_complete,
        grid.rule_id,
        coalesce(counted.due, 0) as due,
        coalesce(counted.met, 0) as met,
        coalesce(counted.late, 0) as late,
        coalesce(counted.missed, 0) as missed,
        counted.met / counted.due as rate,
        {{ wilson('-') }} as rate_low,
        {{ wilson('+') }} as rate_high,
        counted.median_days_margin,
        coalesce(counted.short_notice_due, 0) as short_notice_due,
        coalesce(counted.responsible_kriminalforsorgen, 0) as responsible_kriminalforsorgen,
        coalesce(counted.responsible_kommune, 0) as responsible_kommune,
        coalesce(counted.responsible_dato_flyttet, 0) as responsible_dato_flyttet,
        coalesce(counted.responsible_kort_tid, 0) as responsible_kort_tid,
        coalesce(counted.own_due, 0) as own_due,
        coalesce(counted.own_met, 0) as own_met,
        counted.own_met / nullif(counted.own_due, 0) as own_rate,
        {{ wilson('-', met='counted.own_met', due='counted.own_due') }} as own_rate_low,
        {{ wilson('+', met='counted.own_met', due='counted.own_due') }} as own_rate_high,
        coalesce(counted.after_release, 0) as after_release,
        coalesce(counted.met_after_release, 0) as met_after_release,
        coalesce(counted.in_time_on_working_day, 0) as in_time_on_working_day
    from grid
    left join counted
        on
            grid.level = counted.level
            and grid.unit_code = counted.unit_code
            and grid.rule_id = counted.rule_id
            and grid.period_type = counted.period_type
            and grid.period = counted.period

)

select * from final
