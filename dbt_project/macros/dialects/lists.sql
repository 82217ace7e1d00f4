{#
  What the engines write differently about lists, records and maps. DuckDB, which the program runs on, stands first in
  each pair; each pair is one difference.
#}

{# In a `select`: a row for each of the values, the other columns beside it. #}
{% macro one_row_each(values) -%}
    {{ return(adapter.dispatch('one_row_each', 'god_loesladelse')(values)) }}
{%- endmacro %}

{% macro duckdb__one_row_each(values) -%}
    unnest([{{ values | join(', ') }}])
{%- endmacro %}

{% macro spark__one_row_each(values) -%}
    explode(array({{ values | join(', ') }}))
{%- endmacro %}

{# A record of named values, read as `record.name`. #}
{% macro record(fields) -%}
    {{ return(adapter.dispatch('record', 'god_loesladelse')(fields)) }}
{%- endmacro %}

{% macro duckdb__record(fields) -%}
    { {%- for name, value in fields.items() %} '{{ name }}': {{ value }}{{ ',' if not loop.last }}{% endfor %} }
{%- endmacro %}

{% macro spark__record(fields) -%}
    named_struct(
        {%- for name, value in fields.items() -%} '{{ name }}', {{ value }}{{ ', ' if not loop.last }} {%- endfor -%}
    )
{%- endmacro %}

{# A map from the names of columns to their values. #}
{% macro map_of(columns) -%}
    {{ return(adapter.dispatch('map_of', 'god_loesladelse')(columns)) }}
{%- endmacro %}

{% macro duckdb__map_of(columns) -%}
    map { {%- for column in columns %} '{{ column }}': {{ column }}{{ ',' if not loop.last }}{% endfor %} }
{%- endmacro %}

{% macro spark__map_of(columns) -%}
    map({%- for column in columns -%} '{{ column }}', {{ column }}{{ ', ' if not loop.last }} {%- endfor -%})
{%- endmacro %}

{# The texts of a group in one, in an order of their own. #}
{% macro text_joined(text, separator, order_by) -%}
    {{ return(adapter.dispatch('text_joined', 'god_loesladelse')(text, separator, order_by)) }}
{%- endmacro %}

{% macro duckdb__text_joined(text, separator, order_by) -%}
    string_agg({{ text }}, {{ separator }} order by {{ order_by }})
{%- endmacro %}

{% macro spark__text_joined(text, separator, order_by) -%}
    listagg({{ text }}, {{ separator }}) within group (order by {{ order_by }})
{%- endmacro %}
