{# The quarter that pages lead with: the newest that has ended, the day of assessment itself included. #}
{% macro leading_quarter_start(as_of) -%}
    cast(
        case
            when {{ as_of }} + 1 = date_trunc('quarter', {{ as_of }} + 1) then date_trunc('quarter', {{ as_of }})
            else date_trunc('quarter', {{ as_of }}) - interval 3 month
        end as date
    )
{%- endmacro %}

{% macro leading_quarter(as_of) -%}
    year({{ leading_quarter_start(as_of) }}) || '-Q' || quarter({{ leading_quarter_start(as_of) }})
{%- endmacro %}
