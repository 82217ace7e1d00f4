{# Calendar arithmetic clamped to the end of the month: 1 year before 29 February is 28 February. #}
{% macro years_after(day, years) -%} cast({{ day }} + to_years({{ years }}) as date) {%- endmacro %}

{% macro years_before(day, years) -%} cast({{ day }} - to_years({{ years }}) as date) {%- endmacro %}

{% macro months_after(day, months) -%} cast({{ day }} + to_months({{ months }}) as date) {%- endmacro %}

{% macro months_before(day, months) -%} cast({{ day }} - to_months({{ months }}) as date) {%- endmacro %}
