"""The biennial cooperation meetings: the pack before one, what was agreed at it, and the municipalities' replies.

Belongs here: everything about a meeting between an area office and its municipalities. Does not belong here: how a
figure is judged (``dbt_project``), what may be shown to whom outside (``pipelines.disclosure``), releases.

A pack has one folder per recipient, because no recipient may see another's: the area office reads full figures, the
participants together read released figures alone, and each municipality gets its own page in full.
"""
