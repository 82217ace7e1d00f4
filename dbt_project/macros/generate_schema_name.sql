{# The schema named in dbt_project.yml is the schema: analysts and reports rely on the names, so nothing is put before. #}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ (custom_schema_name or target.schema) | trim }}
{%- endmacro %}
