"""Files for one recipient each, locked with its password: the municipalities' packs and the weekly worklists.

Belongs here: locking them, whose they are, preparing and looking at them once more. Does not belong here: making the
files (``publishing``) and the ways in which they are handed over (``channels``).
"""
