{{ config(materialized='view') }}

with

final as (

    select
        rule_id,
        version,
        norm,
        source,
        title_da,
        text_da,
        party,
        case_types,
        has_own_rate,
        anchor,
        disclosure,
        restricted,
        can_still_be_done,
        valid_from,
        valid_to,
        parameters,
        is_overridden,
        rule_fingerprint
    from {{ ref('dim_rule') }}

)

select * from final
