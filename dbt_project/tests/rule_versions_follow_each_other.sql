-- Every day has exactly one version of each rule: the first is open backwards, each starts the day after the last.
with

versions as (

    select
        rule_id,
        version,
        anchor,
        valid_from,
        valid_to,
        row_number() over in_order as place,
        count(*) over (partition by rule_id) as version_count,
        lag(valid_to) over in_order as earlier_valid_to,
        first_value(anchor) over in_order as first_anchor
    from {{ ref('rule_catalogue') }}
    window in_order as (partition by rule_id order by version)

),

final as (

    select *
    from versions
    where
        valid_from is null
        or valid_to is null
        or valid_from > valid_to
        or (place = 1 and valid_from > date '1900-01-01')
        or (place = version_count and valid_to < date '9999-12-31')
        or (place > 1 and valid_from <> earlier_valid_to + 1)
        or anchor <> first_anchor

)

select * from final
