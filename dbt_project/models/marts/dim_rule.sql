with

versions as (

    select * from {{ ref('int_rule_versions') }}

),

final as (

    select
        rule_id,
        rule_version as version,
        norm,
        source,
        title_da,
        text_da,
        party,
        valid_from,
        valid_to,
        parameters,
        case_types,
        has_own_rate,
        anchor,
        restricted,
        disclosure,
        can_still_be_done,
        is_overridden,
        rule_fingerprint
    from versions

)

select * from final
