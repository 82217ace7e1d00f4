"""Watching an installation: what the last run came to, what is due next, and telling machines so.

Belongs here: gathering that from what the runs leave, and writing it for a person, a log and a monitoring system. Does
not belong here: examining the machine and its backups (``upkeep``), and anything about a person.
"""
