"""The console script: arguments in, exit status and Danish messages out.

Belongs here: finding the command and turning errors into messages. Does not belong here: any logic. Each command is a
module of ``pipelines.commands`` with ``configure(parser)`` and ``execute(arguments) -> int``; only the chosen one is
imported, since imports are most of a short command's time.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import os
import sys
from typing import Any, NoReturn

from pipelines import failure_report
from pipelines.configuration import settings
from pipelines.errors import UserError, WrongUse
from pipelines.layout import Output
from pipelines.people import operators
from pipelines.privacy.civil_registration import mask_numbers
from pipelines.privacy.containment import told_by_system
from pipelines.watching import log

COMMANDS = {
    "run": "hovedkørslen: modtag leverancer, bedøm dem, byg datavarehuset, og udgiv rapporterne",
    "demo": "det samme på en syntetisk leverance, som programmet selv laver",
    "explain": "forklar, hvorfor en sag har sit udfald",
    "batch": "vis, træk tilbage eller slet leverancer",
    "person": "vis, hvad der er registreret om en person",
    "worklist": "eksportér arbejdslister pr. institution og kommune",
    "publication": "pakker til kommunerne, og gamle udgivelser, der fylder",
    "verify": "kontrollér en udgivelses kontrolsummer og bevis",
    "mail": "kontaktlisten, kommunernes pakker og ugens arbejdslister: forberedt, godkendt og sendt",
    "meeting": "materiale til samarbejdsmøderne",
    "reply": "kommunernes svar på deres sager",
    "export": "skriv tabellerne til PostgreSQL eller som Parquet, til Power BI, R og SQL",
    "status": "vis den seneste kørsel, leverance og udgivelse, kvaliteten, og hvad der forestår",
    "doctor": "undersøg maskine, mapper, nøgle, kopier og mailserver; ændrer intet",
    "backup": "tag en sikkerhedskopi af det, der ikke kan laves igen",
    "restore": "læg en sikkerhedskopi tilbage",
    "alert": "fortæl, at en af systemds tjenester fejlede (OnFailure=)",
    "ui": "åbn Dagsters webside med dette projekts trin, tidsplaner og sensorer",
}


class _Parser(argparse.ArgumentParser):
    """An argument parser whose own words are Danish, and whose options are written out."""

    def __init__(self, **more: Any) -> None:
        """Take no option for another that begins like it: a new option would change what an old command means."""
        super().__init__(**more, allow_abbrev=False)

    def error(self, message: str) -> NoReturn:
        """Print the usage and end with status 2."""
        self.print_usage(sys.stderr)
        # What was typed may be a number that somebody tried.
        print(f"Forkert brug: {mask_numbers(_in_danish(message))}. Se {self.prog} --help.", file=sys.stderr)
        raise SystemExit(2)

    def format_help(self) -> str:
        """Return the help text with Danish headings."""
        return _danish_headings(super().format_help())

    def format_usage(self) -> str:
        """Return the usage line with a Danish heading."""
        return _danish_headings(super().format_usage())


_PHRASES = (
    ("the following arguments are required:", "der mangler"),
    ("unrecognized arguments:", "ukendte argumenter:"),
    ("expected one argument", "kræver en værdi"),
    ("expected at least one argument", "kræver mindst en værdi"),
    ("expected at most one argument", "kan højst få en værdi"),
    ("ignored explicit argument", "tager ingen værdi, men fik"),
    ("invalid int value:", "er ikke et helt tal:"),
    ("one of the arguments", "et af argumenterne"),
    ("is required", "er påkrævet"),
    ("invalid choice:", "ugyldigt valg:"),
    ("choose from", "vælg mellem"),
    ("not allowed with argument", "kan ikke bruges sammen med"),
    ("argument ", "argumentet "),
    ("invalid", "ugyldig"),
    ("value:", "værdi:"),
)


def _in_danish(message: str) -> str:
    for english, danish in _PHRASES:
        message = message.replace(english, danish)
    return message


def _danish_headings(text: str) -> str:
    for english, danish in (
        ("usage:", "brug:"),
        ("positional arguments:", "argumenter:"),
        ("options:", "valg:"),
        ("show this help message and exit", "vis denne hjælp"),
    ):
        text = text.replace(english, danish)
    return text


def build_parser(command: str | None) -> argparse.ArgumentParser:
    """Return the parser for the one command that is wanted (all commands are listed, one is configured)."""
    parser = _Parser(prog="god-loesladelse", description="God løsladelse: overholdes pligterne ved løsladelse?")
    chosen = parser.add_subparsers(dest="command", metavar="kommando", required=True, parser_class=_Parser)
    for name, text in COMMANDS.items():
        sub = chosen.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
        if name == command:
            importlib.import_module(f"pipelines.commands.{name}").configure(sub)
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; returns 0 = done, 1 = failed or refused, 2 = wrong use."""
    # What libraries make at import stays; looking for garbage after every 700 objects of it takes a tenth of a run.
    gc.set_threshold(50_000, 20, 20)
    words = sys.argv[1:] if arguments is None else arguments
    command = next((word for word in words if not word.startswith("-")), None)
    output = None
    try:
        parsed = build_parser(command).parse_args(words)
        settings()  # a wrong one is told before anything is done
        folder = getattr(parsed, "output", None)
        output = Output(folder.resolve()) if folder else None
        operators.work_in_turn(output)
        status = int(importlib.import_module(f"pipelines.commands.{parsed.command}").execute(parsed))
        sys.stdout.flush()
        return status
    except WrongUse as problem:
        print(f"Forkert brug: {mask_numbers(str(problem))}", file=sys.stderr)
        return 2
    except UserError as problem:
        _complain(str(problem))
        return 1
    except KeyboardInterrupt:
        print("Afbrudt. Intet er ændret, som ikke allerede var færdigt.", file=sys.stderr)
        return 1
    except SystemExit:
        raise
    except BrokenPipeError:
        # Whoever read the list (head, less) has seen enough; Python would complain once more when it closes the pipe.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as problem:
        if (told := told_by_system(problem)) is not None:
            _complain(told)
            return 1
        if (told := _told_by_version(problem, output)) is not None:
            _complain(told)
            return 1
        # Only type and place: the text of a library's exception may quote a value from a delivery.
        where = f"{type(problem).__name__} ved {failure_report.place_of(problem)}"
        _complain(f"uventet fejl ({where}). Intet halvt er udgivet. {failure_report.keep(problem)}")
        return 1


def _told_by_version(problem: Exception, output: Output | None) -> str | None:
    """Return what to do when a question does not fit a warehouse that another version of the program built."""
    if output is None or type(problem).__module__ not in ("duckdb", "_duckdb"):
        return None
    from pipelines.warehouse import in_place

    return in_place.built_by_another_version(output)


def _complain(text: str) -> None:
    """Say why the command failed: a sentence for a person, a line of JSON for a log."""
    if log.is_structured():
        log.write("failed", level="error", text=text)
    else:
        print(f"Fejl: {mask_numbers(text)}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
