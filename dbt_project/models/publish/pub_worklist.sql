{{ config(materialized='view') }}

with

worklist as (

    select * from {{ ref('worklist') }}

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
        worklist.urgency,
        worklist.case_id,
        worklist.case_type,
        worklist.rule_id,
        rules.title_da,
        worklist.status,
        worklist.norm,
        worklist.responsible,
        worklist.next_step,
        worklist.next_step_by,
        worklist.next_step_deadline,
        worklist.municipality_code,
        municipalities.name as municipality_name,
        worklist.region_code,
        worklist.area,
        worklist.institution_code,
        institutions.name as institution_name,
        institutions.phone as institution_phone,
        institutions.mail_address as institution_mail_address,
        worklist.deadline,
        worklist.deadline_working_day,
        worklist.days_left,
        worklist.is_in_place,
        worklist.is_over_a_year_late,
        worklist.reason
    from worklist
    left join rules
        on
            worklist.rule_id = rules.rule_id
            and worklist.as_of between rules.valid_from and rules.valid_to
    left join municipalities
        on
            worklist.municipality_code = municipalities.code
            and worklist.as_of between municipalities.valid_from and municipalities.valid_to
    left join institutions on worklist.institution_code = institutions.institution_code

)

select * from final
order by urgency
