"""The mission in three numbers, as the newest warehouse has them, for whoever follows them over time.

Belongs here: reading the nation's three rates. Does not belong here: which three they are (``reports.figures.judged``).
"""

from __future__ import annotations

from pipelines.layout import Output
from pipelines.warehouse import in_place
from reports.figures.judged import MISSION


def rates(output: Output) -> dict[str, float]:
    """Return the nation's share in time of each of the three duties, in the newest four quarters, 0 to 1.

    The keys are the rules' Danish titles. A duty without a deadline in those quarters is left out.
    """
    query = """
        select rules.title_da, compliance.rate
        from marts.fct_compliance as compliance
        inner join marts.dim_rule as rules on compliance.rule_id = rules.rule_id
        where compliance.level = 'national'
            and compliance.period_type = 'rolling4'
            and list_contains(?, compliance.rule_id)
            and compliance.rate is not null
        qualify row_number() over (
            partition by compliance.rule_id order by compliance.period desc, rules.valid_from desc
        ) = 1
        order by list_position(?, compliance.rule_id)
    """
    with in_place.open_read_only(output) as connection:
        found = connection.execute(query, [list(MISSION), list(MISSION)]).fetchall()
    return {title: float(rate) for title, rate in found}
