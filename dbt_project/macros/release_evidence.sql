{# The facts behind the release date, alike for every rule that rests on it. #}
{% macro release_evidence() -%}
    {{ return(['actual_release_date', 'expected_now', 'expected_now_registered', 'release_date']) }}
{%- endmacro %}

{% macro release_evidence_columns(cases='cases') -%}
    {%- for column in release_evidence() -%}
        {{ cases }}.{{ column }}{{ ',\n        ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
