with

undeterminable as (
    {{ outcomes_by_level(
        ['case_id', 'case_type', 'rule_id', 'rule_version', 'reason', 'as_of'], "status = 'undeterminable'"
    ) }}

),

cases as (

    select * from {{ ref('int_cases') }}

),

rules as (

    select * from {{ ref('dim_rule') }}

),

run as (

    select * from {{ ref('stg_run') }}

),

year_figures as (

    select compliance.*
    from {{ ref('fct_compliance') }} as compliance
    cross join run
    where
        compliance.period_type = 'rolling4'
        and compliance.period = {{ leading_quarter('run.as_of') }}

),

-- The cases of the same year as the rate: by the release that was last expected where the rule counts from the
-- release, else by the day the case began.
in_year as (

    select undeterminable.*
    from undeterminable
    left join rules on undeterminable.rule_id = rules.rule_id and undeterminable.rule_version = rules.version
    left join cases
        on undeterminable.case_id = cases.case_id and undeterminable.case_type = cases.case_type
    cross join run
    where
        {{ in_leading_year(
            "case when rules.anchor = 'release' "
            ~ "then coalesce(cases.actual_release_date, cases.expected_release_date, cases.start_date) "
            ~ "else cases.start_date end", 'run.as_of'
        ) }}

),

counted as (

    select
        level,
        unit_code,
        rule_id,
        reason,
        count(*) as cases,
        sum(count(*)) over (partition by level, unit_code, rule_id) as undeterminable
    from in_year
    group by level, unit_code, rule_id, reason

),

-- As if every case that cannot be judged had fallen due in the rolling year: the widest that the rate could be.
final as (

    select
        counted.level,
        counted.unit_code,
        counted.rule_id,
        counted.reason,
        counted.cases,
        cast(counted.undeterminable as bigint) as undeterminable,
        coalesce(year_figures.due, 0) as due,
        coalesce(year_figures.met, 0) as met,
        counted.undeterminable / (coalesce(year_figures.due, 0) + counted.undeterminable) as share_undeterminable,
        coalesce(year_figures.met, 0) / (coalesce(year_figures.due, 0) + counted.undeterminable) as rate_lowest,
        (coalesce(year_figures.met, 0) + counted.undeterminable)
        / (coalesce(year_figures.due, 0) + counted.undeterminable) as rate_highest
    from counted
    left join year_figures
        on
            counted.level = year_figures.level
            and counted.unit_code = year_figures.unit_code
            and counted.rule_id = year_figures.rule_id

)

select * from final
