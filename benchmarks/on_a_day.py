"""A command of the program as a person gives it on another day: the account and the clock of the two are not today's.

Belongs here: putting an account and a moment in the place of the machine's, in a process of its own. Does not belong
here: which command, and which version of the program (``PYTHONPATH`` says that).

Run: ``python benchmarks/on_a_day.py ACCOUNT MOMENT WORDS...``. The clock of mailing and replies goes on from the
moment; that of the audit trail and the receipts stays the machine's, since what was received first must come first.
"""

from __future__ import annotations

import datetime
import importlib
import sys
import time
from types import SimpleNamespace
from typing import Any


def clock_from(moment: datetime.datetime) -> Any:
    """Return a stand-in for the module ``datetime`` whose clock goes on from a moment."""
    begun = time.monotonic()

    class Clock(datetime.datetime):
        @classmethod
        def now(cls, tz: datetime.tzinfo | None = None) -> datetime.datetime:  # type: ignore[override]
            return (moment + datetime.timedelta(seconds=time.monotonic() - begun)).astimezone(tz)

    return SimpleNamespace(
        datetime=Clock, date=datetime.date, time=datetime.time, timedelta=datetime.timedelta, UTC=datetime.UTC
    )


def main() -> int:
    """Run the command line; returns its status."""
    account, moment, *words = sys.argv[1:]
    clock = clock_from(datetime.datetime.fromisoformat(moment))
    accounts = importlib.import_module("pipelines.accounts")
    accounts.current = lambda: account  # type: ignore[attr-defined]
    for name in ("mail", "reply"):
        module = importlib.import_module(f"pipelines.commands.{name}")
        module.datetime = clock  # type: ignore[attr-defined]
    return int(importlib.import_module("pipelines.cli").main(words))


if __name__ == "__main__":
    sys.exit(main())
