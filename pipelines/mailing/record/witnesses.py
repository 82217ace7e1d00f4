"""Who else knows what was handed over: journal, the outbox's own file of answers, and the audit trail.

Belongs here: telling them each move of the ledger, and reading what they were told. Does not belong here: judging
whether they agree (``agreement.py``).

The three lie in three places (outside the output folder, in the outbox, in the output folder), so that whatever is put
back from a backup or lost, another still knows.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from pipelines import audit_trail, durable_files
from pipelines.layout import Output
from pipelines.mailing import matters
from pipelines.mailing.record import journal

#: In the outbox's folder of the quarter: what was handed over, and what the server answered.
ANSWERS = "svar.jsonl"


@dataclass(frozen=True)
class Move:
    """One step of a message: its new state, when, and the server's answer or the person's reason."""

    state: str
    at: str
    detail: str


@dataclass(frozen=True)
class KnownMessage:
    """What one place knows of a message; recipient and checksum are empty where the place does not hold them."""

    message_id: str
    quarter: str
    municipality_code: str
    recipient: str
    sha256: str
    moves: tuple[Move, ...]

    @property
    def state(self) -> str:
        """The state after the last move."""
        return self.moves[-1].state


def tell(output: Output, line: journal.JournalLine) -> None:
    """Let the witnesses know one move that the ledger has on disk; each is on disk when this returns."""
    facts = line.facts
    journal.append(journal.path(output), line)
    if facts["event"] != journal.MOVED:
        return
    _append_answer(output, facts)
    _append_to_audit_trail(output, facts)


def tell_again(output: Output, known: KnownMessage, in_outbox: int, in_audit_trail: int) -> None:
    """Let outbox and audit trail have a message's moves that they lack; the numbers are of those they have."""
    for number, move in enumerate(known.moves):
        facts = {name: value for name, value in settled(known).items() if name != "moves"} | asdict(move)
        if number >= in_outbox:
            _append_answer(output, facts)
        if number >= in_audit_trail:
            _append_to_audit_trail(output, facts)


def _append_to_audit_trail(output: Output, facts: Mapping[str, Any]) -> None:
    audit_trail.record(
        output,
        "mail_message",
        quarter=facts["quarter"],
        municipality=facts["municipality_code"],
        message_id=facts["message_id"],
        state=facts["state"],
        at=facts["at"],
        **({"matter": matters.of(output).kind} if matters.of(output) is not matters.CONTACT_LISTS else {}),
    )


def _append_answer(output: Output, facts: Mapping[str, Any]) -> None:
    place = output.mailing / str(facts["quarter"])
    durable_files.make_folder(place)
    durable_files.append_line(place / ANSWERS, json.dumps(dict(facts), ensure_ascii=False, sort_keys=True))


def of_journal(lines: Sequence[journal.JournalLine]) -> dict[str, KnownMessage]:
    """Return what the journal knows; what a person settled stands for everything before it."""
    found: dict[str, KnownMessage] = {}
    for line in lines:
        if line.facts["event"] == journal.MOVED:
            _add(found, line.facts)
        elif line.facts["event"] == journal.SETTLED:
            found = {entry["message_id"]: _from_settled(entry) for entry in line.facts["messages"]}
    return found


def settled(known: KnownMessage) -> dict[str, Any]:
    """Return a message as a settling line of the journal holds it."""
    return {
        "message_id": known.message_id,
        "quarter": known.quarter,
        "municipality_code": known.municipality_code,
        "recipient": known.recipient,
        "sha256": known.sha256,
        "moves": [[move.state, move.at, move.detail] for move in known.moves],
    }


def _from_settled(entry: Mapping[str, Any]) -> KnownMessage:
    moves = tuple(Move(*move) for move in entry["moves"])
    return KnownMessage(**{name: value for name, value in entry.items() if name != "moves"}, moves=moves)


def of_answers(output: Output) -> dict[str, KnownMessage]:
    """Return what the files of answers in the outboxes know; a line cut short by a power failure is passed over."""
    found: dict[str, KnownMessage] = {}
    for file in sorted(output.mailing.glob(f"*/{ANSWERS}")):
        for line in file.read_text(encoding="utf-8", errors="replace").splitlines():
            _add_if_sound(found, line)
    return found


def of_audit_trail(output: Output) -> dict[str, KnownMessage]:
    """Return what the audit trail knows; it holds no addresses."""
    found: dict[str, KnownMessage] = {}
    for entry in _mail_entries(output):
        facts = {"recipient": "", "sha256": "", "detail": "", "at": entry["when"], **entry}
        facts["municipality_code"] = entry["municipality"]
        _add(found, facts)
    return found


def _mail_entries(output: Output) -> Iterator[Mapping[str, Any]]:
    needed, kind = {"message_id", "state", "quarter", "municipality"}, matters.of(output).kind
    for entry in audit_trail.entries(output):
        # Entries from before there was anything else to send are the contact list's.
        is_ours = entry.get("matter", matters.CONTACT_LISTS.kind) == kind
        if entry.get("event") == "mail_message" and needed <= entry.keys() and is_ours:
            yield entry


def _add_if_sound(found: dict[str, KnownMessage], line: str) -> None:
    try:
        facts = json.loads(line)
        if isinstance(facts, dict):
            _add(found, facts)
    except (ValueError, KeyError):
        return


def _add(found: dict[str, KnownMessage], facts: Mapping[str, Any]) -> None:
    move = Move(str(facts["state"]), str(facts["at"]), str(facts["detail"]))
    before = found.get(facts["message_id"])
    found[facts["message_id"]] = KnownMessage(
        message_id=str(facts["message_id"]),
        quarter=str(facts["quarter"]),
        municipality_code=str(facts["municipality_code"]),
        recipient=str(facts["recipient"]),
        sha256=str(facts["sha256"]),
        moves=(*(before.moves if before else ()), move),
    )
