"""``god-loesladelse reply``: the municipalities' replies on their late cases."""

from __future__ import annotations

import argparse
import datetime
import hashlib
import sys
from pathlib import Path

from pipelines.errors import UserError, WrongUse
from pipelines.layout import Output


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    steps = parser.add_subparsers(dest="step", metavar="trin", required=True)
    form = steps.add_parser("template", help="skriv skemaet med en kommunes sager, som den kan svare på")
    form.add_argument("--municipality", metavar="KODE", required=True, help="kommunens kode, tre cifre")
    form.add_argument("--to", metavar="FIL", type=Path, help="filen, der skrives (ellers svar-<kode>.xlsx)")
    take = steps.add_parser("import", help="registrér en kommunes udfyldte skema")
    take.add_argument("file", metavar="FIL", type=Path, help="det udfyldte skema (xlsx)")
    take.add_argument("--by", metavar="NAVN", required=True, help="den, der registrerer")
    take.add_argument(
        "--municipality", metavar="KODE", help="kommunen, som filen kom fra; afvis den, hvis den siger andet"
    )
    judge = steps.add_parser(
        "decide", help="godkend eller afvis en bestridt dato; en anden person end den, der registrerede"
    )
    judge.add_argument("reply", metavar="SVAR", help="svarets nummer, se: reply list")
    verdict = judge.add_mutually_exclusive_group(required=True)
    verdict.add_argument("--accept", action="store_true", help="kommunens dato er den rigtige")
    verdict.add_argument("--reject", action="store_true", help="vores dato er den rigtige")
    judge.add_argument("--reason", metavar="ÅRSAG", help="hvorfor datoen afvises; kommunen får den at vide")
    judge.add_argument("--by", metavar="NAVN", required=True, help="den, der afgør")
    judge.add_argument("--code", metavar="KODE", default="", help="koden fra mailen, når flere deler én konto")
    judge.add_argument("--decided-on", metavar="DATO", help="afgørelsens dag, når den ikke er i dag")
    again = steps.add_parser("reopen", help="bed om, at en afgørelse træffes igen; en anden person afgør det")
    again.add_argument("reply", metavar="SVAR", help="svarets nummer, se: reply list")
    again.add_argument("--reason", metavar="ÅRSAG", required=True, help="hvorfor afgørelsen skal træffes igen")
    again.add_argument("--by", metavar="NAVN", required=True, help="den, der beder om det")
    back = steps.add_parser("answer", help="skriv svaret til en kommune: hver sag, hvad vi afgjorde, og hvorfor")
    back.add_argument("--municipality", metavar="KODE", required=True, help="kommunens kode, tre cifre")
    back.add_argument("--to", metavar="FIL", type=Path, help="filen, der skrives (ellers svar-til-<kode>.xlsx)")
    show = steps.add_parser("list", help="vis svar, afgørelser og årsager")
    for one in (form, take, judge, again, back, show):
        one.add_argument("--output", metavar="MAPPE", type=Path, required=True, help="resultatmappen")


def execute(arguments: argparse.Namespace) -> int:
    """Do one step."""
    output = Output(arguments.output.resolve())
    steps = {
        "template": _template,
        "import": _import,
        "decide": _decide,
        "reopen": _reopen,
        "answer": _answer,
        "list": _list,
    }
    return steps[arguments.step](output, arguments)


def _template(output: Output, arguments: argparse.Namespace) -> int:
    from pipelines.judging.values import municipality_codes
    from pipelines.replies import form_lines, reply_form
    from pipelines.warehouse.in_place import open_read_only

    code = arguments.municipality
    if code not in municipality_codes():
        raise WrongUse("--municipality skal være en kommunes kode med tre cifre")
    with open_read_only(output) as connection:
        as_of = connection.execute("select as_of from publish.pub_run").fetchall()[0][0]
        content = reply_form.template(connection, code, as_of)
        count = len({case["case_id"] for case in form_lines.late_cases(connection, code)})
    target = arguments.to or Path(f"svar-{code}.xlsx")
    _write(target, content)
    print(f"Skemaet med {count} sager til kommune {code}: {target}")
    return 0


def _import(output: Output, arguments: argparse.Namespace) -> int:
    from pipelines import audit_trail
    from pipelines.replies import replies, returned_form, standing
    from pipelines.warehouse.in_place import open_read_only

    now = datetime.datetime.now(datetime.UTC)
    with open_read_only(output) as connection:
        names = {decision.decided_by for one in replies.recorded(output) for decision in one.decisions}
        form = returned_form.read(connection, arguments.file, now.date(), arguments.municipality, names)
    digest = hashlib.sha256(form.content).hexdigest()
    receipt = replies.record(output, digest, form.replies, arguments.by, now)
    if not receipt.is_new:
        print("Filen er allerede registreret; intet er ændret.")
        return 0
    audit_trail.record(
        output,
        "reply_recorded",
        name=arguments.by,
        municipality=receipt.municipality_code,
        sha256=digest,
        replies=len(receipt.reply_ids),
        disputes=receipt.disputes,
    )
    cases = len({one.case_id for one in form.replies})
    print(
        f"Svar på {cases} {'sag' if cases == 1 else 'sager'} fra kommune {receipt.municipality_code} er registreret "
        f"({receipt.reply_ids[0]} til {receipt.reply_ids[-1]}). {receipt.disputes} med en bestridt dato skal afgøres "
        "af en anden person: god-loesladelse reply decide"
    )
    for text in form.remarks:
        print(f"Bemærk: {text}")
    for text in form.told:
        print(f"Tæller ikke: {text}")
    everything = replies.recorded(output)
    new = [one for one in everything if one.reply_id in receipt.reply_ids]
    for text in standing.contradictions(everything, new):
        print(f"Bemærk: {text}")
    return 0


