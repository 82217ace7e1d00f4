{# Whether a day lies in the rolling year that pages lead with. #}
{% macro in_leading_year(day, as_of) -%}
    {{ day }} >= {{ leading_quarter_start(as_of) }} - interval 9 month
        and {{ day }} < {{ leading_quarter_start(as_of) }} + interval 3 month
{%- endmacro %}
