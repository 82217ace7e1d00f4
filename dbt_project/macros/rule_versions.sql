{#
  The versions of one rule with the numbers of the law, one row each, what-if values in place of the catalogue's own.
  `parameters` maps a parameter's name to its type; each becomes a column. The first version begins and the last one ends
  where the contract's dates do, so that every date has a version.
#}
{% macro rule_versions(rule_id, parameters={}) -%}
    select
        catalogue.version as rule_version,
        catalogue.party,
        catalogue.anchor,
        catalogue.counts_forward,
        catalogue.next_step,
        catalogue.valid_from,
        catalogue.valid_to
        {%- for name, type in parameters.items() %},
        cast(
            coalesce(
                (
                    select any_value(overrides.value)
                    from {{ source('raw', 'parameter_overrides') }} as overrides
                    where overrides.rule_id = '{{ rule_id }}' and overrides.parameter = '{{ name }}'
                ),
                {{ json_text('catalogue.parameters', name) }}
            ) as {{ type }}
        ) as {{ name }}
        {%- endfor %}
    from {{ ref('rule_catalogue') }} as catalogue
    where catalogue.rule_id = '{{ rule_id }}'
{%- endmacro %}

{# The condition that picks a case's version: by the date that the catalogue names, never by the day of assessment. #}
{% macro version_in_force(cases='cases', versions='versions') -%}
    case {{ versions }}.anchor when 'release' then {{ cases }}.release_or_start_date else {{ cases }}.start_date end
        between {{ versions }}.valid_from and {{ versions }}.valid_to
{%- endmacro %}

{# What every judged case carries from its case and from the version of the rule that it is judged by. #}
{% macro outcome_keys(cases='cases', versions='versions') -%}
    {{ cases }}.case_id,
        {{ cases }}.case_type,
        {{ cases }}.as_of,
        {{ versions }}.rule_version,
        {{ versions }}.party,
        {{ versions }}.counts_forward,
        {{ versions }}.next_step
{%- endmacro %}

{# The expected-date row in force on a day, as a join condition. #}
{% macro in_force_on(relation, day, cases='cases') -%}
    {{ cases }}.case_id = {{ relation }}.case_id
            and {{ day }} >= {{ relation }}.in_force_from
            and {{ day }} < {{ relation }}.in_force_until
{%- endmacro %}
