"""Charts: as data for the browser, as drawings for paper, and in words.

Belongs here: what is drawn from figures given. Does not belong here: choosing the figures.
"""
