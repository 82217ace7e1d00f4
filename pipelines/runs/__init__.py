"""The order of the stages: one run from request to publication, what a killed one left, and runs that publish nothing.

Belongs here: which stage follows which and when there is nothing to do. Does not belong here: a stage itself, and
Dagster (``orchestration``).
"""
