with

final as (
    {{ outcomes_by_level(
        [
            'rule_id', "cast(date_trunc('quarter', deadline) as date) as quarter_start", 'status', 'days_margin',
            'coalesce(short_notice, false) as is_short_notice', 'responsible', 'could_act', is_own_met() ~ ' as is_own_met',
            'coalesce(event_after_release, false) as is_after_release',
        ],
        is_due(),
    ) }}

)

select * from final
