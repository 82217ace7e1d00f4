"""Numbers to Danish: sentences and the way a figure is shown in a table.

Belongs here: wording. Does not belong here: the word of a code (``pipelines.vocabulary``) and which figure is told.
"""
