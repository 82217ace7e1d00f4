"""Campaigns of whole runs, written as tests: each takes a minute or more, and the tests have a small sample of each.

Belongs here: what needs many runs of the main job from end to end. Does not belong here: what one run, or a stage of
one, can show; that is a test. Run: ``python3 run.py test --all``, or ``pytest benchmarks/whole_runs``.
"""
