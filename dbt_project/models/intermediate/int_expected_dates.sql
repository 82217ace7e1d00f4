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

-- The row before the one where the date, or an earlier one, was first expected: the latest that expected a later day.
later_before as (

    select
        known.case_id,
        known.registered_date,
        max(earlier.in_force_until) as expected_since
    from known
    inner join known as earlier
        on
            known.case_id = earlier.case_id
            and known.registered_date >= earlier.in_force_until
            and known.expected_date < earlier.expected_date
    group by known.case_id, known.registered_date

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
        greatest(cases.start_date, coalesce(later_before.expected_since, cases.start_date)) as known_from
    from known
    left join cases on known.case_id = cases.case_id
    left join later_before
        on known.case_id = later_before.case_id and known.registered_date = later_before.registered_date

)

select * from final
