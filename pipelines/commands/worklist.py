"""``god-loesladelse worklist``: worklist and late cases as files per institution and municipality."""

from __future__ import annotations

import argparse
from pathlib import Path

from pipelines.layout import Output
from pipelines.warehouse import in_place


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--output", metavar="MAPPE", type=Path, required=True, help="resultatmappen")
    parser.add_argument("--to", metavar="MAPPE", type=Path, help="hvor listerne skrives (ellers arbejdslister/ der)")


def execute(arguments: argparse.Namespace) -> int:
    """Write the lists and say how many."""
    from pipelines.publishing import worklist_files

    output = Output(arguments.output.resolve())
    folder = (arguments.to or output.root / "arbejdslister").resolve()
    with in_place.open_read_only(output) as connection:
        written = worklist_files.export(connection, folder)
    print(
        f"{written.open_duties} åbne pligter og {written.late_cases} forsinkede sager er skrevet for "
        f"{written.institutions} institutioner og {written.municipalities} kommuner i {written.folder}."
    )
    return 0
