"""``god-loesladelse ui``: Dagster's web interface with this project's assets, schedules and sensors."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from pipelines.layout import PROJECT, Output
from pipelines.orchestration import dagster_instance


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--output", metavar="MAPPE", type=Path, default=Path("output"), help="resultatmappen")
    parser.add_argument("--landing", metavar="MAPPE", type=Path, default=Path("landing"), help="mappen med leverancer")
    parser.add_argument("--port", metavar="PORT", type=int, default=3000, help="port på denne maskine (3000)")


def execute(arguments: argparse.Namespace) -> int:
    """Replace this process by Dagster's own."""
    output = Output(arguments.output.resolve())
    os.environ["GOD_LOESLADELSE_OUTPUT"] = str(output.root)
    # Dagster's remarks about its own successor commands say nothing to the user of this program.
    os.environ.setdefault("PYTHONWARNINGS", "ignore")
    os.environ["GOD_LOESLADELSE_LANDING"] = str(arguments.landing.resolve())
    dagster_instance.prepare(output)
    program = str(Path(sys.executable).with_name("dagster"))
    print(f"Dagster åbner på http://127.0.0.1:{arguments.port} (afslut med Ctrl-C).", flush=True)
    os.chdir(PROJECT)
    os.execv(
        program,
        [program, "dev", "-m", "pipelines.orchestration.definitions", "-h", "127.0.0.1", "-p", str(arguments.port)],
    )
