"""``god-loesladelse restore``: put a backup back, after it has been read and compared."""

from __future__ import annotations

import argparse
from pathlib import Path

from pipelines.danish import short_date
from pipelines.layout import Output


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "backup", metavar="SIKKERHEDSKOPI", type=Path, help="kopiens mappe, fx KOPIER/output-20260930T…"
    )
    parser.add_argument("--output", metavar="MAPPE", type=Path, required=True, help="resultatmappen")
    parser.add_argument("--replace", action="store_true", help="flyt en resultatmappe, der findes, til side")


def execute(arguments: argparse.Namespace) -> int:
    """Restore and say what there is to do next."""
    from pipelines.upkeep import restore

    output = Output(arguments.output.resolve())
    done = restore.restore(arguments.backup, output, replace_existing=arguments.replace)
    print(f"{output.root} er, som den var {short_date(done.backup.made_at.astimezone().date())}.")
    if done.aside is not None:
        print(f"Den hidtidige mappe ligger i {done.aside}. Slet den, når den ikke længere skal bruges.")
    print(done.about_journal)
    print("Kør nu god-loesladelse run; datavarehuset bygges af de modtagne bytes. Efterse med god-loesladelse doctor.")
    return 0
