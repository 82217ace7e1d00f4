with

catalogue as (

    select * from {{ ref('rule_catalogue') }}

),

overrides as (

    select
        rule_id,
        {{ json_object_of('parameter', 'value') }} as patch
    from {{ source('raw', 'parameter_overrides') }}
    group by rule_id

),

effective as (

    select
        catalogue.*,
        catalogue.parameters as catalogue_parameters,
        overrides.rule_id is not null as is_overridden,
        {{ json_patched('catalogue.parameters', 'overrides.patch') }} as effective_parameters
    from catalogue
    left join overrides on catalogue.rule_id = overrides.rule_id

),

-- Two publications judged a rule alike exactly when this text is the same: version, period and numbers of every
-- version.
fingerprints as (

    select
        rule_id,
        max(version) || '-' || left(
            md5(
                {{ text_joined(
                    "concat_ws('|', version, valid_from, valid_to, anchor, effective_parameters)", "';'",
                    order_by='version'
                ) }}
            ),
            8
        ) as rule_fingerprint
    from effective
    group by rule_id

),

final as (

    select
        effective.rule_id,
        effective.version as rule_version,
        effective.valid_from,
        effective.valid_to,
        effective.case_types,
        effective.norm,
        effective.source,
        effective.party,
        effective.has_own_rate,
        effective.anchor,
        effective.restricted,
        effective.disclosure,
        effective.can_still_be_done,
        effective.next_step,
        effective.counts_forward,
        effective.title_da,
        effective.text_da,
        effective.effective_parameters as parameters,
        effective.is_overridden,
        fingerprints.rule_fingerprint
    from effective
    left join fingerprints on effective.rule_id = fingerprints.rule_id

)

select * from final
