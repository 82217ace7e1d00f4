{{ config(schema='restricted') }}

with

marks as (

    select * from {{ ref('stg_infohus_marks') }}

),

run as (

    select * from {{ ref('stg_run') }}

),

final as (

    select
        marks.case_id,
        marks.marked_date,
        {{ known_date('marks.notified_date') }} as notified_date
    from marks
    inner join run on marks.marked_date <= run.as_of

)

select * from final