def _decide(output: Output, arguments: argparse.Namespace) -> int:
    from pipelines import audit_trail
    from pipelines.mailing import code_mail, settings
    from pipelines.people import names
    from pipelines.people.two_people import NeedsCode
    from pipelines.replies import decisions, standing
    from pipelines.replies.replies import ACCEPTED, REJECTED
    from pipelines.warehouse.in_place import open_read_only

    now = datetime.datetime.now(datetime.UTC)
    day = _date(arguments.decided_on)
    verdict = ACCEPTED if arguments.accept else REJECTED
    with open_read_only(output) as connection:
        delivered = standing.delivered(connection, output, arguments.reply, is_accepted=arguments.accept)
    try:
        found = decisions.decide(
            output, arguments.reply, verdict, arguments.by, now, day, arguments.code, arguments.reason, delivered
        )
    except NeedsCode as needed:
        about = f"{'godkender' if arguments.accept else 'afviser'} datoen i svar {arguments.reply}"
        matter = decisions.matter(arguments.reply, verdict)
        address = code_mail.send(output, settings.read(), matter, about, names.checked(arguments.by), now)
        print(f"{needed} Den er sendt til {address}. Kør kommandoen igen med --code KODE.", file=sys.stderr)
        return 1
    decision = found.decision
    assert decision is not None
    audit_trail.record(
        output,
        "reply_decided",
        name=arguments.by,
        reply=found.reply_id,
        verdict=verdict,
        decision=decision.number,
        reason=decision.reason,
        decided_on=str(decision.decided_on),
    )
    if decision.is_accepted:
        print(
            f"Svar {found.reply_id} er godkendt {decision.decided_on:%d-%m-%Y}. Rettelsen tæller i opgørelser pr. den "
            "dag og senere; den første af dem, der udgives, viser i tabellen over ændringer, hvad den betød."
        )
    elif any(one.is_accepted for one in found.decisions):
        print(
            f"Svar {found.reply_id} er afvist {decision.decided_on:%d-%m-%Y}, og rettelsen er taget ud igen. Det "
            "tæller i opgørelser pr. den dag og senere."
        )
    else:
        print(f"Svar {found.reply_id} er afvist. Udfaldet er uændret.")
    return 0


def _reopen(output: Output, arguments: argparse.Namespace) -> int:
    from pipelines import audit_trail
    from pipelines.replies import decisions

    now = datetime.datetime.now(datetime.UTC)
    found = decisions.reopen(output, arguments.reply, arguments.reason, arguments.by, now)
    audit_trail.record(output, "reply_reopened", name=arguments.by, reply=found.reply_id, reason=arguments.reason)
    print(
        f"Svar {found.reply_id} skal afgøres igen. Den afgørelse, der er truffet, gælder, til en anden person afgør "
        "det med: god-loesladelse reply decide"
    )
    return 0


def _answer(output: Output, arguments: argparse.Namespace) -> int:
    from pipelines.replies import answer_file, replies
    from pipelines.warehouse.in_place import open_read_only

    code = arguments.municipality
    recorded = answer_file.answered(replies.recorded(output), code)
    if not recorded:
        raise UserError(f"Der er ikke registreret svar fra kommune {code}. Registrér dem med: reply import")
    with open_read_only(output) as connection:
        as_of = connection.execute("select as_of from publish.pub_run").fetchall()[0][0]
        content = answer_file.make(connection, recorded, code, as_of)
    target = arguments.to or Path(f"svar-til-{code}.xlsx")
    _write(target, content)
    cases = len({one.reply.case_id for one in recorded})
    print(f"Svaret på {cases} {'sag' if cases == 1 else 'sager'} til kommune {code}: {target}")
    return 0


def _write(target: Path, content: bytes) -> None:
    try:
        target.write_bytes(content)
    except OSError:
        raise UserError(f"{target} kan ikke skrives. Vælg et andet sted med --to.") from None


def _list(output: Output, arguments: argparse.Namespace) -> int:
    from pipelines.replies import replies, standing
    from pipelines.replies.form_contract import agreed
    from pipelines.warehouse.in_place import open_read_only

    reasons = agreed().words("aarsag")
    words = {replies.ACCEPTED: "godkendt", replies.REJECTED: "afvist"}
    with open_read_only(output) as connection:
        flagged = standing.waiting_for_a_decision(connection)
    for one in replies.recorded(output):
        reply = one.reply
        line = f"{one.reply_id}  {reply.case_id}  {reply.rule_id}  {reasons[reply.reason]}"
        if reply.disputed:
            line += f"  {reply.column_name}: {reply.held or 'ingen'} -> {reply.claimed}"
            for decision in one.decisions:
                line += f"  {words[decision.verdict]} {decision.decided_on:%d-%m-%Y} af {decision.decided_by}"
                line += f" ({agreed().rejections[decision.reason]})" if decision.reason else ""
            line += "" if one.decisions else "  afventer"
            line += f"  skal afgøres igen ({agreed().reopenings[one.reopened.reason]})" if one.reopened else ""
            line += "  kilden har rettet rækken; skal afgøres igen" if one.reply_id in flagged else ""
        print(line)
    return 0


def _date(text: str | None) -> datetime.date | None:
    if text is None:
        return None
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise WrongUse("--decided-on skal være en dato som 2026-09-30") from None
