"""``god-loesladelse verify PUBLICATION``: recompute the sums of a publication."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from pipelines import publications
from pipelines.danish import number


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("publication", metavar="UDGIVELSE", type=Path, help="mappen, fx output/published/current")


def execute(arguments: argparse.Namespace) -> int:
    """Compare the publication with its own sums; 0 when nothing differs."""
    lines = publications.differences(arguments.publication)
    for line in lines:
        print(line, file=sys.stderr)
    if lines:
        print(f"Udgivelsen {arguments.publication} er ændret: {len(lines)} afvigelser.", file=sys.stderr)
        return 1
    thinned = len(publications.thinned_files(arguments.publication))
    without = f" ({number(thinned)} sider og filer er tyndet ud)" if thinned else ""
    print(f"Udgivelsen {arguments.publication} er uændret: alle kontrolsummer stemmer{without}.")
    return 0
