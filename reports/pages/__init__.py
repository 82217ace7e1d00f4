"""What each kind of page holds, as values for its template.

Belongs here: choosing figures, sentences and charts for a page. Does not belong here: HTML (``templates``) and files.
"""
