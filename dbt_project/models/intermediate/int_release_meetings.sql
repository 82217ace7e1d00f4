with

meetings as (

    select * from {{ ref('stg_release_meetings') }}

),

run as (

    select * from {{ ref('stg_run') }}

),

final as (

    select
        meetings.meeting_id,
        meetings.case_id,
        meetings.called_date,
        {{ known_date('meetings.held_date') }} as held_date,
        meetings.meeting_form,
        meetings.is_municipality_invited,
        meetings.did_municipality_attend,
        meetings.is_probation_invited
    from meetings
    inner join run on meetings.called_date <= run.as_of

)

select * from final
