{# The newest cooperation meeting within the rule's years that each municipality was invited to, and came to. #}
{% macro cooperation_meetings_in_time() -%}
    select
        meetings.municipality_code,
        max(meetings.meeting_date) as invited_date,
        max(meetings.meeting_date) filter (where meetings.did_municipality_attend) as attended_date
    from meetings
    inner join limits on meetings.meeting_date between limits.oldest_date and limits.as_of
    group by meetings.municipality_code
{%- endmacro %}
