"""Do ledger, journal, outbox and audit trail tell the same of what was handed over, and what a person settles if not.

Belongs here: comparing them, saying in Danish what differs, recording a person's decision. Does not belong here: the
files themselves (``ledger.py``, ``journal.py``, ``witnesses.py``) and a single message's fate (``deciding.py``).

A ledger that was put back, emptied or lost would have the list sent again to everybody. So nothing is prepared, sent
or counted while one place knows of a hand-over that another does not. A person puts the newest file back, or settles
that whatever any place knows as handed over counts as handed over: nobody can get a second message by that.
"""

from __future__ import annotations

import datetime
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from pipelines import accounts, audit_trail
from pipelines.errors import UserError, WrongUse
from pipelines.layout import Output
from pipelines.mailing.message import texts
from pipelines.mailing.record import journal, states, witnesses
from pipelines.mailing.record import ledger as ledger_file
from pipelines.mailing.record.ledger import Ledger
from pipelines.mailing.record.witnesses import KnownMessage
from pipelines.people import names
from pipelines.privacy.civil_registration import mask_numbers

_SHOWN = 8
# When two places tell different stories of one message, the one that can give nobody a second message counts.
_SAFEST_FIRST = (states.SENT, states.SENDING, states.BOUNCED, states.REFUSED)


class Disagreement(UserError):
    """The places differ; ``findings`` says in what, ``messages`` how each message differs."""

    def __init__(self, output: Output, findings: list[str], messages: list[str]) -> None:
        self.findings = findings
        self.messages = messages
        super().__init__(
            "Udsendelsens protokol og de andre steder, der ved, hvad der er sendt, er ikke enige. Intet forberedes, "
            f"godkendes eller sendes. {' '.join(findings)} Protokollen er {ledger_file.path(output)}, journalen "
            f"{journal.path(output)}. Er en af dem lagt tilbage fra en sikkerhedskopi, så læg den nyeste udgave på "
            "plads. Findes den ikke mere, skal en person afgøre, at alt, hvad et af stederne kender som afleveret, er "
            f"afleveret: god-loesladelse mail settle --output {output.root} --by NAVN --reason TEKST. Uden --by viser "
            "samme kommando hver meddelelse, de ikke er enige om."
        )


@dataclass(frozen=True)
class _Places:
    """What each place knows of each message, by the place's Danish name; ``chain`` is the journal, ``sound`` of it."""

    ledger: dict[str, KnownMessage]
    chain: list[journal.JournalLine]
    is_sound: bool
    others: dict[str, dict[str, KnownMessage]]

    @property
    def all(self) -> dict[str, dict[str, KnownMessage]]:
        """Every place, the ledger first."""
        return {"protokollen": self.ledger, "journalen": witnesses.of_journal(self.chain), **self.others}


@dataclass(frozen=True)
class Settlement:
    """What a person settled: how many messages count as handed over, and how many of them the ledger did not know."""

    handed_over: int
    added: int


def check(output: Output, ledger: Ledger) -> None:
    """Raise Disagreement unless every place tells the same; what a crash kept out of the journal is put in first."""
    with ledger.at_rest():
        places = _read(output, ledger)
        findings = _findings(output, ledger, places)
        if not findings and places.chain and ledger.last_line() is None:
            # A new ledger beside a journal without a single hand-over: it goes on from there.
            ledger.follow(places.chain[-1])
    if findings:
        raise Disagreement(output, findings, _differences(places))


def is_anything_known(output: Output) -> bool:
    """Whether any place of this output folder holds anything about a mailing."""
    return bool(
        ledger_file.path(output).exists()
        or journal.is_of_its_own(output)
        or witnesses.of_answers(output)
        or witnesses.of_audit_trail(output)
    )


def settle(output: Output, name: str, reason: str, now: datetime.datetime) -> Settlement:
    """Record that whatever any place knows as handed over is handed over, and who decided so; nothing is sent by it."""
    by, told = names.checked(name), texts.clean_line(reason)
    if not told:
        raise WrongUse("--reason skal sige, hvad afgørelsen bygger på")
    with ledger_file.opened(output) as ledger:
        with ledger.at_rest():
            places = _read(output, ledger)
            if not _findings(output, ledger, places):
                raise UserError("Protokollen og de andre steder er enige. Der er intet at afgøre.")
            everything = _together(places)
            changed = [one for key, one in everything.items() if one.moves != _moves(places.ledger, key)]
            try:
                ledger.settle(changed, f"afgjort af {by}: {told}")
            except sqlite3.IntegrityError:
                raise UserError(
                    "Stederne kender to meddelelser til samme kommune og kvartal som afleveret. Det kan ikke afgøres "
                    "her; læg den nyeste protokol og journal på plads."
                ) from None
            final = ledger.known()
            facts = {
                "event": journal.SETTLED,
                "at": now.isoformat(),
                "name": by,
                "account": accounts.current(),
                "reason": told,
                "messages": [witnesses.settled(one) for one in final.values()],
            }
            ledger.follow(_continued(output, places, facts, now))
        in_outbox, in_trail = places.others.values()
        for key, one in final.items():
            witnesses.tell_again(output, one, len(_moves(in_outbox, key)), len(_moves(in_trail, key)))
        audit_trail.record(
            output,
            "mail_settled",
            by=by,
            reason=told,
            messages=[{"message_id": one.message_id, "state": one.state} for one in changed],
        )
    handed_over = sum(one.state in states.HANDED_OVER for one in final.values())
    return Settlement(handed_over, len(final.keys() - places.ledger.keys()))


