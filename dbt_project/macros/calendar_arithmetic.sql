{# Calendar arithmetic clamped to the end of the month: 1 year before 29 February is 28 February. #}
{% macro years_after(day, years) -%} {{ years_from(day, years, '+') }} {%- endmacro %}

{% macro years_before(day, years) -%} {{ years_from(day, years, '-') }} {%- endmacro %}

{% macro months_after(day, months) -%} {{ months_from(day, months, '+') }} {%- endmacro %}

{% macro months_before(day, months) -%} {{ months_from(day, months, '-') }} {%- endmacro %}
