with

cases as (

    select * from {{ ref('stg_sentence_cases') }}

),

expected_dates as (

    select * from {{ ref('stg_expected_dates') }}

),

run as (

    select * from {{ ref('stg_run') }}

),

known as (

    select
        expected_dates.case_id,
        expected_dates.registered_date,
        expected_dates.expected_parole_date is not null as is_parole,
        coalesce(expected_dates.expected_parole_date, expected_dates.expected_end_date) as expected_date,
        row_number() over in_order = 1 as is_first,
        lead(expected_dates.registered_date, 1, date '9999-12-31') over in_order as in_force_until
    from expected_dates
    inner join run on expected_dates.registered_date <= run.as_of
    window in_order as (partition by expected_dates.case_id order by expected_dates.registered_date)

),

final as (

    select
        known.case_id,
        known.registered_date,
        known.expected_date,
        known.is_parole,
        known.is_first,
        case when known.is_first then date '0001-01-01' else known.registered_date end as in_force_from,
        known.in_force_until,
        case
            when known.is_first then cases.start_date
            else greatest(cases.start_date, known.registered_date)
        end as known_from
    from known
    left join cases on known.case_id = cases.case_id

)

select * from final
