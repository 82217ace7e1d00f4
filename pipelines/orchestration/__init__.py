"""Dagster: the stages as assets, with resources, schedules, sensors, and the run storage.

Belongs here: names, descriptions and wiring. Does not belong here: work; every asset calls plain functions (``runs``).
"""
