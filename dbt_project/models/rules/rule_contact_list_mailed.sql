with

municipalities as (

    select * from {{ ref('municipalities') }}

),

ledger as (

    select * from {{ ref('stg_mailing_ledger') }}

),

run as (

    select * from {{ ref('stg_run') }}

),

versions as (

    {{ rule_versions('contact_list_mailed') }}

),

-- The quarter before the day of assessment's, by its first and last day and by its name in the ledger.
asked as (

    select
        run.as_of,
        versions.rule_version,
        cast(date_trunc('quarter', run.as_of) - interval 3 month as date) as first_day,
        cast(date_trunc('quarter', run.as_of) - interval 1 day as date) as last_day
    from run
    left join versions on run.as_of between versions.valid_from and versions.valid_to

),

quarters as (

    select
        *,
        year(first_day) || '-Q' || quarter(first_day) as mailed_quarter
    from asked

),

known as (

    select ledger.*
    from ledger
    inner join quarters on ledger.state_date <= quarters.as_of

),

first_mailing as (

    select min(quarter) as first_quarter
    from known

),

-- What is known last of the quarter's mail decides; of two states on one day, the one that comes after the other.
newest as (

    select known.*
    from known
    inner join quarters on known.quarter = quarters.mailed_quarter
    where known.state in ('sent', 'refused', 'bounced')
    qualify
        row_number() over (
            partition by known.municipality_code
            order by known.state_date desc, {{ place_among(['bounced', 'refused', 'sent'], 'known.state') }}
        ) = 1

),

dated as (

    select
        municipalities.municipality_code,
        quarters.rule_version,
        quarters.mailed_quarter,
        newest.state,
        newest.state_date,
        newest.state = 'sent' and newest.state_date between quarters.first_day and quarters.last_day as is_sent_in_time,
        coalesce(first_mailing.first_quarter > quarters.mailed_quarter, true) as is_before_ledger
    from municipalities
    cross join quarters
    cross join first_mailing
    left join newest on municipalities.municipality_code = newest.municipality_code

),

final as (

    select
        'contact_list_mailed' as rule_id,
        rule_version,
        municipality_code,
        case
            when is_before_ledger then 'undeterminable'
            when is_sent_in_time then 'met'
            else 'missed'
        end as status,
        case
            when is_before_ledger then 'no_ledger'
            when is_sent_in_time then null
            when state in ('refused', 'bounced') then state
            else 'not_sent'
        end as reason,
        state_date as status_date,
        mailed_quarter,
        state as mail_state
    from dated

)

select * from final
