{#- Every loaded row follows the delivery contract; the conditions are written from it (see models/sources.yml).
    Only a count and the line numbers come out: the values may be personal. -#}
{% test rows_follow_contract(model, conditions) %}

select line
from {{ model }}
where not coalesce(
    {% for condition in conditions %}({{ condition }}){% if not loop.last %} and {% endif %}{% endfor %},
    false
)

{% endtest %}
