"""Deciding what is not shown: quarters of the nation, areas and regions first, then the years of municipalities.

Belongs here: conditions that are sums and comparisons, and the choice of what to hide. Does not belong here: the
verdict, which ``attack`` reaches with code of its own.

Why the conditions are enough. The reader is given more than is printed: each quarter of each window that is shown
(every one of which has the threshold's number of cases), and the sum of each pool. Within a pool any of the hidden may
be none, the others taking over what it has; and any may reach the threshold less one, the others giving. A reader who
knows one municipality of the pool subtracts it; the condition is stated for what is left. A hidden quarter of a region
also moves the year of its municipalities, so a region in a pool has hidden rows of its own to move with.

Why the method itself tells next to nothing: which further figures are hidden is drawn by a secret lot that leaves no
choice out. One thing is left: in a pool of exactly three, a hidden municipality with fewer than K - 1 of its own can
reason from the condition that neither of the others has everything else. Pools of four would close that, at the cost of
one to two in a hundred of the rates shown (three in a hundred in a country with 11,000 sentences a year).
"""
