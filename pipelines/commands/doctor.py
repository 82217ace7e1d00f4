"""``god-loesladelse doctor``: is everything in order, and what would be lost?"""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path

from pipelines.layout import Output


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--output", metavar="MAPPE", type=Path, default=Path("output"), help="resultatmappen")
    parser.add_argument("--landing", metavar="MAPPE", type=Path, help="mappen med leverancer, hvis den skal ses med")


def execute(arguments: argparse.Namespace) -> int:
    """Print every finding; 1 when one of them is a fault."""
    from pipelines.upkeep import doctor
    from pipelines.upkeep.findings import Severity

    output = Output(arguments.output.resolve())
    landing = arguments.landing.resolve() if arguments.landing else None
    counts = dict.fromkeys(Severity, 0)
    for finding in doctor.examine(output, landing, datetime.now(UTC)):
        counts[finding.level] += 1
        remedy = f" {finding.remedy}" if finding.remedy else ""
        print(f"{finding.level.value:<9} {finding.about}: {finding.text}{remedy}")
    faults, warnings = counts[Severity.FAULT], counts[Severity.WARNING]
    told = f"{faults} fejl, {warnings} advarsler" if faults or warnings else "Alt er i orden"
    print(f"\n{told}. Intet er ændret.")
    return 1 if faults else 0
