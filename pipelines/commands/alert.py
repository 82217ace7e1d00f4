"""``god-loesladelse alert UNIT``: tell whoever the settings name that a service of systemd failed (``OnFailure=``).

A run that failed by itself has told so already; one that was killed, or a service that cannot start, has told nobody.
"""

from __future__ import annotations

import argparse
import os
import re
import sys

from pipelines.errors import WrongUse

#: What systemd (251 and later) tells the unit that ``OnFailure=`` starts: how the failed one ended.
CODE, STATUS = "MONITOR_EXIT_CODE", "MONITOR_EXIT_STATUS"
_TELLS_ITSELF = "god-loesladelse-run.service"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("unit", metavar="ENHED", help="tjenesten, der fejlede, fx god-loesladelse-web.service")


def execute(arguments: argparse.Namespace) -> int:
    """Tell of the failure; 1 when somebody could not be told."""
    from pipelines.watching import alerts

    unit = arguments.unit
    if not re.fullmatch(r"[A-Za-z0-9:_.@\\-]{1,255}", unit):
        raise WrongUse("en enhed hedder som i systemctl, fx god-loesladelse-web.service")
    ended = (os.environ.get(CODE, ""), os.environ.get(STATUS, ""))
    if unit == _TELLS_ITSELF and ended == ("exited", "1"):
        print(f"{unit} har selv fortalt, hvorfor den fejlede.")
        return 0
    how = " ".join(one for one in ended if re.fullmatch(r"[A-Za-z0-9]{1,20}", one))
    problems = alerts.tell(
        f"God løsladelse: {unit} fejlede",
        f"Tjenesten {unit} er standset{f' ({how})' if how else ''}. Se hvorfor på maskinen: journalctl -u {unit}",
    )
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0
