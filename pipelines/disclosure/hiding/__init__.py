"""Deciding what is not shown: quarters of the nation, areas and regions first, then the years of municipalities.

Belongs here: conditions that are sums and comparisons, and the choice of what to hide. Does not belong here: the
verdict, which ``attack`` reaches with code of its own.

Why the conditions are enough. The reader is given more than is printed: each quarter of each window that is shown
(every one of which has the threshold's number of cases), and the sum of each pool. Within a pool any of the hidden may
be none, the others taking over what it has; and any may reach the threshold less one, the others giving. A reader who
knows one municipality of the pool subtracts it; the condition is stated for what is left. A hidden quarter of a region
also moves the year of its municipalities, so a region in a pool has hidden rows of its own to move with.

Why the method itself tells next to nothing: which further figures are hidden is drawn by a secret lot that leaves no
choice out, and the conditions themselves say nothing of a small one. A pool of exactly three has one small row at
most, so whoever is that one can reason that neither of the others is small, and nobody else can tell which it is.
Pools of at least four would take two in league to three, at the cost of about one more in a hundred of the rates shown
(measured for 1,500 and for 11,000 sentences a year).
"""
