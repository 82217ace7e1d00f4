{#
  A table and a view made straight under their names. dbt's own way makes each beside the one that is there and renames
  it, so that readers always find one; here every build begins with a new file that has no readers, and the file is
  renamed when it is whole (pipelines/warehouse/build.py). What is there from a build by hand goes first.
#}
{% macro build_in_place(relation, making) -%}
    {{- run_hooks(pre_hooks) -}}
    {%- do drop_relation_if_exists(load_cached_relation(this)) -%}
    {%- call statement('main') -%}
        {{- making -}}
    {%- endcall -%}
    {{- run_hooks(post_hooks) -}}
    {%- do persist_docs(relation, model) -%}
    {%- do adapter.commit() -%}
    {{- return({'relations': [relation]}) -}}
{%- endmacro %}

{% materialization table, adapter='duckdb' -%}
    {%- set target = this.incorporate(type='table') -%}
    {{- return(build_in_place(target, create_table_as(False, target, compiled_code))) -}}
{%- endmaterialization %}

{% materialization view, adapter='duckdb' -%}
    {%- set target = this.incorporate(type='view') -%}
    {{- return(build_in_place(target, get_create_view_as_sql(target, compiled_code))) -}}
{%- endmaterialization %}
