with

corrections as (

    select * from {{ source('raw', 'corrections') }}

),

delivered as (

    {{ correctable(
        'kommunekontakter',
        key='kontakt_id',
        kind="case when retning = 'ud' then retning || ' ' || emne else retning end",
        columns=['dato'],
    ) }}
    union all
    {{ correctable(
        'engangshjaelp',
        key='ansoegning_id',
        kind="'ansoegning'",
        columns=['sendt', 'fuldstaendig', 'afgjort', 'udbetalt'],
    ) }}
    union all
    {{ correctable(
        'loesladelsesmoeder',
        key='moede_id',
        kind="'moede'",
        columns=['indkaldt', 'afholdt'],
    ) }}
    union all
    {{ correctable(
        'huslejehjaelp',
        key='ansoegning_id',
        kind="'ansoegning'",
        columns=['behov_konstateret', 'sendt', 'alternativ_undersoegt'],
    ) }}
    union all
    {{ correctable(
        'handlekommuner',
        key='gyldig_fra',
        kind='kommunekode',
        columns=['gyldig_fra'],
    ) }}

),

-- A later decision about the same value takes the place of an earlier one.
in_order as (

    select
        *,
        row_number()
            over (partition by table_name, row_key, case_id, column_name order by correction_id desc)
        = 1 as is_latest
    from corrections

),

delivered_now as (

    select
        in_order.correction_id,
        delivered.row_key,
        delivered.delivered_values[in_order.column_name] as value
    from in_order
    inner join delivered
        on
            in_order.table_name = delivered.table_name
            and in_order.row_key = delivered.row_key
            and in_order.case_id = delivered.case_id

),

claimed_rows as (

    select
        row_key,
        table_name,
        case_id,
        any_value(held) as held,
        min(value) filter (where try_cast(value as date) is not null) as claimed_day,
        max(value) filter (where column_name = 'retning') as direction,
        max(value) filter (where column_name = 'emne') as topic,
        max(value) filter (where column_name = 'kommunekode') as municipality_code
    from corrections
    where row_key like 'ny-%'
    group by row_key, table_name, case_id

),

claimed_kinds as (

    select
        row_key,
        table_name,
        case_id,
        held,
        claimed_day,
        case
            when direction = 'ud' then direction || ' ' || topic
            when direction is not null then direction
            when table_name = 'handlekommuner' then municipality_code
            when table_name = 'loesladelsesmoeder' then 'moede'
            else 'ansoegning'
        end as kind
    from claimed_rows

),

-- Rows of the kind that a claimed one is of, and which the delivery did not have when the claim was decided.
delivered_since as (

    select
        claimed_kinds.row_key,
        bool_or(array_contains(map_values(delivered.delivered_values), claimed_kinds.claimed_day)) as has_claimed_day
    from claimed_kinds
    inner join delivered
        on
            claimed_kinds.table_name = delivered.table_name
            and claimed_kinds.case_id = delivered.case_id
            and claimed_kinds.kind = delivered.kind
    where
        claimed_kinds.held is null
        or not array_contains({{ json_texts('claimed_kinds.held') }}, delivered.row_key)
    group by claimed_kinds.row_key

),

final as (

    select
        in_order.correction_id,
        in_order.reply_id,
        in_order.case_id,
        in_order.table_name,
        in_order.row_key,
        in_order.column_name,
        in_order.value,
        in_order.held,
        delivered_now.value as delivered,
        in_order.reason,
        in_order.decided_on,
        in_order.decided_by,
        case
            when not in_order.is_latest then 'superseded'
            when in_order.row_key like 'ny-%' and delivered_since.row_key is null then 'counts'
            when delivered_since.has_claimed_day then 'agrees'
            when delivered_now.row_key is null then 'source_changed'
            when coalesce(delivered_now.value, '') = coalesce(in_order.held, '') then 'counts'
            when delivered_now.value = in_order.value then 'agrees'
            else 'source_changed'
        end as state
    from in_order
    left join delivered_now on in_order.correction_id = delivered_now.correction_id
    left join delivered_since on in_order.row_key = delivered_since.row_key

)

select * from final
