with

courses as (

    select * from {{ ref('stg_mentor_courses') }}

),

run as (

    select * from {{ ref('stg_run') }}

),

final as (

    select
        courses.mentor_course_id,
        courses.case_id,
        courses.assigned_date,
        {{ known_date('courses.ended_date') }} as ended_date
    from courses
    inner join run on courses.assigned_date <= run.as_of

)

select * from final
