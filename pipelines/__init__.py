"""The way from a delivery in the landing folder to a publication, and the commands around it.

Belongs here: reading and judging deliveries, building the warehouse, disclosure control, mailing, the command line.
Does not belong here: the rules themselves (``dbt_project``), the suites for deliveries (``expectations``), pages and
documents (``reports``).
"""
