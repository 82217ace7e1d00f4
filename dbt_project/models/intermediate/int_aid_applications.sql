with

applications as (

    select * from {{ ref('stg_aid_applications') }}

),

run as (

    select * from {{ ref('stg_run') }}

),

final as (

    select
        applications.application_id,
        applications.case_id,
        applications.municipality_code,
        applications.sent_date,
        case
            when applications.documented_date <= run.as_of
                then greatest(applications.sent_date, applications.documented_date)
        end as complete_date,
        {{ known_date('applications.decided_date') }} as decided_date,
        case
            when applications.decision = 'bevilget' and applications.decided_date <= run.as_of
                then applications.decided_date
        end as granted_date,
        {{ known_date('applications.paid_date') }} as paid_date
    from applications
    inner join run on applications.sent_date <= run.as_of

)

select * from final
