"""``god-loesladelse run``: the main job, through Dagster, in this process."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

from pipelines.errors import WrongUse
from pipelines.layout import Output


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--landing", metavar="MAPPE", type=Path, required=True, help="mappen med leverancer")
    parser.add_argument("--output", metavar="MAPPE", type=Path, required=True, help="resultatmappen")
    parser.add_argument("--as-of", metavar="DATO", help="opgørelsesdag, fx 2026-06-30 (ellers leverancens dato)")
    parser.add_argument("--batch", metavar="LEVERANCE", help="netop denne leverance (ellers den nyeste)")
    parser.add_argument("--publish", action="store_true", help="udgiv også en opgørelse pr. en tidligere dag")
    parser.add_argument("--allow-older", action="store_true", help="modtag leverancer, der er ældre end den nyeste")
    parser.add_argument("--accept-new-key", action="store_true", help="accepter, at pseudonymnøglen er skiftet")
    parser.add_argument("--clear-landing", action="store_true", help="slet leverancer, når de er sikkert modtaget")
    parser.add_argument("--what-if", metavar="FIL", type=Path, help="regn med ændrede parametre; udgiver intet")


def execute(arguments: argparse.Namespace) -> int:
    """Run the main job; 1 when a delivery was refused or the work failed."""
    from pipelines.runs.main_job import Request

    if not arguments.landing.is_dir():
        raise WrongUse(f"mappen {arguments.landing} findes ikke. Angiv mappen med leverancer efter --landing")
    request = Request(
        output=Output(arguments.output.resolve()),
        landing=arguments.landing.resolve(),
        as_of=_date(arguments.as_of),
        batch_id=arguments.batch,
        publish_earlier=arguments.publish,
        allow_older=arguments.allow_older,
        accept_new_key=arguments.accept_new_key,
        clear_landing=arguments.clear_landing,
    )
    if arguments.what_if is not None:
        from pipelines.runs import what_if

        return what_if.run(request, arguments.what_if)
    return run_main_job(request)


def run_main_job(request) -> int:  # type: ignore[no-untyped-def]
    """Execute the job in this process and tell the user what came of it."""
    from pipelines.orchestration import launch

    result = launch.run(request)
    if result.publication is not None:
        index = result.publication.folder / "direktorat" / "index.html"
        word = "Ny udgivelse" if result.is_new else "Gældende udgivelse"
        print(f"{word} {result.publication.publication_id}: {index}")
    if not result.is_new and not result.refused:
        nothing = "Intet nyt siden sidste kørsel; intet er ændret."
        print("Datavarehuset er bygget." if result.is_rebuilt else nothing)
    return 1 if result.refused else 0


def _date(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise WrongUse(f"{text!r} er ingen dato. Skriv den som 2026-06-30") from None
