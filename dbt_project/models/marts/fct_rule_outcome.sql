{{ rule_outcomes('case') }}