def _continued(
    output: Output, places: _Places, facts: Mapping[str, object], now: datetime.datetime
) -> journal.JournalLine:
    """Add the settling line to the journal, a new one when the old is damaged or gone; return that line."""
    file = journal.path(output)
    last = places.chain[-1] if places.chain else None
    if last is None or not places.is_sound:
        previous = journal.set_aside(file) if file.exists() and not places.is_sound else None
        last = journal.first({"at": now.isoformat()}, *([previous] if previous else []))
        journal.append(file, last)
    line = journal.following(last.number, last.sum, facts)
    journal.append(file, line)
    return line


def _read(output: Output, ledger: Ledger) -> _Places:
    try:
        chain, is_sound = journal.read(journal.path(output)), True
    except journal.Damaged as damage:
        chain, is_sound = damage.sound, False
    held = ledger.known()
    answers = witnesses.of_answers(output)
    # The audit trail masks whatever looks like a personal number, also by chance in the middle of an id.
    real = {mask_numbers(one): one for one in (*held, *answers, *witnesses.of_journal(chain))}
    noted = {
        real.get(one.message_id, one.message_id): replace(one, message_id=real.get(one.message_id, one.message_id))
        for one in witnesses.of_audit_trail(output).values()
    }
    return _Places(held, chain, is_sound, {"udbakkens svar": answers, "sporet i audit.jsonl": noted})


def _findings(output: Output, ledger: Ledger, places: _Places) -> list[str]:
    """Return in Danish each way in which the places differ, none when they agree."""
    found = []
    last, in_journal = ledger.last_line(), witnesses.of_journal(places.chain)
    handed_over = {key for key, one in places.ledger.items() if one.state in states.HANDED_OVER}
    if not places.is_sound:
        found.append(f"Journalen er beskadiget efter linje {len(places.chain)}.")
    elif last is None and places.ledger and not places.chain:
        found.append("Journalen mangler, men protokollen har afleverede meddelelser.")
    elif last is not None and not places.chain and (places.ledger or last.number > 1):
        found.append("Journalen mangler.")
    elif last is not None and last.sum not in [line.sum for line in places.chain[last.number - 1 : last.number]]:
        behind = len(places.chain) < last.number
        found.append(
            "Journalen er ældre end protokollen." if behind else "Journalen er en anden end den, protokollen kender."
        )
    elif last is not None and len(places.chain) > last.number:
        found.append(f"Protokollen er ældre end journalen: den mangler {len(places.chain) - last.number} trin.")
    else:
        told = {key for key, one in in_journal.items() if one.state in states.HANDED_OVER}
        differ = {key for key in told & handed_over if in_journal[key].state != places.ledger[key].state}
        if told ^ handed_over or differ:
            found.append("Protokollen og journalen kender ikke de samme afleverede meddelelser.")
    if ledger.contradictory():
        found.append("Protokollen er ændret uden om programmet.")
    for name, known in {"Journalen": in_journal, **_with_capital(places.others)}.items():
        more = [one for key, one in known.items() if len(one.moves) > len(_moves(places.ledger, key))]
        if more:
            quarters = sorted({one.quarter for one in more})
            found.append(
                f"{name} ved mere end protokollen om {_counted(more)} i {', '.join(quarters)} ({_codes(more)})."
            )
    return found


def _with_capital(places: Mapping[str, dict[str, KnownMessage]]) -> dict[str, dict[str, KnownMessage]]:
    return {f"{name[0].upper()}{name[1:]}": known for name, known in places.items()}


def _differences(places: _Places) -> list[str]:
    """Return one line for each message that the places tell differently of."""
    lines = []
    for key, one in sorted(_together(places).items(), key=lambda item: (item[1].quarter, item[1].municipality_code)):
        said = {name: known[key].state if key in known else "" for name, known in places.all.items()}
        if len(set(said.values())) > 1:
            told = ", ".join(f"{name}: {states.DANISH.get(state, 'kender den ikke')}" for name, state in said.items())
            lines.append(
                f"{one.quarter} kommune {one.municipality_code}: {told}. Afgøres som {states.DANISH[one.state]}. "
                f"{one.message_id}"
            )
    return lines


def _together(places: _Places) -> dict[str, KnownMessage]:
    """Return for each message the story that counts: the longest, or the safest when they are not one story."""
    found: dict[str, KnownMessage] = {}
    for key in dict.fromkeys(key for known in places.all.values() for key in known):
        told = [known[key] for known in places.all.values() if key in known]
        longest = max(told, key=lambda one: len(one.moves))
        steps = [move.state for move in longest.moves]
        if any([move.state for move in one.moves] != steps[: len(one.moves)] for one in told):
            longest = min(told, key=lambda one: (_risk(one.state), -len(one.moves)))
        # The place with the longest story may be one that holds neither address nor checksum.
        full = next((one for one in told if one.recipient), longest)
        found[key] = replace(longest, recipient=full.recipient, sha256=full.sha256)
    return found


def _risk(state: str) -> int:
    return _SAFEST_FIRST.index(state) if state in _SAFEST_FIRST else len(_SAFEST_FIRST)


def _moves(known: Mapping[str, KnownMessage], key: str) -> tuple[witnesses.Move, ...]:
    return known[key].moves if key in known else ()


def _counted(messages: list[KnownMessage]) -> str:
    return "1 meddelelse" if len(messages) == 1 else f"{len(messages)} meddelelser"


def _codes(messages: Iterable[KnownMessage]) -> str:
    codes = sorted({one.municipality_code for one in messages})
    more = f" og {len(codes) - _SHOWN} til" if len(codes) > _SHOWN else ""
    return f"kommune {', '.join(codes[:_SHOWN])}{more}"
