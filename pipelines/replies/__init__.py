"""What cooperation meetings and municipalities bring in: replies to late cases, decisions on them, agreed actions.

Belongs here: the forms' contract, reading them, recording, deciding. Does not belong here: the packs that go out
(``reports.meetings``) and how a correction changes an outcome (``dbt_project``).
"""
