{#
  What the engines write differently about days. DuckDB, which the program runs on, stands first in each pair; each pair
  is one difference.
#}

{# The days from one date to another, negative when `until` is the earlier. Spark's minus gives an interval. #}
{% macro days_between(since, until) -%}
    {{ return(adapter.dispatch('days_between', 'god_loesladelse')(since, until)) }}
{%- endmacro %}

{% macro duckdb__days_between(since, until) -%} {{ until }} - {{ since }} {%- endmacro %}

{% macro spark__days_between(since, until) -%} datediff({{ until }}, {{ since }}) {%- endmacro %}

{# A date some years later, earlier when the sign is minus. Spark's interval takes constants alone. #}
{% macro years_from(day, years, sign) -%}
    {{ return(adapter.dispatch('years_from', 'god_loesladelse')(day, years, sign)) }}
{%- endmacro %}

{% macro duckdb__years_from(day, years, sign) -%} cast({{ day }} {{ sign }} to_years({{ years }}) as date) {%- endmacro %}

{% macro spark__years_from(day, years, sign) -%} add_months({{ day }}, {{ sign }}12 * {{ years }}) {%- endmacro %}

{# A date some months later, earlier when the sign is minus. #}
{% macro months_from(day, months, sign) -%}
    {{ return(adapter.dispatch('months_from', 'god_loesladelse')(day, months, sign)) }}
{%- endmacro %}

{% macro duckdb__months_from(day, months, sign) -%}
    cast({{ day }} {{ sign }} to_months({{ months }}) as date)
{%- endmacro %}

{% macro spark__months_from(day, months, sign) -%} add_months({{ day }}, {{ sign }}1 * {{ months }}) {%- endmacro %}

{# The weekday as a number, Monday being 1 and Sunday 7. Spark's Monday is 0. #}
{% macro iso_weekday(day) -%}
    {{ return(adapter.dispatch('iso_weekday', 'god_loesladelse')(day)) }}
{%- endmacro %}

{% macro duckdb__iso_weekday(day) -%} isodow({{ day }}) {%- endmacro %}

{% macro spark__iso_weekday(day) -%} (weekday({{ day }}) + 1) {%- endmacro %}

{#
  The dates from one to another, both included, an interval apart, as a relation of one column. A relation that stands
  after others in `from` and uses their columns has `lateral` before it.
#}
{% macro dates_from(first, last, step) -%}
    {{ return(adapter.dispatch('dates_from', 'god_loesladelse')(first, last, step)) }}
{%- endmacro %}

{% macro duckdb__dates_from(first, last, step) -%} generate_series({{ first }}, {{ last }}, {{ step }}) {%- endmacro %}

{% macro spark__dates_from(first, last, step) -%} explode(sequence({{ first }}, {{ last }}, {{ step }})) {%- endmacro %}
