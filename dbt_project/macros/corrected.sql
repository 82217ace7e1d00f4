{#
  A delivered table with the accepted corrections put in, each dated and with its reason in `raw.corrections`. A later
  decision about the same value wins (correction_id begins with the decision's number). A row that no delivery has (its key begins with `ny-`) is added.
#}
{% macro corrected(table, key, columns) -%}
delivered as (

    select * from {{ source('raw', table) }}

),

corrections as (

    select
        row_key,
        case_id
        {%- for column in columns %},
        max_by(value, correction_id) filter (column_name = '{{ column }}') as {{ column }}
        {%- endfor %}
    from {{ source('raw', 'corrections') }}
    where table_name = '{{ table }}'
    group by row_key, case_id

),

corrected as (

    select
        delivered.{{ key }},
        delivered.sags_id
        {%- for column in columns %},
        coalesce(corrections.{{ column }}, delivered.{{ column }}) as {{ column }}
        {%- endfor %}
    from delivered
    left join corrections on delivered.{{ key }} = corrections.row_key and delivered.sags_id = corrections.case_id
    union all
    select
        row_key as {{ key }},
        case_id as sags_id
        {%- for column in columns %},
        {{ column }}
        {%- endfor %}
    from corrections
    where starts_with(row_key, 'ny-')

),
{%- endmacro %}
