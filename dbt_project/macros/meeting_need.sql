{# Who needs a release meeting: one who shall have supervision, or needs a home or one-off aid. #}
{% macro meeting_need() -%}
    {{ return(['has_supervision_condition', 'has_housing_need', 'has_aid_need']) }}
{%- endmacro %}

{% macro meeting_need_columns(cases='cases') -%}
    {%- for column in meeting_need() -%}
        {{ cases }}.{{ column }}{{ ',\n        ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{% macro no_meeting_need(relation=none) -%}
    {%- for column in meeting_need() -%}
        {{ relation ~ '.' if relation }}{{ column }} is not true{{ ' and ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
