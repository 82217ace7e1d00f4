{# Written by `python -m pipelines.warehouse.rule_models` from models/rules; a test fails when it differs. #}
{% macro rule_models(kind) -%}
    {{ return({
        'case': [
            'rule_aid_applied',
            'rule_aid_decided',
            'rule_aid_paid',
            'rule_client_informed',
            'rule_contact_sentence',
            'rule_contact_supervision',
            'rule_handle_municipality_clarified',
            'rule_homelessness_notified',
            'rule_housing_need_clarified',
            'rule_housing_registered',
            'rule_housing_registered_or_explained',
            'rule_housing_renewed',
            'rule_municipal_response',
            'rule_release_advanced',
            'rule_release_meeting_called',
            'rule_release_meeting_held',
            'rule_rent_alternative_examined',
            'rule_rent_help_applied',
            'rule_risk_assessment_handed_over',
            'rule_supervision_invited',
        ],
        'restricted': [
            'rule_infohus_notified',
        ],
        'municipality': [
            'rule_agreement_current',
            'rule_contact_list_mailed',
            'rule_meeting_attended',
            'rule_meeting_biennial',
        ],
    }[kind]) }}
{%- endmacro %}
