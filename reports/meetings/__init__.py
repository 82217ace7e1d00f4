"""The pack for a biennial cooperation meeting between an area office and its municipalities.

Belongs here: what each recipient's material holds and how it is written. Does not belong here: how a figure is judged
(``dbt_project``), what may be shown to whom outside (``pipelines.disclosure``), replies and actions
(``pipelines.replies``), publications.

A pack has one folder per recipient, because no recipient may see another's: the area office reads full figures, the
participants together read published figures alone, and each municipality gets its own page in full.
"""
