"""Stage 3, built: the warehouse, made by dbt in a new file, verified and swapped in.

Belongs here: what the build loads, running dbt, what is generated for the dbt project, the warehouse in place. Does not
belong here: what dbt computes (``dbt_project``) and how a run goes from stage to stage (``runs``).
"""
