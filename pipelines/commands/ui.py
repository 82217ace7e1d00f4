"""``god-loesladelse ui``: Dagster's web interface with this project's assets, schedules and sensors."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from pipelines.errors import WrongUse
from pipelines.layout import Output
from pipelines.orchestration import dagster_instance


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--output", metavar="MAPPE", type=Path, default=Path("output"), help="resultatmappen")
    parser.add_argument("--landing", metavar="MAPPE", type=Path, default=Path("landing"), help="mappen med leverancer")
    parser.add_argument(
        "--only",
        choices=("web", "daemon"),
        help="kun websiden eller kun det, der sker af sig selv (daemon), når de er hver sin tjeneste",
    )
    parser.add_argument(
        "--address",
        metavar="ADRESSE",
        default="127.0.0.1",
        help="adressen, websiden svarer på (127.0.0.1, kun denne maskine); den har ingen login",
    )
    parser.add_argument("--port", metavar="PORT", type=int, default=3000, help="port på denne maskine (3000)")


def execute(arguments: argparse.Namespace) -> int:
    """Replace this process by Dagster's own."""
    output = Output(arguments.output.resolve())
    os.environ["GOD_LOESLADELSE_OUTPUT"] = str(output.root)
    # Dagster's remarks about its own successor commands say nothing to the user of this program.
    os.environ.setdefault("PYTHONWARNINGS", "ignore")
    if not arguments.landing.is_dir():
        raise WrongUse(f"mappen {arguments.landing} findes ikke. Angiv mappen med leverancer efter --landing")
    os.environ["GOD_LOESLADELSE_LANDING"] = str(arguments.landing.resolve())
    dagster_instance.prepare(output)
    # Whatever Dagster writes where it stands is written here, never in the program's folder.
    os.chdir(output.dagster_home)
    program, words = _command(arguments.only, arguments.address, arguments.port)
    if arguments.only != "daemon":
        print(f"Dagster åbner på http://{arguments.address}:{arguments.port} (afslut med Ctrl-C).", flush=True)
    os.execv(program, [program, *words])


def _command(only: str | None, address: str, port: int) -> tuple[str, list[str]]:
    """Return Dagster's own program and its words."""
    module = ["-m", "pipelines.orchestration.definitions"]
    listening = ["-h", address, "-p", str(port)]
    name, words = {
        None: ("dagster", ["dev", *module, *listening]),
        "web": ("dagster-webserver", [*module, *listening]),
        "daemon": ("dagster-daemon", ["run", *module]),
    }[only]
    return str(Path(sys.executable).with_name(name)), words
