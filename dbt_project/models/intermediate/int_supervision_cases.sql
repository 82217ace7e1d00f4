with

cases as (

    select * from {{ ref('stg_supervision_cases') }}

),

run as (

    select * from {{ ref('stg_run') }}

),

final as (

    select
        cases.case_id,
        'supervision' as case_type,
        run.as_of,
        cases.institution_code,
        cases.target_group,
        cases.has_action_plan_duty,
        case when cases.received_date > run.as_of then 'not_started' end as outside_reason,
        cases.received_date as start_date,
        cases.received_date as release_or_start_date,
        {{ known_date('cases.ended_date') }} as ended_date
    from cases
    cross join run

)

select * from final
