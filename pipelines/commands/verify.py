"""``god-loesladelse verify RELEASE``: recompute the sums of a release."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from pipelines import publications


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("release", metavar="UDGIVELSE", type=Path, help="mappen, fx output/published/current")


def execute(arguments: argparse.Namespace) -> int:
    """Compare the release with its own sums; 0 when nothing differs."""
    lines = publications.differences(arguments.release)
    for line in lines:
        print(line, file=sys.stderr)
    if lines:
        print(f"Udgivelsen {arguments.release} er ændret: {len(lines)} afvigelser.", file=sys.stderr)
        return 1
    print(f"Udgivelsen {arguments.release} er uændret: alle kontrolsummer stemmer.")
    return 0
