"""Published files read back: what a reader can find in them, for the disclosure attack and for the tests.

Belongs here: files in, figures out. Does not belong here: anything that makes a page.
"""
