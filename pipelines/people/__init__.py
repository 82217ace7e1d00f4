"""Who works with the program: names, and the rule that two people are two people.

Belongs here: what mailing and replies share of it. Does not belong here: what two people are needed for (``mailing``,
``replies``), and people of whom there are cases (``privacy``).
"""
