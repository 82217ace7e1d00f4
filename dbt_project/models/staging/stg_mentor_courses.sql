with

delivered as (

    select * from {{ source('raw', 'mentorforloeb') }}

),

final as (

    select
        mentor_id as mentor_course_id,
        sags_id as case_id,
        ordning as scheme,
        try_cast(tilknyttet as date) as assigned_date,
        try_cast(ophoert as date) as ended_date
    from delivered

)

select * from final
