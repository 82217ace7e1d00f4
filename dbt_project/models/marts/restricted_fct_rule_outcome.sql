{{ config(alias='fct_rule_outcome', schema='restricted') }}

{{ rule_outcomes('restricted') }}
