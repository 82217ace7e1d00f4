"""``god-loesladelse export``: marts and publish to PostgreSQL or as Parquet files, for the authority's own tools."""

from __future__ import annotations

import argparse
from pathlib import Path

from pipelines.danish import number
from pipelines.layout import Output


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--output", metavar="MAPPE", type=Path, required=True, help="resultatmappen")
    target = parser.add_mutually_exclusive_group(required=True)
    target.add_argument("--to", metavar="ADRESSE", help="databasen, fx postgresql://bruger@vært/database")
    target.add_argument("--parquet", metavar="MAPPE", type=Path, help="mappen, som filerne skrives i")
    parser.add_argument("--restricted", action="store_true", help="tag også det fortrolige skema restricted med")


def execute(arguments: argparse.Namespace) -> int:
    """Export and say what was written."""
    from pipelines.sharing import export

    output = Output(arguments.output.resolve())
    done = export.to(output, address=arguments.to, folder=arguments.parquet, restricted=arguments.restricted)
    print(
        f"{number(len(done.rows))} tabeller, {number(sum(done.rows.values()))} rækker, er skrevet til {done.target} "
        f"(leverance {done.facts.get('batch')} pr. {done.facts.get('as_of')})."
    )
    print("Det er fulde tal, kun til brug i Direktoratet. Andele lægges ikke sammen; se semantic.measures.")
    return 0
