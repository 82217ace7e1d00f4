with

final as (

    {%- for model in rule_models('case') %}
    select
        case_id,
        case_type,
        rule_id,
        next_step,
        next_step_by,
        next_step_deadline
    from {{ ref(model) }}
    where next_step is not null
    {{ 'union all' if not loop.last }}
    {%- endfor %}

)

select * from final
