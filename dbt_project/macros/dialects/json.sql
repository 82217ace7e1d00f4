{#
  What the engines write differently about JSON. DuckDB, which the program runs on, stands first in each pair; each pair
  is one difference.
#}

{# The value of a name in a JSON object, as text; empty when the object has no such name. #}
{% macro json_text(object, name) -%}
    {{ return(adapter.dispatch('json_text', 'god_loesladelse')(object, name)) }}
{%- endmacro %}

{% macro duckdb__json_text(object, name) -%} {{ object }} ->> '$.{{ name }}' {%- endmacro %}

{% macro spark__json_text(object, name) -%} get_json_object({{ object }}, '$.{{ name }}') {%- endmacro %}

{# The texts of a JSON list. #}
{% macro json_texts(list) -%}
    {{ return(adapter.dispatch('json_texts', 'god_loesladelse')(list)) }}
{%- endmacro %}

{% macro duckdb__json_texts(list) -%} from_json({{ list }}, '["VARCHAR"]') {%- endmacro %}

{% macro spark__json_texts(list) -%} from_json({{ list }}, 'array<string>') {%- endmacro %}

{# Of a group: names and their values, themselves JSON, gathered for `json_patched`. #}
{% macro json_object_of(name, value) -%}
    {{ return(adapter.dispatch('json_object_of', 'god_loesladelse')(name, value)) }}
{%- endmacro %}

{% macro duckdb__json_object_of(name, value) -%} json_group_object({{ name }}, cast({{ value }} as json)) {%- endmacro %}

{% macro spark__json_object_of(name, value) -%}
    map_from_entries(collect_list(struct({{ name }}, parse_json({{ value }}))))
{%- endmacro %}

{#
  The text of a JSON object with the values that `json_object_of` gathered put in the place of its own, after those that
  are left; without any it is the object, written the same way.
#}
{% macro json_patched(object, patch) -%}
    {{ return(adapter.dispatch('json_patched', 'god_loesladelse')(object, patch)) }}
{%- endmacro %}

{% macro duckdb__json_patched(object, patch) -%}
    cast(json_merge_patch(cast({{ object }} as json), coalesce({{ patch }}, '{}')) as varchar)
{%- endmacro %}

{% macro spark__json_patched(object, patch) -%}
    to_json(
        case
            when {{ patch }} is null then from_json({{ object }}, 'map<string, variant>')
            else map_concat(
                map_filter(
                    from_json({{ object }}, 'map<string, variant>'),
                    (name, value) -> not map_contains_key({{ patch }}, name)
                ),
                {{ patch }}
            )
        end
    )
{%- endmacro %}
