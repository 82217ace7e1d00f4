with

applications as (

    select * from {{ ref('stg_rent_help_applications') }}

),

run as (

    select * from {{ ref('stg_run') }}

),

final as (

    select
        applications.case_id,
        min(applications.need_found_date) as need_found_date,
        min({{ known_date('applications.sent_date') }}) as sent_date,
        min({{ known_date('applications.alternative_examined_date') }}) as alternative_examined_date
    from applications
    inner join run on applications.need_found_date <= run.as_of
    group by applications.case_id

)

select * from final
