"""``god-loesladelse meeting``: the packs for the biennial cooperation meetings, and what was agreed at them."""

from __future__ import annotations

import argparse
import datetime
import sys
from pathlib import Path

from pipelines.errors import WrongUse
from pipelines.layout import Output


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    steps = parser.add_subparsers(dest="step", metavar="trin", required=True)
    prepare = steps.add_parser(
        "prepare", help="skriv materialet til et møde: til områdekontoret, deltagerne og hver kommune"
    )
    prepare.add_argument("--area", choices=("oest", "vest"), required=True, help="området, der indkalder")
    prepare.add_argument(
        "--municipalities", metavar="KODE", nargs="+", help="de indkaldte kommuner (ellers hele området)"
    )
    prepare.add_argument("--from", dest="begin", metavar="DATO", help="periodens første dag (ellers to år tilbage)")
    prepare.add_argument("--to", dest="end", metavar="DATO", help="periodens sidste dag (ellers nyeste kvartals)")
    note = steps.add_parser("actions", help="registrér de aftalte tiltag, eller ny status for dem (tiltag.csv)")
    note.add_argument("file", metavar="FIL", type=Path, help="tiltagene (csv)")
    note.add_argument("--by", metavar="NAVN", required=True, help="den, der registrerer")
    note.add_argument("--encoding", choices=("utf-8", "windows-1252"), default="utf-8", help="filens tegnkodning")
    note.add_argument(
        "--date-format", choices=("iso", "dmy"), default="iso", help="datoer som 2026-09-30 eller 30-09-2026"
    )
    calendar = steps.add_parser("calendar", help="skriv områdets kalender med næste møder (iCalendar)")
    calendar.add_argument("--area", choices=("oest", "vest"), required=True, help="området")
    calendar.add_argument("--to", dest="target", metavar="FIL", type=Path, required=True, help="filen, der skrives")
    for one in (prepare, note, calendar):
        one.add_argument("--output", metavar="MAPPE", type=Path, required=True, help="resultatmappen")


def execute(arguments: argparse.Namespace) -> int:
    """Do one step."""
    output = Output(arguments.output.resolve())
    return {"prepare": _prepare, "actions": _actions, "calendar": _calendar}[arguments.step](output, arguments)


def _prepare(output: Output, arguments: argparse.Namespace) -> int:
    from pipelines import audit_trail
    from reports.meetings import pack, span

    begin, end = _date(arguments.begin, "--from"), _date(arguments.end, "--to")
    codes = None
    if arguments.municipalities is not None:
        codes = [code for text in arguments.municipalities for code in text.split(",") if code]
    shown = sys.stderr.isatty()

    def progress(made: int, total: int) -> None:
        if shown:
            print(f"\r{made} af {total}", end="\n" if made == total else "", file=sys.stderr, flush=True)

    written = pack.prepare(
        output, pack.AREAS[arguments.area], codes, lambda as_of: span.chosen(begin, end, as_of), progress
    )
    audit_trail.record(
        output,
        "meeting_prepared",
        area=arguments.area,
        folder=written.folder.name,
        municipalities=written.municipalities,
        publication=written.publication_id,
    )
    print(f"Materialet til mødet ({written.files} filer): {written.folder}")
    print("  omraadekontor/   fulde tal, kun til områdekontoret")
    print(f"  deltagere/       udgivne tal fra {written.publication_id}, til mødets deltagere")
    print(f"  kommune/<kode>/  fulde tal og svarskema, kun til den enkelte kommune ({written.municipalities})")
    return 0


def _actions(output: Output, arguments: argparse.Namespace) -> int:
    from pipelines import audit_trail
    from pipelines.replies import actions
    from pipelines.warehouse.in_place import open_read_only

    with open_read_only(output) as connection:
        digest, agreed = actions.read(connection, arguments.file, arguments.encoding, arguments.date_format)
        known = {row[0] for row in connection.execute("select name from marts.dim_municipality").fetchall()}
        known |= {row[0] for row in connection.execute("select navn from raw.institutioner").fetchall()}
    now = datetime.datetime.now(datetime.UTC)
    if not actions.record(output, digest, agreed, arguments.by, now):
        print("Filen er allerede registreret; intet er ændret.")
        return 0
    audit_trail.record(output, "actions_recorded", name=arguments.by, sha256=digest, actions=len(agreed))
    print(f"{len(agreed)} tiltag er registreret. De står i næste mødes materiale.")
    suspect = actions.may_name_somebody(agreed, known)
    if suspect:
        print(
            f"Bemærk: teksten i {', '.join(suspect)} kan indeholde et navn. Tiltag vises for alle deltagere; "
            "ret teksten, og lever filen igen, hvis det er en person."
        )
    return 0


def _calendar(output: Output, arguments: argparse.Namespace) -> int:
    from pipelines.errors import UserError
    from pipelines.warehouse.in_place import open_read_only
    from reports.meetings.calendar_file import calendar_file, next_meetings
    from reports.meetings.pack import AREAS

    area = AREAS[arguments.area]
    with open_read_only(output) as connection:
        rows = next_meetings(connection).get(area, [])
    try:
        arguments.target.write_bytes(calendar_file(area, rows))
    except OSError:
        raise UserError(f"{arguments.target} kan ikke skrives. Vælg et andet sted med --to.") from None
    print(f"{arguments.target}: {len(rows)} kommuner, heraf {sum(row.is_overdue for row in rows)} over tiden.")
    return 0


def _date(text: str | None, name: str) -> datetime.date | None:
    if text is None:
        return None
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise WrongUse(f"{name} skal være en dato som 2026-09-30") from None
