with

final as (
    {{ outcomes_by_level(
        [
            'rule_id', "cast(date_trunc('quarter', deadline) as date) as quarter_start", 'status', 'days_margin',
            'coalesce(short_notice, false) as is_short_notice', 'responsible', 'could_act', is_own_met() ~ ' as is_own_met',
            'coalesce(event_after_release, false) as is_after_release',
            "status = 'late' and coalesce(event_date <= deadline_working_day, false) as is_in_time_on_working_day",
        ],
        is_due(),
    ) }}

)

select * from final
