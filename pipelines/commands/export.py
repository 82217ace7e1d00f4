"""``god-loesladelse export``: the shared tables to PostgreSQL, as Parquet or in a workbook, for one's own tools."""

from __future__ import annotations

import argparse
from pathlib import Path

from pipelines.danish import number
from pipelines.errors import WrongUse
from pipelines.layout import Output


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--output", metavar="MAPPE", type=Path, required=True, help="resultatmappen")
    target = parser.add_mutually_exclusive_group(required=True)
    target.add_argument("--to", metavar="ADRESSE", help="databasen, fx postgresql://bruger@vært/database")
    target.add_argument("--parquet", metavar="MAPPE", type=Path, help="mappen, som filerne skrives i")
    target.add_argument(
        "--workbook",
        metavar="FIL",
        type=Path,
        help="et regneark (.xlsx) med tallene, som henter dem igen fra databasen",
    )
    parser.add_argument("--restricted", action="store_true", help="tag også det fortrolige skema restricted med")


def execute(arguments: argparse.Namespace) -> int:
    """Export and say what was written."""
    from pipelines.sharing import export

    output = Output(arguments.output.resolve())
    if arguments.workbook is not None and (arguments.workbook.suffix != ".xlsx" or arguments.restricted):
        raise WrongUse("filen efter --workbook skal ende på .xlsx, og --restricted kan ikke bruges sammen med den")
    done = export.to(
        output,
        address=arguments.to,
        folder=arguments.parquet,
        workbook=arguments.workbook,
        restricted=arguments.restricted,
    )
    print(
        f"{number(len(done.rows))} tabeller, {number(sum(done.rows.values()))} rækker, er skrevet til {done.target} "
        f"(leverance {done.facts.get('batch')} pr. {done.facts.get('as_of')})."
    )
    print("Det er fulde tal, kun til brug i Direktoratet. Andele lægges ikke sammen; se semantic.measures.")
    return 0
