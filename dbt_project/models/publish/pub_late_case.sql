{{ config(materialized='view') }}

with

late_cases as (

    select * from {{ ref('late_cases') }}

),

rules as (

    select * from {{ ref('dim_rule') }}

),

municipalities as (

    select * from {{ ref('dim_municipality') }}

),

institutions as (

    select * from {{ ref('dim_institution') }}

),

final as (

    select
        late_cases.case_id,
        late_cases.case_type,
        late_cases.rule_id,
        rules.title_da,
        late_cases.status,
        late_cases.norm,
        late_cases.deadline,
        late_cases.event_date,
        late_cases.days_margin,
        late_cases.reason,
        late_cases.responsible,
        late_cases.could_act,
        late_cases.event_after_release,
        late_cases.step,
        late_cases.short_notice,
        late_cases.municipality_code,
        municipalities.name as municipality_name,
        late_cases.region_code,
        late_cases.area,
        late_cases.institution_code,
        institutions.name as institution_name,
        institutions.phone as institution_phone,
        institutions.mail_address as institution_mail_address
    from late_cases
    left join rules
        on
            late_cases.rule_id = rules.rule_id
            and late_cases.as_of between rules.valid_from and rules.valid_to
    left join municipalities
        on
            late_cases.municipality_code = municipalities.code
            and late_cases.as_of between municipalities.valid_from and municipalities.valid_to
    left join institutions on late_cases.institution_code = institutions.institution_code

)

select * from final
order by deadline desc, rule_id asc, case_id asc, case_type asc
