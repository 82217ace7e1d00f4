{#
  What dbt itself writes to Spark in a way that Spark does not take. No model calls anything here.
#}

{# A type by Spark's name: its varchar has a length, its string none. #}
{% macro spark_type(type) -%} {{ 'string' if type == 'varchar' else type }} {%- endmacro %}

{# How dbt types the columns that a contract promises. #}
{% macro spark__cast(field, type) -%} cast({{ field }} as {{ spark_type(type) }}) {%- endmacro %}

{# A seed's table. #}
{% macro spark__create_csv_table(model, agate_table) -%}
    {%- set columns = [] -%}
    {%- for name in agate_table.column_names -%}
        {%- do columns.append(adapter.quote(name) ~ ' ' ~ spark_type(model['config']['column_types'][name])) -%}
    {%- endfor -%}
    {%- set making = 'create table ' ~ this.render() ~ ' (' ~ columns | join(', ') ~ ')' -%}
    {%- call statement('_') -%} {{ making }} {{ file_format_clause() }} {{ location_clause() }} {%- endcall -%}
    {{- return(making) -}}
{%- endmacro %}

{# A seed's rows. The adapter's own writes an empty value as the text None, and a quote in a text as it stands. #}
{% macro spark__load_csv_rows(model, agate_table) -%}
    {%- set rows = [] -%}
    {%- for row in agate_table.rows -%}
        {%- set values = [] -%}
        {%- for name in agate_table.column_names -%}
            {%- set text = row[name] | string | replace('\\', '\\\\') | replace("'", "\\'") -%}
            {%- set value = 'null' if row[name] is none else "'" ~ text ~ "'" -%}
            {%- do values.append(dbt.cast(value, model['config']['column_types'][name])) -%}
        {%- endfor -%}
        {%- do rows.append('(' ~ values | join(', ') ~ ')') -%}
    {%- endfor -%}
    {%- set filling = 'insert into ' ~ this.render() ~ ' values ' ~ rows | join(', ') -%}
    {%- do adapter.add_query(filling, abridge_sql_log=True) -%}
    {{- return(filling) -}}
{%- endmacro %}
