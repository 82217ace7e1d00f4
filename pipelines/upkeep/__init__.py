"""Looking after an installation: is the machine fit, is everything where it should be, is there a copy of it.

Belongs here: examining, backing up and putting back. Does not belong here: the work itself, and what the last run came
to (``watching``).
"""
