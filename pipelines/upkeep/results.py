"""What the runs have left: warehouse, publication, audit trail, a run cut short, and whether the mail server answers.

Belongs here: examining these. Does not belong here: what a run came to in figures (``watching``).
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from pipelines import publications
from pipelines.configuration import settings
from pipelines.danish import number
from pipelines.errors import UserError
from pipelines.layout import Output
from pipelines.locks import is_at_rest
from pipelines.upkeep.findings import DoctorFinding, fault, note, sound, warning

#: After a year the next publication about the same quarter has said what changed; few open the old pages then.
_SOON_OLD = 12
#: Bytes of the disk; less is not worth an operator's time.
_WORTH_TELLING = 100_000_000


def examine(output: Output) -> Iterator[DoctorFinding]:
    """Yield what is found about the results in an output folder, and about the mail server of the settings."""
    if output.root.is_dir():
        yield _warehouse(output)
        yield _publication(output)
        yield from _old_publications(output)
        yield _trail(output)
        if not is_at_rest(output):
            yield note("Kørsel", "en kørsel er i gang, eller den seneste blev afbrudt; den næste rydder op")
    yield mail_server()


def _warehouse(output: Output) -> DoctorFinding:
    from pipelines.warehouse import in_place

    if not output.warehouse.exists():
        return note("Datavarehus", "er ikke bygget endnu", "god-loesladelse run bygger det af de modtagne bytes")
    digest = in_place.current_digest(output)
    if digest is None:
        return warning(
            "Datavarehus",
            "warehouse.duckdb og marts.duckdb hører ikke sammen, eller en af dem er beskadiget.",
            "Kør god-loesladelse run; de bygges på ny.",
        )
    facts = in_place.grounds(output) or {}
    return sound("Datavarehus", f"bygget af leverance {facts.get('batch')} pr. {facts.get('as_of')}")


def _publication(output: Output) -> DoctorFinding:
    try:
        current = publications.current(output)
    except (OSError, ValueError, KeyError):
        return fault("Udgivelse", "En udgivelse kan ikke læses.", "Læg published/ tilbage fra sikkerhedskopien.")
    if current is None:
        return note("Udgivelse", "der er ingen endnu")
    lines = publications.differences(current.folder)
    if lines:
        return fault(
            "Udgivelse",
            f"{current.publication_id} er ikke, som den blev udgivet: {lines[0]} ({len(lines)} afvigelser).",
            "Læg den tilbage fra sikkerhedskopien.",
        )
    return sound("Udgivelse", f"{current.publication_id}, alle kontrolsummer stemmer")


def _old_publications(output: Output) -> Iterator[DoctorFinding]:
    """Tell of old publications that lie whole, when the settings say that none is made thin by itself."""
    from pipelines.publishing import thinning

    try:
        newest = publications.current(output)
        if newest is None or settings().publication.whole_for_months:
            return
        whole = thinning.thin(output, thinning.months_before(newest.as_of, _SOON_OLD), dry_run=True)
    except (OSError, ValueError, KeyError, UserError):
        return  # told by what is found of the publication itself
    if whole.size >= _WORTH_TELLING:
        yield note(
            "Gamle udgivelser",
            f"{len(whole.publications)} om dage for mere end {_SOON_OLD} måneder siden ligger hele; deres sider og "
            f"dokumenter fylder {number(whole.size / 1_000_000)} MB",
            f"god-loesladelse publication thin --older-than {_SOON_OLD} sletter dem og beholder tallene; "
            f"whole_for_months = {_SOON_OLD} i [publication] gør det ved hver ny udgivelse.",
        )


def _trail(output: Output) -> DoctorFinding:
    if not output.audit_log.exists():
        return note("Sporet", "audit.jsonl er ikke begyndt")
    total = broken = 0
    with output.audit_log.open("rb") as file:
        for line in file:
            total += 1
            try:
                json.loads(line)
            except ValueError:
                broken += 1
    if broken:
        return warning(
            "Sporet", f"{broken} af {total} linjer i audit.jsonl kan ikke læses.", "Sammenlign med sikkerhedskopien."
        )
    return sound("Sporet", f"audit.jsonl, {total} linjer")


def mail_server() -> DoctorFinding:
    """Connect to the mail server as a sending would, log in, and hang up; no message is handed over."""
    from pipelines.mailing import settings as mail_settings
    from pipelines.mailing.transport import Smtp, Unavailable

    about = "Mailserver"
    try:
        chosen = mail_settings.read()
        if not chosen.smtp_host:
            return note(about, "er ikke sat op; kontaktlisten kan forberedes, men ikke sendes")
        Smtp(chosen, frozenset()).connect().close()
    except Unavailable as problem:
        return fault(
            about, f"{chosen.smtp_host}: {problem}.", "Kontrollér smtp_host og smtp_port i [mailing] og netværket."
        )
    except UserError as problem:
        return fault(about, str(problem).replace(" Der er ikke sendt mere.", ""), "")
    if not chosen.test_address:
        return warning(
            about,
            f"{chosen.smtp_host} svarer, men der er ingen prøveadresse.",
            "Sæt test_address i [mailing]; uden sendes intet.",
        )
    return sound(about, f"{chosen.smtp_host} svarer og lader sig logge ind på")
