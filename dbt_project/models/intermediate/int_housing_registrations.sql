with

events as (

    select * from {{ ref('int_housing_events') }}

),

final as (

    select
        case_id,
        registration_id,
        any_value(judged_on) as judged_on,
        min(event_date) filter (where event_kind = 'opskrevet' and event_date <= judged_on) as registered_date,
        max(event_date) filter (where event_kind in ('opskrevet', 'fornyet') and event_date <= judged_on)
            as confirmed_date,
        min(event_date) filter (where event_kind = 'slettet' and event_date <= judged_on) as deleted_date,
        min(event_date) filter (where event_kind = 'opskrevet' and event_date > judged_on) as registered_afterwards_date
    from events
    group by case_id, registration_id

)

select * from final
