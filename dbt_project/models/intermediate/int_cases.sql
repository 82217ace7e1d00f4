with

sentence_cases as (

    select
        case_id,
        case_type,
        as_of,
        institution_code,
        target_group,
        has_action_plan_duty,
        outside_reason,
        start_date,
        release_or_start_date,
        expected_release_date,
        actual_release_date,
        actual_release_date as ended_date
    from {{ ref('int_sentence_cases') }}

),

supervision_cases as (

    select
        case_id,
        case_type,
        as_of,
        institution_code,
        target_group,
        has_action_plan_duty,
        outside_reason,
        start_date,
        release_or_start_date,
        cast(null as date) as expected_release_date,
        cast(null as date) as actual_release_date,
        ended_date
    from {{ ref('int_supervision_cases') }}

),

final as (

    select * from sentence_cases
    union all
    select * from supervision_cases

)

select * from final
