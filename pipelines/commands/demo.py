"""``god-loesladelse demo``: the main job on a synthetic delivery that it makes first."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from pipelines.commands.run import run_main_job
from pipelines.errors import UserError
from pipelines.layout import Output

# What may be asked of the synthetic delivery, each an argument of its function.
WORLD = ("years", "sentence_cases", "supervision_cases", "seed")
FIRST_FORMATS = ("html", "csv")


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--output", metavar="MAPPE", type=Path, default=Path("output/demo"), help="resultatmappen")
    parser.add_argument("--years", metavar="ANTAL", type=_from_one, help="år, som sagerne er begyndt i (5)")
    parser.add_argument("--sentence-cases", metavar="ANTAL", type=_from_one, help="afsoningssager (11.000 om året)")
    parser.add_argument("--supervision-cases", metavar="ANTAL", type=_from_zero, help="tilsynssager (8.000 om året)")
    parser.add_argument("--seed", metavar="TAL", type=int, help="tilfældighedens begyndelse")
    parser.add_argument("--all-formats", action="store_true", help="også PDF og regneark; det tager længere tid")


def _from_one(text: str) -> int:
    return _whole_number(text, 1)


def _from_zero(text: str) -> int:
    return _whole_number(text, 0)


def _whole_number(text: str, least: int) -> int:
    if not text.isdecimal() or int(text) < least:
        raise argparse.ArgumentTypeError(f"{text!r} er ikke et helt tal fra {least} og op")
    return int(text)


def execute(arguments: argparse.Namespace) -> int:
    """Write the synthetic delivery beside the results and run the main job on it."""
    from pipelines.demo.delivery import write_synthetic_delivery
    from pipelines.runs.main_job import Request

    output = Output(arguments.output.resolve())
    landing = output.root / "landing"
    asked = {name: getattr(arguments, name) for name in WORLD if getattr(arguments, name) is not None}
    made_as = output.root / "syntetisk.json"
    if not made_as.exists():
        print("Laver en syntetisk leverance (ingen virkelige personer) ...", file=sys.stderr)
        write_synthetic_delivery(landing, **asked)
        made_as.write_text(json.dumps(asked), encoding="utf-8")
    elif asked and json.loads(made_as.read_text(encoding="utf-8")) != asked:
        raise UserError(
            f"{landing} har allerede en syntetisk leverance af en anden størrelse. Vælg en anden mappe med --output."
        )
    # The first command shows its report soon; PDF files and workbooks take most of the time of a publication.
    formats = () if arguments.all_formats else FIRST_FORMATS
    return run_main_job(Request(output=output, landing=landing, formats=formats))
