"""``god-loesladelse backup``: copy what cannot be made again, and read the copy before it counts."""

from __future__ import annotations

import argparse
from pathlib import Path

from pipelines.configuration import settings
from pipelines.danish import number
from pipelines.errors import WrongUse
from pipelines.layout import Output


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--output", metavar="MAPPE", type=Path, required=True, help="resultatmappen")
    parser.add_argument("--to", metavar="MAPPE", type=Path, help="mappen med kopier (ellers backup_folder i [upkeep])")
    parser.add_argument("--keep", metavar="ANTAL", type=int, help="slet de ældste, så så mange er tilbage")


def execute(arguments: argparse.Namespace) -> int:
    """Make a backup and say what is in it and what is not."""
    from pipelines.upkeep import backup

    chosen = arguments.to or (Path(folder) if (folder := settings().upkeep.backup_folder) else None)
    if chosen is None:
        raise WrongUse("skriv mappen til sikkerhedskopier efter --to, eller i backup_folder i [upkeep]")
    output = Output(arguments.output.resolve())
    made = backup.make(output, chosen)
    print(f"Sikkerhedskopien er skrevet og læst igen: {made.folder}")
    print(f"{number(len(made.entries))} filer, {number(made.size / 1e6, 1)} MB. Her er CPR-numre i output/archive.")
    print("Pseudonymnøglen er ikke med. Den kopieres særskilt, til et andet sted end denne kopi.")
    if arguments.keep is not None:
        removed = backup.remove_older(chosen, output, arguments.keep)
        if removed:
            print(f"Slettet: {', '.join(removed)}.")
    return 0
