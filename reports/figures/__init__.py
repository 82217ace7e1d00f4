"""Numbers in: the published tables as Python values, full or protected, and statistics on them.

Belongs here: reading, looking up, counting. Does not belong here: Danish text and pages.
"""
