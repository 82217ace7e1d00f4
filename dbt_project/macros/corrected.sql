{#
  A delivered table with the accepted corrections put in that count (`stg_corrections`). A row that no delivery has (its
  key begins with `ny-`) is added.
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
        max(value) filter (where column_name = '{{ column }}') as {{ column }}
        {%- endfor %}
    from {{ ref('stg_corrections') }}
    where table_name = '{{ table }}' and state = 'counts'
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
    where row_key like 'ny-%'

),
{%- endmacro %}

{#
  The rows of a delivered table that a correction may be about: their key, case, kind (two rows of a case and kind can
  be the same event) and the values that can be corrected.
#}
{% macro correctable(table, key, kind, columns) -%}
select
    '{{ table }}' as table_name,
    {{ key }} as row_key,
    sags_id as case_id,
    {{ kind }} as kind,
    {{ map_of(columns) }} as delivered_values
from {{ source('raw', table) }}
where sags_id in (select case_id from corrections)
{%- endmacro %}
