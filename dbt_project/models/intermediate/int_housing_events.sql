with

events as (

    select * from {{ ref('stg_housing_events') }}

),

cases as (

    select * from {{ ref('int_sentence_cases') }}

),

final as (

    select
        events.case_id,
        events.registration_id,
        events.event_id,
        events.event_date,
        events.event_kind,
        events.landlord_kind,
        coalesce(cases.actual_release_date, cases.as_of) as judged_on
    from events
    inner join cases on events.case_id = cases.case_id and events.event_date <= cases.as_of

)

select * from final
