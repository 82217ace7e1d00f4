"""Dagster assets: names, grain and calls to plain functions of ``pipelines``; no logic of their own."""
