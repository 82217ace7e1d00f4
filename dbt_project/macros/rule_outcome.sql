{#
  Closes a rule: turns what the rule found out about each case into its outcome. `judged` has one row per case with
  the outcome keys, not_applicable_reason, undeterminable_reason, deadline, event_date and the evidence columns. What a
  rule says differently from the common table it gives in a column of its own and names here: `own` may hold status,
  reason, responsible, could_act, counts_forward, channel, step (own_...), knowable_from (with short_notice_days) and
  municipality (asked_municipality_code: who was asked, and so answers), and
  next_step, next_step_by, next_step_deadline: what is to be done about an open duty, whose move it is, and by when. `has_margin` is false for a rule whose outcome
  is not a matter of days.
#}
{% macro rule_outcome(rule_id, judged='judged', own=[], evidence=[], has_margin=true) -%}

judged_status as (

    select
        *,
        case
            when not_applicable_reason is not null then 'not_applicable'
            when undeterminable_reason is not null then 'undeterminable'
            {%- if 'status' in own %}
            else own_status
            {%- else %}
            when event_date <= deadline then 'met'
            when event_date is not null then 'late'
            when deadline < as_of then 'missed'
            else 'pending'
            {%- endif %}
        end as status
    from {{ judged }}

),

judged_or_not as (

    select
        *,
        status not in ('not_applicable', 'undeterminable') as is_judged
    from judged_status

),

final as (

    select
        case_id,
        case_type,
        '{{ rule_id }}' as rule_id,
        rule_version,
        status,
        case when is_judged then deadline end as deadline,
        case when is_judged then event_date end as event_date,
        {%- if 'knowable_from' in own %}
        case when is_judged then knowable_from end as knowable_from,
        cast(case when is_judged then {{ days_between('knowable_from', 'deadline') }} end as integer) as days_available,
        case when is_judged then {{ days_between('knowable_from', 'deadline') }} < short_notice_days end as short_notice,
        {%- else %}
        cast(null as date) as knowable_from,
        cast(null as integer) as days_available,
        cast(null as boolean) as short_notice,
        {%- endif %}
        case
            when status = 'not_applicable' then not_applicable_reason
            when status = 'undeterminable' then undeterminable_reason
            {%- if 'reason' in own %}
            else own_reason
            {%- endif %}
        end as reason,
        case
            when status in ('late', 'missed')
                then {% if 'responsible' in own %}coalesce(own_responsible, party){% else %}party{% endif %}
        end as responsible,
        case
            when status in ('met', 'late', 'missed') and deadline < as_of
                then {{ 'own_could_act' if 'could_act' in own else 'true' }}
        end as could_act,
        {%- if 'municipality' in own %}
        case when is_judged then asked_municipality_code end as answering_municipality_code,
        {%- else %}
        cast(null as string) as answering_municipality_code,
        {%- endif %}
        {%- if has_margin %}
        cast(
            case
                when not is_judged or (status = 'met' and event_date is null) then null
                else {{ days_between('coalesce(event_date, as_of)', 'deadline') }}
            end as integer
        ) as days_margin,
        {%- else %}
        cast(null as integer) as days_margin,
        {%- endif %}
        is_judged and {{ 'own_counts_forward' if 'counts_forward' in own else 'counts_forward' }} as is_counted_forward,
        {%- if 'channel' in own %}
        case when is_judged and event_date is not null then own_channel end as channel,
        {%- else %}
        cast(null as string) as channel,
        {%- endif %}
        {%- if 'step' in own %}
        case when status in ('late', 'missed') then own_step end as step,
        {%- else %}
        cast(null as string) as step,
        {%- endif %}
        {%- set own_step = 'own_next_step' if 'next_step' in own else 'next_step' %}
        case when status in ('pending', 'missed') then {{ own_step }} end as next_step,
        case
            when status in ('pending', 'missed') and {{ own_step }} is not null
                then {{ 'own_next_step_by' if 'next_step_by' in own else 'party' }}
        end as next_step_by,
        case
            when status in ('pending', 'missed') and {{ own_step }} is not null
                then {{ 'own_next_step_deadline' if 'next_step_deadline' in own else 'deadline' }}
        end as next_step_deadline
        {%- for column in evidence %},
        {{ column }}
        {%- endfor %}
    from judged_or_not

)

select * from final
{%- endmacro %}
