"""``god-loesladelse demo``: the main job on a synthetic delivery that it makes first."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from pipelines.commands.run import run_main_job
from pipelines.errors import UserError
from pipelines.layout import Output


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--output", metavar="MAPPE", type=Path, default=Path("output/demo"), help="resultatmappen")
    parser.add_argument("--sentence-cases", metavar="ANTAL", type=int, default=6000, help="afsoningssager (6.000)")
    parser.add_argument("--supervision-cases", metavar="ANTAL", type=int, default=4000, help="tilsynssager (4.000)")
    parser.add_argument("--seed", metavar="TAL", type=int, default=20260930, help="tilfældighedens begyndelse")


def execute(arguments: argparse.Namespace) -> int:
    """Write the synthetic delivery beside the results and run the main job on it."""
    from pipelines.demo.delivery import write_synthetic_delivery
    from pipelines.runs.main_job import Request

    output = Output(arguments.output.resolve())
    landing = output.root / "landing"
    wanted = {
        "sentence_cases": arguments.sentence_cases,
        "supervision_cases": arguments.supervision_cases,
        "seed": arguments.seed,
    }
    made_as = output.root / "syntetisk.json"
    if not made_as.exists():
        print("Laver en syntetisk leverance (ingen virkelige personer) ...", file=sys.stderr)
        write_synthetic_delivery(landing, **wanted)
        made_as.write_text(json.dumps(wanted), encoding="utf-8")
    elif json.loads(made_as.read_text(encoding="utf-8")) != wanted:
        raise UserError(
            f"{landing} har allerede en syntetisk leverance af en anden størrelse. Vælg en anden mappe med --output."
        )
    return run_main_job(Request(output=output, landing=landing))
