with

municipalities as (

    select * from {{ ref('municipalities') }}

),

agreements as (

    select * from {{ ref('rule_agreement_current') }}

),

meetings as (

    select * from {{ ref('stg_cooperation_meetings') }}

),

attendance as (

    select * from {{ ref('rule_meeting_attended') }}

),

mailings as (

    select * from {{ ref('rule_contact_list_mailed') }}

),

run as (

    select * from {{ ref('stg_run') }}

),

memberships as (

    select * from {{ ref('dim_municipality') }}

),

meetings_in_time as (

    select
        attendance.municipality_code,
        count(*) as meetings_invited,
        count(*) filter (where meetings.did_municipality_attend) as meetings_attended,
        count(*) filter (where meetings.did_police_attend) as meetings_with_police,
        count(meetings.did_police_attend) as meetings_police_stated,
        max(meetings.meeting_date) as latest_invited_date,
        max(meetings.meeting_date) filter (where meetings.did_municipality_attend) as latest_attended_date
    from attendance
    cross join run
    inner join meetings
        on
            attendance.municipality_code = meetings.municipality_code
            and meetings.meeting_date between attendance.oldest_date and run.as_of
    group by attendance.municipality_code

),

final as (

    select
        municipalities.municipality_code,
        municipalities.name as municipality_name,
        memberships.region_code,
        memberships.area,
        agreements.status as agreement_status,
        agreements.reason as agreement_reason,
        agreements.status_date as agreement_updated_date,
        coalesce(meetings_in_time.meetings_invited, 0) as meetings_invited,
        coalesce(meetings_in_time.meetings_attended, 0) as meetings_attended,
        coalesce(meetings_in_time.meetings_with_police, 0) as meetings_with_police,
        coalesce(meetings_in_time.meetings_police_stated, 0) as meetings_police_stated,
        meetings_in_time.latest_invited_date,
        meetings_in_time.latest_attended_date,
        mailings.mailed_quarter,
        mailings.status as mailing_status,
        mailings.reason as mailing_reason,
        mailings.status_date as mailing_date,
        run.as_of,
        run.batch_id
    from municipalities
    cross join run
    left join agreements on municipalities.municipality_code = agreements.municipality_code
    left join meetings_in_time on municipalities.municipality_code = meetings_in_time.municipality_code
    left join mailings on municipalities.municipality_code = mailings.municipality_code
    left join memberships
        on
            municipalities.municipality_code = memberships.code
            and run.as_of between memberships.valid_from and memberships.valid_to

)

select * from final
