with

cases as (

    select * from {{ ref('int_sentence_cases') }}

),

expected_dates as (

    select * from {{ ref('int_expected_dates') }}

),

release_days as (

    select * from {{ ref('int_release_days') }}

),

advanced as (

    select
        cases.case_id,
        expected_dates.registered_date,
        expected_dates.expected_date,
        case
            when cases.is_advanceable then coalesce(release_days.advanced_day, expected_dates.expected_date)
            else expected_dates.expected_date
        end as expected_release_date,
        expected_dates.in_force_from,
        expected_dates.in_force_until
    from cases
    inner join expected_dates on cases.case_id = expected_dates.case_id
    left join release_days
        on
            cases.release_rule_version = release_days.rule_version
            and expected_dates.expected_date = release_days.day

),

-- Where no date was ever recorded the release itself is the only one that can have been expected.
undated as (

    select
        cases.case_id,
        cast(null as date) as registered_date,
        cast(null as date) as expected_date,
        cases.release_date as expected_release_date,
        date '0001-01-01' as in_force_from,
        date '9999-12-31' as in_force_until
    from cases
    left join expected_dates on cases.case_id = expected_dates.case_id
    where expected_dates.case_id is null and cases.release_date is not null

),

final as (

    select * from advanced
    union all
    select * from undated

)

select * from final
