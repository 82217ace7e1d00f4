"""``god-loesladelse status``: the last run, delivery and publication, quality, and what is due next."""

from __future__ import annotations

import argparse
import json
from datetime import datetime
from pathlib import Path

from pipelines.errors import UserError
from pipelines.layout import Output


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--output", metavar="MAPPE", type=Path, required=True, help="resultatmappen")
    parser.add_argument("--json", action="store_true", help="som JSON, til et andet program")


def execute(arguments: argparse.Namespace) -> int:
    """Print how it stands; 1 when the last run failed or refused a delivery."""
    from pipelines.watching import status, status_text

    output = Output(arguments.output.resolve())
    if not output.root.is_dir():
        raise UserError(f"Mappen {output.root} findes ikke. Angiv resultatmappen efter --output.")
    found = status.read(output, datetime.now().astimezone())
    if arguments.json:
        print(json.dumps(status_text.as_json(found), ensure_ascii=False, indent=1))
    else:
        print("\n".join(status_text.as_lines(found)))
    return 1 if found.has_failed else 0
