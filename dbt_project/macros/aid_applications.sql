{#
  The applications for one-off aid of each case: the first days of each kind, and the municipality that answers for the
  case: the one that the earliest complete application went to, without one that of the earliest sent.
#}
{% macro aid_per_case() -%}
    select
        case_id,
        min(sent_date) as first_sent_date,
        min(complete_date) as first_complete_date,
        min(decided_date) as first_decided_date,
        min(granted_date) as first_granted_date,
        min(paid_date) filter (where granted_date is not null) as first_paid_date,
        min_by(municipality_code, (coalesce(complete_date, date '9999-12-31'), sent_date, application_id))
            as asked_municipality_code
    from {{ ref('int_aid_applications') }}
    group by case_id
{%- endmacro %}

{# A need is recorded, or shown by an application sent; else the aid duties are not for the case. #}
{% macro no_aid_need(cases='cases', per_case='per_case') -%}
    {{ cases }}.has_aid_need is not true and {{ per_case }}.first_sent_date is null
{%- endmacro %}
