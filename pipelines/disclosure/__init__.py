"""Statistical disclosure control: what may be shown of figures about few people, and the proof that it is safe.

Three programs that share nothing but the words of ``model.py``: ``protect.py`` hides, ``audit.py`` attacks the result,
``certificate.py`` verifies the audit's tables by adding up. Beside them ``figures.py`` (rows of the warehouse in,
printable rows out) and ``storage.py`` (what has to be kept of a release, as JSON).

One release::

    problem = figures.build_problem(rows, memberships, disclosure, name=release_id, window="2026-Q3", earlier=earlier,
                                    shared=[("housing_registered", "housing_registered_or_explained")],
                                    bounds=[Bound("housing_registered", "housing_registered_or_explained", "met")])
    protection = protect(problem, threshold=5, seed=secret, earlier=earlier)
    lines = figures.protected_rows(protection.published, earlier)      # print these
    read_back = {Key(rule, level, unit, window, measure): number or HIDDEN, ...}   # from the written files
    verdict = audit(read_back, problem, threshold=5, earlier=earlier, hints=protection.tables)
    faults = certificate.verify(verdict.certificate, read_back, problem, earlier)
    if verdict.green and not faults: publish, and keep in the restricted part
        printed_to_json(Printed(problem, protection.published, protection.tables)) and the secret seed
    else: verdict.red and verdict.wrong say which figures stand in the way

``earlier`` is every earlier release, oldest first. ``Printed.published`` and the audit's publication may repeat figures
of earlier windows as they stand: a repeated figure says nothing new, a changed one is a restatement.
``hints`` and ``Printed.tables`` only save time; every table is checked against every published figure.

Limits that readers of the verdict should know: rules that are not named in ``shared`` or ``bounds`` are attacked apart;
a reader is taken to know which municipality and quarter was revised, and by how much up to a threshold; coalitions of
municipalities are not considered; ``given_away`` lists figures that earlier releases opened, which no hiding can close.
"""
