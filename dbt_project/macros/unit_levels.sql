{#
  Outcomes once per level that they count at; the rules that are restricted count for the nation alone, and so does what
  has no municipality, unless `is_figure` is false: what an institution has to do is its own wherever it belongs.
#}
{% macro outcomes_by_level(columns, condition, is_figure=true) -%}
    {%- set levels = {
        'national': "'DK'", 'area': 'area', 'region': 'region_code', 'municipality': 'municipality_code',
        'institution': 'institution_code',
    } -%}
    {%- for level, code in levels.items() %}
    select
        '{{ level }}' as level,
        {{ code }} as unit_code,
        {{ columns | join(',\n        ') }}
    from {{ ref('fct_rule_outcome') }}
    where
        {{ condition }}
        {%- if level != 'national' %}
        and {{ code }} is not null
        {%- endif %}
        {%- if level == 'institution' and is_figure %}
        and municipality_code is not null
        {%- endif %}
    union all
    {%- endfor %}
    select
        'national' as level,
        'DK' as unit_code,
        {{ columns | join(',\n        ') }}
    from {{ ref('restricted_fct_rule_outcome') }}
    where {{ condition }}
{%- endmacro %}

{# What counts in a rate: the deadline has passed, and the duty was met, late or missed. #}
{% macro is_due() -%} status in ('met', 'late', 'missed') and deadline < as_of {%- endmacro %}

{# What a party kept of the duties that it could have kept: met, or late only by a date that moved. #}
{% macro is_own_met() -%} could_act and (status = 'met' or coalesce(reason = 'date_moved', false)) {%- endmacro %}

{# The 95 % Wilson interval of met out of due; `sign` is - for the lower end and + for the upper. It never leaves 0 to 1
   and always holds the rate itself, whatever the last digit of the arithmetic. #}
{% macro wilson(sign, met='counted.met', due='counted.due') -%}
    {%- set z = '1.959963984540054' -%}
    case
            when {{ due }} > 0
                then {{ 'greatest(0.0, least' if sign == '-' else 'least(1.0, greatest' }}({{ met }} / {{ due }}, (
                    {{ met }} / {{ due }} + {{ z }} * {{ z }} / (2 * {{ due }})
                    {{ sign }} {{ z }} * sqrt(
                        {{ met }} * ({{ due }} - {{ met }}) / pow({{ due }}, 3)
                        + {{ z }} * {{ z }} / (4 * pow({{ due }}, 2))
                    )
                ) / (1 + {{ z }} * {{ z }} / {{ due }})))
        end
{%- endmacro %}
