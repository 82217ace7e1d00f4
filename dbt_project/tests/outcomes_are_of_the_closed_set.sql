{{ config(meta={'dagster': {'ref': {'name': 'fct_rule_outcome'}}}) }}

-- Each outcome is one of the six, with exactly what belongs to it.
with

outcomes as (

    select * from {{ ref('fct_rule_outcome') }}
    union all
    select * from {{ ref('restricted_fct_rule_outcome') }}

),

final as (

    select *
    from outcomes
    where
        rule_version is null
        or as_of is null
        or status not in ('met', 'late', 'missed', 'pending', 'not_applicable', 'undeterminable')
        or (status in ('not_applicable', 'undeterminable') and (reason is null or deadline is not null))
        or (status not in ('not_applicable', 'undeterminable') and deadline is null)
        or (status in ('late', 'missed')) <> (responsible is not null)
        or (responsible not in ('kriminalforsorgen', 'kommune', 'dato_flyttet', 'kort_tid'))
        or (status in ('met', 'late', 'missed') and deadline < as_of) <> (could_act is not null)
        or (status in ('not_applicable', 'undeterminable') and event_after_release is not null)
        or (event_date is null and event_after_release is not null)
        or (responsible = 'kommune' and could_act is false and rule_id = 'aid_decided')
        or (status = 'late' and event_date is null)
        or (status = 'missed' and event_date is not null)
        or event_date > as_of
        or (municipality_code is null) <> (region_code is null)
        or (municipality_code is null) <> (area is null)

)

select * from final
