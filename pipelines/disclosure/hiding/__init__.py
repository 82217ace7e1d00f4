"""Deciding what is not shown: quarters of the nation, areas and regions first, then the years of municipalities.

Belongs here: conditions that are sums and comparisons, and the choice of what to hide. Does not belong here: the
verdict, which ``attack`` reaches with code of its own.

Why the conditions are enough. The reader is given more than is printed: each quarter of each window that is shown
(every one of which has the threshold's number of cases), and the sum of each pool. Within a pool any of the hidden may
be none, the others taking over what it has; and any may reach the threshold less one, the others giving. A reader who
knows one municipality of the pool subtracts it; the condition is stated for what is left. A hidden quarter of a region
also moves the year of its municipalities, so a region in a pool has hidden rows of its own to move with.

Why the method itself tells next to nothing: which further figures are hidden is drawn by a secret lot that leaves no
choice out. Two things are left to one who knows the conditions by heart and argues from which rows are hidden. In a
pool of exactly three, a municipality can reason that what is left without the largest is K - 1 at least. Pools of four
close that (tried by going through every lot), at the cost of one to two and a half in a hundred of the rates shown,
which takes a country of 98 municipalities below 95 in a hundred. And a municipality that has K - 1 of a region's small
quarter can reason that the others have not just as many; in a region of three that can tell the number itself.
"""
