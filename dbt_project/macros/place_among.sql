{# The place of a text among some, the first being 1: what a sort goes by when the alphabet is not the order. #}
{% macro place_among(texts, text) -%}
    case {{ text }}
        {%- for one in texts %} when '{{ one }}' then {{ loop.index }} {%- endfor %} end
{%- endmacro %}
