{#- No key stands in two loaded rows of a table. Only the number of rows comes out: a key may be personal. -#}
{% test key_is_unique(model, columns) %}

select count(*) as row_count
from {{ model }}
group by {{ columns | join(', ') }}
having count(*) > 1

{% endtest %}
