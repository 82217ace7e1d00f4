"""``god-loesladelse mail``: contact list, packs and worklists, prepared, approved, sent and followed up.

Holds the mailing's only clock and its only waiting; everything below gets them as arguments.
"""

from __future__ import annotations

import argparse
import datetime
import sys
import time
import zoneinfo
from pathlib import Path

from pipelines import publications, quarters
from pipelines.errors import UserError, WrongUse
from pipelines.layout import Output
from pipelines.mailing import matters
from pipelines.mailing.matters import Round
from pipelines.publications import Publication
from pipelines.quarters import Quarter

_WHAT = {"contact-list": matters.CONTACT_LISTS, "packs": matters.PACKS, "worklists": matters.WORKLISTS}


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the sub-commands and their arguments."""
    commands = parser.add_subparsers(dest="mail_command", metavar="handling", required=True)

    prepare = _add(commands, "prepare", "skriv udbakken: én .eml pr. kommune, og en oversigt")
    prepare.add_argument("--by", metavar="NAVN", required=True, help="hvem der forbereder")
    prepare.add_argument(
        "--go-on", action="store_true", help="forbered, selv om få kan nås, eller mange adresser er ændret"
    )

    approve = _add(commands, "approve", "godkend netop det, der er forberedt (to personer, ikke den, der forberedte)")
    approve.add_argument("--by", metavar="NAVN", required=True, help="hvem der godkender")
    approve.add_argument("--code", metavar="KODE", default="", help="koden fra mailen, når flere deler én konto")

    send = _add(commands, "send", "vis, hvad der ville blive sendt; send det med --send")
    send.add_argument("--send", action="store_true", help="send virkelig, over den mailserver, der er sat op")

    settle = _add(commands, "settle", "vis, hvad protokol og journal ikke er enige om; afgør det med --by og --reason")
    settle.add_argument("--by", metavar="NAVN", help="hvem der afgør, at alt, hvad et sted kender, er afleveret")
    settle.add_argument("--reason", metavar="TEKST", help="hvad afgørelsen bygger på")

    _add(commands, "status", "vis, hvordan udsendelsen står, og hvad nogen skal tage stilling til")

    decide = _add(commands, "decide", "afgør en meddelelse, der er afleveret uden kvittering, eller en afvist")
    decide.add_argument("--municipality", metavar="KODE", required=True, help="kommunens kode, fx 101")
    decide.add_argument("--outcome", choices=("sent", "not-sent"), required=True, help="kom frem, eller kom ikke frem")
    decide.add_argument("--reason", metavar="TEKST", required=True, help="hvad afgørelsen bygger på")
    decide.add_argument("--by", metavar="NAVN", required=True, help="hvem der afgør det")

    recall = _add(commands, "recall", "forbered en besked om at slette en mail, der ikke skulle have været sendt")
    recall.add_argument("--municipality", metavar="KODE", required=True, help="kommunens kode, fx 101")
    recall.add_argument("--reason", metavar="TEKST", required=True, help="hvad der er galt")
    recall.add_argument("--by", metavar="NAVN", required=True, help="hvem der kalder tilbage")
    recall.add_argument("--aware", metavar="TIDSPUNKT", help="hvornår fejlen blev kendt, fx 2026-11-22T10:15 (nu)")

    bounce = _add(commands, "bounce", "registrér meddelelser, der er kommet retur")
    source = bounce.add_mutually_exclusive_group(required=True)
    source.add_argument("--recipient", metavar="MODTAGER", help="mailadressen eller kommunens kode")
    source.add_argument("--folder", metavar="MAPPE", type=Path, help="mappe med returmails som .eml")
    bounce.add_argument("--reason", metavar="TEKST", help="hvorfor den kom retur (med --recipient)")
    bounce.add_argument("--by", metavar="NAVN", help="hvem der melder det (med --recipient)")


def _add(commands: argparse._SubParsersAction, name: str, text: str) -> argparse.ArgumentParser:  # type: ignore[type-arg]
    parser: argparse.ArgumentParser = commands.add_parser(name, help=text, description=f"{text[0].upper()}{text[1:]}.")
    parser.add_argument("--output", metavar="MAPPE", type=Path, required=True, help="resultatmappen")
    parser.add_argument(
        "--what", choices=_WHAT, default="contact-list", help="kontaktlisten, kommunernes pakker eller arbejdslisterne"
    )
    parser.add_argument("--quarter", metavar="KVARTAL", help="kontaktlistens, fx 2026-Q4 (det, datoen i dag ligger i)")
    parser.add_argument("--publication", metavar="NAVN", help="pakkernes udgivelse (ellers den nyeste)")
    parser.add_argument("--week", metavar="UGE", help="arbejdslisternes, fx 2026-W49 (den, datoen i dag ligger i)")
    return parser


def execute(arguments: argparse.Namespace) -> int:
    """Do what the sub-command says; returns the exit status."""
    output = matters.seen_from(Output(arguments.output.resolve()), _WHAT[arguments.what])
    if not output.root.is_dir():
        raise WrongUse(f"mappen {output.root} findes ikke")
    now = _now()
    return _ACTIONS[arguments.mail_command](arguments, output, _round(arguments, output, now), now)


def _round(arguments: argparse.Namespace, output: Output, now: datetime.datetime) -> Round:
    """Return the round that is meant: what a matter is not told by must not be given."""
    from pipelines.publishing import parcel_files

    belongs = {"contact-list": "quarter", "packs": "publication", "worklists": "week"}[arguments.what]
    for name in ("quarter", "publication", "week"):
        if name != belongs and getattr(arguments, name):
            raise WrongUse(f"--{name} hører ikke til --what {arguments.what}")
    if arguments.what == "worklists":
        return parcel_files.round_named(arguments.week) if arguments.week else matters.round_of_week(now.date())
    if arguments.what == "packs":
        return parcel_files.round_of_publication(_publication(output, arguments.publication))
    return quarters.parse(arguments.quarter) if arguments.quarter else quarters.of(now.date())


def _publication(output: Output, name: str | None) -> Publication:
    wanted = publications.named(output, name)
    if wanted is None:
        raise UserError(f"Der er ingen udgivelse {name or ''} i {output.root}. Se god-loesladelse publication list.")
    return wanted


def _now() -> datetime.datetime:
    # Danish time: the quarter of a message is that of the day it was sent here.
    return datetime.datetime.now(zoneinfo.ZoneInfo("Europe/Copenhagen")).replace(microsecond=0)


def _prepare(arguments, output, quarter, now) -> int:  # type: ignore[no-untyped-def]
    from pipelines.mailing import preparing, settings, summary
    from pipelines.mailing.message import contact_register
    from pipelines.people import names

    if names.is_system(arguments.by):
        raise WrongUse("navnet system er tidsplanens; skriv dit eget navn i --by")
    if arguments.what != "contact-list":
        return _prepare_parcels(arguments, output, now)
    try:
        prepared = preparing.prepare(
            output, contact_register.read(output), settings.read(), quarter, arguments.by, now, go_on=arguments.go_on
        )
    except preparing.GateClosed as closed:
        print(summary.as_text(closed.survey))
        raise
    print(summary.as_text(prepared))
    _warn(quarter, now)
    print(f"Oversigt: {output.mailing / quarter.code / 'oversigt.html'}")
    return 0


def _prepare_parcels(arguments, output, now) -> int:  # type: ignore[no-untyped-def]
    from pipelines.mailing.parcels import preparing
    from pipelines.publishing import parcel_files

    is_packs = matters.of(output) is matters.PACKS
    if arguments.week:
        raise WrongUse("arbejdslister forberedes for ugen, datoen i dag ligger i; udelad --week")
    publication = _publication(output, arguments.publication) if is_packs else None
    done = parcel_files.prepare(
        output, matters.of(output), arguments.by, now, publication=publication, go_on=arguments.go_on
    )
    print(preparing.as_text(output, done))
    return 0


def _approve(arguments, output, quarter, now) -> int:  # type: ignore[no-untyped-def]
    from pipelines.mailing import approval, code_mail, settings
    from pipelines.mailing.record import outbox
    from pipelines.people import names
    from pipelines.people.two_people import NeedsCode

    chosen = settings.read()
    try:
        box, standing = approval.approve(output, chosen, quarter, arguments.by, now, arguments.code)
    except NeedsCode as needed:
        box = outbox.required(output, quarter)
        about = f"godkender udsendelsen: {matters.of(output).title.lower()} for {quarter.label}"
        address = code_mail.send(output, chosen, approval.matter(box), about, names.checked(arguments.by), now)
        print(f"{needed} Den er sendt til {address}. Kør kommandoen igen med --code KODE.", file=sys.stderr)
        return 1
    print(f"Godkendt: {len(box.entries)} meddelelser for {quarter.label}, kontrolsum {box.digest}.")
    print("Klar til at sende." if standing.is_complete else f"Ikke klar endnu: {'; '.join(standing.missing)}.")
    return 0


def _send(arguments, output, quarter, now) -> int:  # type: ignore[no-untyped-def]
    from pipelines.mailing import consignments, sending, settings
    from pipelines.mailing.message import contact_register

    known, chosen = contact_register.read(output), settings.read()
    sent = consignments.of(output, known, chosen, quarter, now)
    intended = sending.plan(output, sent, chosen, quarter, now)
    _warn(quarter, now)
    if not arguments.send:
        for entry in intended.to_send:
            name = sent.recipients[entry.municipality_code].municipality_name
            print(f"{entry.municipality_code} {name}: {entry.recipient}")
        print(f"{len(intended.to_send)} meddelelser ville blive sendt. Intet er sendt; send dem med --send.")
        return 0
    surroundings = sending.Surroundings(connect=sent.connect, now=_now, pause=time.sleep, tell=_tell)
    report = sending.run(output, sent, chosen, quarter, surroundings)
    names = {code: one.municipality_name for code, one in sent.recipients.items()}
    print(sending.as_text(output, report, names, quarter))
    if report.needs_attention:
        print("Noget kræver opmærksomhed: se ovenfor, og se god-loesladelse mail status.", file=sys.stderr)
    return 1 if report.needs_attention else 0


def _status(arguments, output, quarter, now) -> int:  # type: ignore[no-untyped-def]
    from pipelines.mailing import settings, status
    from pipelines.mailing.message import contact_register

    known = contact_register.read(output) if output.warehouse.exists() else None
    print(status.as_text(output, known, settings.read(), quarter, now))
    return 0


def _decide(arguments, output, quarter, now) -> int:  # type: ignore[no-untyped-def]
    from pipelines.mailing import deciding
    from pipelines.mailing.record import states

    state = deciding.decide(
        output, quarter, arguments.municipality, arguments.outcome, arguments.by, arguments.reason, now
    )
    print(f"Kommune {arguments.municipality}: {states.DANISH[state]}.")
    return 0


def _settle(arguments, output, quarter, now) -> int:  # type: ignore[no-untyped-def]
    from pipelines.mailing.record import agreement, ledger

    if bool(arguments.by) != bool(arguments.reason):
        raise WrongUse("en afgørelse kræver både --by og --reason")
    if arguments.by:
        done = agreement.settle(output, arguments.by, arguments.reason, now)
        print(
            f"Afgjort: {done.handed_over} meddelelser regnes som afleveret; protokollen manglede {done.added} af dem. "
            "Kom en af dem ikke frem, så brug mail decide. Forbered igen, før der sendes mere."
        )
        return 0
    if not agreement.is_anything_known(output):
        print(f"Der er ikke forberedt nogen udsendelse i {output.root}.")
        return 0
    with ledger.opened(output) as book:
        try:
            agreement.check(output, book)
        except agreement.Disagreement as problem:
            print("\n".join(problem.messages))
            raise
    print("Protokollen og de andre steder er enige. Der er intet at afgøre.")
    return 0


def _recall(arguments, output, quarter, now) -> int:  # type: ignore[no-untyped-def]
    from pipelines.mailing import recall, settings

    aware = _moment(arguments.aware, now) if arguments.aware else now
    notice = recall.prepare(
        output, settings.read(), quarter, arguments.municipality, arguments.by, arguments.reason, aware, now
    )
    print(f"Besked til modtageren (åbn den i et mailprogram, læs den, og send den): {notice.message}")
    print(f"Oplysninger til databeskyttelsesrådgiveren: {notice.facts}")
    print(f"{recall.clock(aware, now)[0].upper()}{recall.clock(aware, now)[1:]}.")
    return 0


def _bounce(arguments, output, quarter, now) -> int:  # type: ignore[no-untyped-def]
    from pipelines.mailing import bounces

    if arguments.folder is not None:
        findings = bounces.read_folder(output, arguments.folder, now)
        for one in findings:
            print(f"{one.file}: {f'kommune {one.code}, ' if one.code else ''}{one.text}")
        unclear = sum(one.code is None for one in findings)
        print(f"{len(findings)} filer læst: {len(findings) - unclear} returmeddelelser, {unclear} skal en person læse.")
        return 0
    if not arguments.reason or not arguments.by:
        raise WrongUse("--recipient kræver --reason og --by")
    codes = bounces.record(output, quarter, arguments.recipient, arguments.reason, arguments.by, now)
    print(f"Registreret som kommet retur: kommune {', '.join(codes)}.")
    return 0


def _warn(of_round: Round, now: datetime.datetime) -> None:
    told = quarters.warning(of_round, now.date()) if isinstance(of_round, Quarter) else None
    if told:
        print(told, file=sys.stderr)


def _moment(text: str, now: datetime.datetime) -> datetime.datetime:
    try:
        moment = datetime.datetime.fromisoformat(text)
    except ValueError:
        raise WrongUse("--aware skrives som 2026-11-22T10:15") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=now.tzinfo)


def _tell(text: str) -> None:
    print(text, flush=True)


_ACTIONS = {
    "prepare": _prepare,
    "approve": _approve,
    "send": _send,
    "settle": _settle,
    "status": _status,
    "decide": _decide,
    "recall": _recall,
    "bounce": _bounce,
}
