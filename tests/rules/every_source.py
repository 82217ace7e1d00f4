"""The boundary delivery with something in every source that a build reads, and the same outcomes as without.

Belongs here: rows of the smaller sources that reach every branch of the models that read them (a mailing of each kind,
figures published before, a value that somebody changed, corrections in each of their states) and move no outcome of a
case. Does not belong here: what is built of them.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.rules.build import Smaller

_DECIDED = date(2026, 9, 1)
_BY = "Hans Holm"


def _corrected(
    number: str, row: str, column: str, value: str, held: str | None, table: str = "kommunekontakter"
) -> tuple[Any, ...]:
    return (number, "A-000000", table, row, column, value, "aarsag", _DECIDED, number.split("-")[0], held, _BY)


def _published(number: int, quarter: str, rule_id: str, *counts: int | None, rule_version: str = "1-older") -> Any:
    as_of = date(2026, 3 * number, 30)
    unit = ("national", "DK", "quarter", quarter, rule_id)
    return (f"publication-{number}", number, as_of, *unit, *counts, rule_version, "older", as_of.isoformat())


def smaller() -> Smaller:
    """The rows, of the contacts of the case A-000000 and of some municipalities."""
    claimed = {"dato": "2026-03-12", "kommunekode": "860", "retning": "ud", "emne": "underretning"}
    return Smaller(
        mailing_ledger=[
            ("2026-Q1", "101", "sent", date(2026, 2, 1)),
            ("2026-Q2", "101", "sent", date(2026, 5, 1)),
            ("2026-Q2", "147", "refused", date(2026, 5, 1)),
            ("2026-Q2", "151", "sent", date(2026, 5, 1)),
            ("2026-Q2", "151", "bounced", date(2026, 5, 1)),
            ("2026-Q2", "153", "sent", date(2026, 8, 1)),
        ],
        earlier_figures=[
            _published(1, "2026-Q1", "contact_sentence", 5, 3, 1, 1, 5, 3),
            _published(2, "2026-Q1", "contact_sentence", 6, 3, 2, 1, 6, 3),
            _published(2, "2026-Q1", "aid_paid", 2, 1, 1, 0, None, None),
            _published(2, "2026-Q2", "aid_decided", 0, 0, 0, 0, 0, 0),
        ],
        # The numbers that the law has: the rule counts as changed, and judges alike.
        parameter_overrides=[
            ("contact_sentence", "years", "1"),
            ("contact_sentence", "days", "28"),
            ("release_advanced", "public_holidays_advance", "false"),
        ],
        corrections=[
            _corrected("1-0", "K0000001", "dato", "2026-04-01", "2026-04-05"),
            _corrected("1-1", "K0000001", "dato", "2026-04-02", "2026-04-03"),
            _corrected("2-1", "K0000002", "dato", "2026-03-12", "2026-03-01"),
            _corrected("3-1", "K0000003", "dato", "2026-03-21", "2026-03-22"),
            *(_corrected(f"4-{place}", "ny-4", *pair, "[]") for place, pair in enumerate(claimed.items())),
            _corrected("5-0", "ny-5", "gyldig_fra", "2026-03-07", '["2020-01-01"]', "handlekommuner"),
            _corrected("5-1", "ny-5", "kommunekode", "860", '["2020-01-01"]', "handlekommuner"),
        ],
        corrected_outcomes=[("3", "A-000000", "contact_sentence", date(2026, 2, 1), _DECIDED)],
    )
