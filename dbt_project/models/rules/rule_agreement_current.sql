with

municipalities as (

    select * from {{ ref('municipalities') }}

),

agreements as (

    select * from {{ ref('stg_cooperation_agreements') }}

),

run as (

    select * from {{ ref('stg_run') }}

),

versions as (

    {{ rule_versions('agreement_current', {'years': 'integer'}) }}

),

known as (

    select agreements.*
    from agreements
    inner join run on agreements.updated_date <= run.as_of

),

dated as (

    select
        municipalities.municipality_code,
        versions.rule_version,
        known.updated_date,
        known.municipality_code is not null as has_agreement,
        coalesce(known.mailbox_address, known.contact_mail_address) is not null as has_contact,
        versions.years,
        {{ years_before('run.as_of', 'versions.years') }} as oldest_date
    from municipalities
    cross join run
    left join versions on run.as_of between versions.valid_from and versions.valid_to
    left join known on municipalities.municipality_code = known.municipality_code

),

judged as (

    select
        *,
        case
            when not has_agreement then 'no_agreement'
            when not has_contact then 'no_contact'
            when updated_date < oldest_date then 'out_of_date'
        end as reason
    from dated

),

final as (

    select
        'agreement_current' as rule_id,
        rule_version,
        municipality_code,
        case when reason is null then 'met' else 'missed' end as status,
        reason,
        updated_date as status_date,
        has_contact,
        oldest_date,
        years
    from judged

)

select * from final
