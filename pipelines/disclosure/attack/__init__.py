"""Attacking what was printed, with everything printed before: the verdict on a publication, and its proof.

Belongs here: what a reader knows (``ledger``), tables that agree with it (``tables``), the verdict (``audit``). Does
not belong here: choosing what to hide, with which these modules share no code, and reading files.

What the reader is taken to know: every figure printed; what the mark means and how the method works; that each quarter
of a window shown has the threshold's number of cases, and, more than that, how many exactly; which municipality each
unit counts; how many cases have no known municipality, where the nation is shown; and, as one of the municipalities,
all its own unpublished numbers. He takes a number that nothing printed shows to be corrected for the same as before;
one that was corrected is another number to him, and what was hidden once is never shown later.
"""
