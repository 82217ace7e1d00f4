"""What is written beside a rule: its documentation gathered from the dbt project, and a case's outcome explained.

Belongs here: reading what the rules' YAML says and turning an outcome into Danish. Does not belong here: judging a case
(``dbt_project``) and pages (``reports``).
"""
