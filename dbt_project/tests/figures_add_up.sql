{{ config(meta={'dagster': {'ref': {'name': 'fct_compliance'}}}) }}

-- Met, late and missed are what was due; a restricted rule has the nation alone; a rate needs something due.
with

rules as (

    select distinct
        rule_id,
        restricted,
        has_own_rate
    from {{ ref('dim_rule') }}

),

compliance as (

    select
        compliance.*,
        rules.restricted,
        rules.has_own_rate
    from {{ ref('fct_compliance') }} as compliance
    inner join rules on compliance.rule_id = rules.rule_id

),

final as (

    select *
    from compliance
    where
        due <> met + late + missed
        or late + missed
        <> responsible_kriminalforsorgen + responsible_kommune + responsible_dato_flyttet + responsible_kort_tid
        or short_notice_due > due
        or (due = 0) <> (rate is null)
        or rate not between rate_low and rate_high
        or own_due > due
        or (not has_own_rate and (own_due, own_met) <> (due, met))
        or own_met > own_due
        or (own_due = 0) <> (own_rate is null)
        or own_rate not between own_rate_low and own_rate_high
        or met_after_release > least(met, after_release)
        or in_time_on_working_day > late
        or (restricted and level <> 'national')

)

select * from final
