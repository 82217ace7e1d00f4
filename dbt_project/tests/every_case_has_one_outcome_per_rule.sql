{{ config(meta={'dagster': {'ref': {'name': 'fct_rule_outcome'}}}) }}

-- Cases times rules is rows: no case forgotten, none judged twice, none judged by a rule of the other kind.
with

cases as (

    select * from {{ ref('int_cases') }}

),

rules as (

    select distinct
        rule_id,
        case_types,
        restricted
    from {{ ref('int_rule_versions') }}
    where case_types <> 'unit'

),

expected as (

    select
        cases.case_id,
        cases.case_type,
        rules.rule_id,
        rules.restricted
    from cases
    inner join rules on array_contains(split(rules.case_types, ' '), cases.case_type)

),

outcomes as (

    select
        case_id,
        case_type,
        rule_id,
        false as restricted
    from {{ ref('fct_rule_outcome') }}
    union all
    select
        case_id,
        case_type,
        rule_id,
        true as restricted
    from {{ ref('restricted_fct_rule_outcome') }}

),

counted as (

    select
        case_id,
        case_type,
        rule_id,
        restricted,
        count(*) as rows_found
    from outcomes
    group by all

),

final as (

    select
        coalesce(expected.rule_id, counted.rule_id) as rule_id,
        coalesce(counted.rows_found, 0) as rows_found
    from expected
    full outer join counted
        on
            expected.case_id = counted.case_id
            and expected.case_type = counted.case_type
            and expected.rule_id = counted.rule_id
            and expected.restricted = counted.restricted
    where expected.case_id is null or counted.rows_found is null or counted.rows_found <> 1

)

select * from final
