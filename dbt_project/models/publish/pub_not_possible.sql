with

not_possible as (
    {{ outcomes_by_level(
        ['case_id', 'case_type', 'rule_id', 'as_of'], "status = 'not_applicable' and reason = 'not_possible'"
    ) }}

),

cases as (

    select * from {{ ref('int_cases') }}

),

final as (

    select
        not_possible.level,
        not_possible.unit_code,
        not_possible.rule_id,
        {{ leading_quarter('not_possible.as_of') }} as period,
        count(*) as not_possible
    from not_possible
    left join cases on not_possible.case_id = cases.case_id and not_possible.case_type = cases.case_type
    where
        {{ in_leading_year('coalesce(cases.actual_release_date, cases.expected_release_date)', 'not_possible.as_of') }}
    group by all

)

select * from final
