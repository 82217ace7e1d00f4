{# A date is known when it is on or before the day of assessment; a later one is empty. #}
{% macro known_date(column, as_of='run.as_of') -%}
    case when {{ column }} <= {{ as_of }} then {{ column }} end
{%- endmacro %}

{# J and N as a boolean; empty stays unknown. #}
{% macro flag(column) -%} {{ column }} = 'J' {%- endmacro %}
