with

earlier as (

    select * from {{ ref('stg_earlier_figures') }}
    where period_type = 'quarter'

),

compliance as (

    select * from {{ ref('fct_compliance') }}
    where period_type = 'quarter'

),

rules as (

    select distinct
        rule_id,
        rule_fingerprint
    from {{ ref('dim_rule') }}

),

run as (

    select * from {{ ref('stg_run') }}

),

periods as (

    select distinct
        period,
        last_day
    from {{ ref('int_period_quarters') }}
    where period_type = 'quarter'

),

corrected_figures as (

    select * from {{ ref('int_corrected_figures') }}

),

figures as (

    select
        publication_id,
        cast(publication_number as bigint) as publication_number,
        as_of,
        level,
        unit_code,
        period,
        rule_id,
        due,
        met,
        late,
        missed,
        own_due,
        own_met,
        rule_version,
        code_version,
        batch_id,
        false as is_current
    from earlier
    union all
    select
        null as publication_id,
        9223372036854775807 as publication_number,
        run.as_of,
        compliance.level,
        compliance.unit_code,
        compliance.period,
        compliance.rule_id,
        compliance.due,
        compliance.met,
        compliance.late,
        compliance.missed,
        compliance.own_due,
        compliance.own_met,
        rules.rule_fingerprint as rule_version,
        run.code_version,
        run.batch_id,
        true as is_current
    from compliance
    cross join run
    left join rules on compliance.rule_id = rules.rule_id

),

-- Most figures are never counted otherwise; only the others are looked at one publication after the other.
moved as (

    select
        level,
        unit_code,
        period,
        rule_id
    from figures
    group by all
    having
        min(due) <> max(due)
        or min(met) <> max(met)
        or min(late) <> max(late)
        or min(missed) <> max(missed)
        or min(own_due) <> max(own_due)
        or min(own_met) <> max(own_met)

),

moved_figures as (

    select figures.*
    from figures
    inner join moved
        on
            figures.level = moved.level
            and figures.unit_code = moved.unit_code
            and figures.period = moved.period
            and figures.rule_id = moved.rule_id

),

-- Each figure beside the one published before it, and the first one ever published.
compared as (

    select
        *,
        first_value(due) over in_order as first_due,
        first_value(met) over in_order as first_met,
        first_value(late) over in_order as first_late,
        first_value(missed) over in_order as first_missed,
        first_value(own_due) over in_order as first_own_due,
        first_value(own_met) over in_order as first_own_met,
        first_value(publication_id) over in_order as first_publication_id,
        lag(publication_id) over in_order as earlier_publication_id,
        lag(as_of) over in_order as earlier_as_of,
        lag(due) over in_order as earlier_due,
        lag(met) over in_order as earlier_met,
        lag(late) over in_order as earlier_late,
        lag(missed) over in_order as earlier_missed,
        lag(own_due) over in_order as earlier_own_due,
        lag(own_met) over in_order as earlier_own_met,
        lag(rule_version) over in_order as earlier_rule_version,
        lag(code_version) over in_order as earlier_code_version,
        lag(batch_id) over in_order as earlier_batch_id
    from moved_figures
    window in_order as (partition by level, unit_code, period, rule_id order by publication_number)

),

-- Publications from before own figures were kept have none, and then those cannot be told to have changed.
changed as (

    select
        compared.*,
        periods.last_day
    from compared
    inner join periods on compared.period = periods.period
    where
        compared.earlier_due is not null
        and (
            compared.due <> compared.earlier_due
            or compared.met <> compared.earlier_met
            or compared.late <> compared.earlier_late
            or compared.missed <> compared.earlier_missed
            or compared.own_due <> compared.earlier_own_due
            or compared.own_met <> compared.earlier_own_met
        )

),

-- Accepted replies that count in the later publication and did not in the earlier one. Two publications about the same
-- day can differ by replies alone, whenever they were decided.
replied as (

    select
        changed.level,
        changed.unit_code,
        changed.period,
        changed.rule_id,
        changed.publication_number,
        count(distinct corrected_figures.reply_id) as replies
    from changed
    inner join corrected_figures
        on
            changed.level = corrected_figures.level
            and changed.unit_code = corrected_figures.unit_code
            and changed.period = corrected_figures.period
            and changed.rule_id = corrected_figures.rule_id
    where
        corrected_figures.decided_on <= changed.as_of
        and (corrected_figures.decided_on > changed.earlier_as_of or changed.as_of = changed.earlier_as_of)
    group by all

),

with_replies as (

    select
        changed.*,
        coalesce(replied.replies, 0) as replies,
        greatest(
            abs(changed.due - changed.earlier_due),
            abs(changed.met - changed.earlier_met),
            abs(changed.late - changed.earlier_late),
            abs(changed.missed - changed.earlier_missed),
            abs(changed.own_due - changed.earlier_own_due),
            abs(changed.own_met - changed.earlier_own_met)
        ) as largest_change
    from changed
    left join replied
        on
            changed.level = replied.level
            and changed.unit_code = replied.unit_code
            and changed.period = replied.period
            and changed.rule_id = replied.rule_id
            and changed.publication_number = replied.publication_number

),

-- A reply is never silent: it is named whatever else changed. One reply moves a count by at most one.
-- New facts can only add: a duty more, or one that was missed and is now met or late. What falls was corrected.
explained as (

    select
        *,
        case
            when replies >= largest_change and rule_version = earlier_rule_version then 'reply_accepted'
            when replies > 0 then 'reply_and_more'
            when rule_version <> earlier_rule_version then 'rule_changed'
            when batch_id = earlier_batch_id and code_version <> earlier_code_version then 'code_changed'
            when as_of <> earlier_as_of and earlier_as_of <= last_day then 'period_open'
            when batch_id = earlier_batch_id then 'corrected'
            when
                due >= earlier_due
                and met >= earlier_met
                and late >= earlier_late
                and missed <= earlier_missed + (due - earlier_due)
                and own_due >= coalesce(earlier_own_due, 0)
                and own_met >= coalesce(earlier_own_met, 0)
                then 'recorded_late'
            else 'corrected'
        end as cause
    from with_replies

),

final as (

    select
        explained.level,
        explained.unit_code,
        'quarter' as period_type,
        explained.period,
        explained.rule_id,
        explained.first_publication_id,
        explained.first_due,
        explained.first_met,
        explained.first_late,
        explained.first_missed,
        explained.first_own_due,
        explained.first_own_met,
        explained.earlier_publication_id as changed_after_publication_id,
        explained.publication_id as changed_in_publication_id,
        explained.earlier_due,
        explained.earlier_met,
        explained.earlier_own_due,
        explained.earlier_own_met,
        explained.due as later_due,
        explained.met as later_met,
        explained.own_due as later_own_due,
        explained.own_met as later_own_met,
        explained.cause,
        explained.code_version <> explained.earlier_code_version as is_code_changed,
        compliance.due,
        compliance.met,
        compliance.late,
        compliance.missed,
        compliance.own_due,
        compliance.own_met
    from explained
    inner join compliance
        on
            explained.level = compliance.level
            and explained.unit_code = compliance.unit_code
            and explained.period = compliance.period
            and explained.rule_id = compliance.rule_id

)

select * from final
