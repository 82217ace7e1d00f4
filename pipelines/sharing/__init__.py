"""Sharing tables with the authority's own tools: to PostgreSQL and as Parquet files.

Belongs here: which tables, their keys and comments, and writing them elsewhere. Does not belong here: what is in them
(``dbt_project``), and what leaves the Directorate (``disclosure``, ``publishing``): shared here are full figures.
"""
