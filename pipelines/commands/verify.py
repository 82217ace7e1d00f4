"""``god-loesladelse verify PUBLICATION``: recompute the sums of a publication, and add up its proof."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from pipelines import publications
from pipelines.danish import number

SHOWN = 20
"""As many faults of a proof are printed: one false number can break every table."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("publication", metavar="UDGIVELSE", type=Path, help="mappen, fx output/published/current")


def execute(arguments: argparse.Namespace) -> int:
    """Compare the publication with its own sums, and check its proof; 0 when both are as they should be.

    A proof that is not there to check is told and is no fault.
    """
    unchanged = _is_unchanged(arguments.publication)
    return 0 if _is_proved(arguments.publication) and unchanged else 1


def _is_unchanged(folder: Path) -> bool:
    lines = publications.differences(folder)
    for line in lines:
        print(line, file=sys.stderr)
    if lines:
        print(f"Udgivelsen {folder} er ændret: {number(len(lines))} afvigelser.", file=sys.stderr)
        return False
    thinned = len(publications.thinned_files(folder))
    without = f" ({number(thinned)} sider og filer er tyndet ud)" if thinned else ""
    print(f"Udgivelsen {folder} er uændret: alle kontrolsummer stemmer{without}.")
    return True


def _is_proved(folder: Path) -> bool:
    """Say whether the proof adds up, or is not there to check."""
    from pipelines.publishing import proof

    found = proof.check(publications.read(folder))
    for line in found.faults[:SHOWN]:
        print(line, file=sys.stderr)
    if len(found.faults) > SHOWN:
        print(f"og {number(len(found.faults) - SHOWN)} til", file=sys.stderr)
    print(found.told, file=sys.stderr if found.faults else sys.stdout)
    return not found.faults
