"""Statistical disclosure control: what may be shown of figures about few people, and the proof that it is safe.

Three programs that share nothing but the words of ``model.py``: ``hiding/`` decides what is not shown, ``attack/``
tries to work it out, ``certificate.py`` verifies the attack's tables by adding up. Beside them ``families.py`` (which
rules a reader can set against each other), ``figures.py`` (rows of the warehouse in, what a publication shows out),
``guard.py`` (warehouse and folders) and ``storage.py`` (what is kept of a publication, as JSON).

One publication::

    problem = figures.build_problem(rows, memberships, families_of(disclosure), name=..., window="2026-Q3",
                                    earlier=earlier)
    guarded = guard.guard(problem, threshold=5, seed=secret, earlier=earlier)     # hides, attacks, withholds
    figures.current_figures(guarded.published, earlier)                           # print these
    certificate.verify(guarded.verdict.certificate, guarded.published, problem, earlier)
    keep Printed(problem, guarded.published, guarded.decisions) and the secret seed

The mark says "under the threshold, or none", or that the figure hides another. No window of a small unit overlaps
another: municipalities have calendar years, printed when the year closes and restated once a year later; the nation,
areas and regions have rolling years in which no quarter is small.

Limits that readers of the verdict should know: rules of different families are attacked apart; a corrected count is
another number to the reader; two municipalities in league are not considered; the number of cases without a known
municipality is what the nation has more than its areas, and is not protected; what publications of the former design
opened no hiding can close.
"""
