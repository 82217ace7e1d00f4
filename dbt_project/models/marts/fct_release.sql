{%- set core_rules = [
    'contact_sentence', 'housing_registered_or_explained', 'aid_decided', 'aid_paid', 'release_meeting_held',
    'supervision_invited', 'risk_assessment_handed_over',
] -%}
with

cases as (

    select * from {{ ref('int_sentence_cases') }}
    where outside_reason is null and actual_release_date < as_of

),

outcomes as (

    select * from {{ ref('fct_rule_outcome') }}
    where rule_id in ('{{ core_rules | join("', '") }}')

),

contacts as (

    select * from {{ ref('int_first_contacts') }}

),

meetings as (

    select * from {{ ref('int_release_meetings') }}

),

mentor_courses as (

    select * from {{ ref('int_mentor_courses') }}

),

delivered_files as (

    select * from {{ ref('stg_delivery_files') }}

),

municipalities as (

    select * from {{ ref('int_municipalities_in_force') }}

),

memberships as (

    select * from {{ ref('dim_municipality') }}

),

run as (

    select * from {{ ref('stg_run') }}

),

core_duties as (

    select
        case_id,
        count(*) as core_due,
        count(*) filter (where status = 'met') as core_met
    from outcomes
    where {{ is_due() }}
    group by case_id

),

told as (

    select
        cases.case_id,
        bool_or(contacts.topic = 'underretning') as notified_of_admission,
        bool_or(contacts.topic = 'loesladelse') as told_of_release
    from cases
    inner join contacts on cases.case_id = contacts.case_id and cases.actual_release_date >= contacts.contact_date
    group by cases.case_id

),

first_meetings as (

    select
        cases.case_id,
        meetings.meeting_form
    from cases
    inner join meetings on cases.case_id = meetings.case_id and cases.actual_release_date >= meetings.held_date
    qualify row_number() over (partition by cases.case_id order by meetings.held_date, meetings.meeting_id) = 1

),

mentored as (

    select distinct cases.case_id
    from cases
    inner join mentor_courses
        on
            cases.case_id = mentor_courses.case_id
            and cases.actual_release_date >= mentor_courses.assigned_date
            and cases.actual_release_date < coalesce(mentor_courses.ended_date, date '9999-12-31')

),

-- The one file of these facts that a delivery may leave out.
mentor_file as (

    select count(*) > 0 as is_delivered
    from delivered_files
    inner join run on delivered_files.batch_id = run.batch_id
    where delivered_files.file = 'mentorforloeb.csv'

),

known_at_release as (

    select
        *,
        case
            when housing_need_clarified_date > actual_release_date then null
            when has_housing_need then 'J'
            when not has_housing_need then 'N'
        end as housing_need
    from cases

),

final as (

    select
        released.case_id,
        released.actual_release_date as release_date,
        cast(month(released.actual_release_date) as integer) as release_month,
        cast({{ iso_weekday('released.actual_release_date') }} as integer) as release_weekday,
        municipalities.municipality_code,
        memberships.region_code,
        memberships.area,
        released.institution_code,
        released.target_group,
        released.release_kind,
        case
            when released.sentence_days < 30 then 'under_30_days'
            when released.sentence_days < 122 then '30_to_121_days'
            when released.sentence_days < 365 then '122_to_364_days'
            else '365_days_or_more'
        end as sentence_length,
        released.housing_at_release,
        released.housing_need,
        case
            when released.housing_at_release is not null
                then
                    released.housing_at_release in ('hjemloes', 'herberg')
                    and coalesce(released.housing_need <> 'J', true)
        end as unprepared,
        coalesce(core_duties.core_due, 0) as core_due,
        coalesce(core_duties.core_met, 0) as core_met,
        core_duties.core_met = core_duties.core_due as whole_release,
        coalesce(told.notified_of_admission, false) as notified_of_admission,
        coalesce(told.told_of_release, false) as told_of_release,
        released.risk_level is not null
        and coalesce(released.risk_assessed_date <= released.actual_release_date, true) as assessed,
        case when mentor_file.is_delivered then mentored.case_id is not null end as has_mentor,
        case when first_meetings.case_id is null then 'none' else first_meetings.meeting_form end
            as release_meeting_form,
        run.as_of,
        run.batch_id
    from known_at_release as released
    cross join run
    cross join mentor_file
    left join core_duties on released.case_id = core_duties.case_id
    left join told on released.case_id = told.case_id
    left join first_meetings on released.case_id = first_meetings.case_id
    left join mentored on released.case_id = mentored.case_id
    left join municipalities
        on
            released.case_id = municipalities.case_id
            and released.actual_release_date >= municipalities.in_force_from
            and released.actual_release_date < municipalities.in_force_until
    left join memberships
        on
            municipalities.municipality_code = memberships.code
            and released.actual_release_date between memberships.valid_from and memberships.valid_to

)

select * from final
