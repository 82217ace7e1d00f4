"""What was agreed at meetings: the file tiltag.csv read by its contract, recorded, and read again as it stands now.

Belongs here: the actions and their status over time. Does not belong here: whether a figure moved (``control_chart``).
"""

from __future__ import annotations

import datetime
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines import accounts
from pipelines.judging.values import municipality_codes
from pipelines.layout import Output
from pipelines.people import names
from pipelines.receiving import csv_reading
from pipelines.receiving.refusal import DeliveryRefused
from pipelines.replies import store
from pipelines.replies.form_contract import ACTIONS_FILE, FileRefused, agreed, named, rows
from pipelines.units import AREA_FOLDERS, Key

_LARGEST_FILE = 5_000_000
_OPEN = ("aftalt", "i_gang")
_ACTION_ID = re.compile(r"[\w.\-]{1,40}")
# Two words with capitals in a row, not at the beginning of the text, may be somebody's name.
_MAY_BE_A_NAME = re.compile(r"(?<=\w )[A-ZÆØÅ][a-zæøåéü]+(?:-[A-ZÆØÅ][a-zæøåéü]+)? [A-ZÆØÅ][a-zæøåéü]{2,}")


@dataclass(frozen=True)
class Action:
    """One agreed action with its newest status."""

    meeting_id: str
    meeting_date: datetime.date
    unit: Key
    rule_id: str
    what: str
    who: str
    by_when: datetime.date
    status: str
    action_id: str | None = None

    @property
    def identity(self) -> tuple[str, ...]:
        """What makes it the same action from file to file: its id; of one from before ids, all that was agreed."""
        return (self.action_id,) if self.action_id else (self.meeting_id, *self.unit, self.rule_id, self.what)

    @property
    def is_open(self) -> bool:
        """Whether it is neither done nor given up."""
        return self.status in _OPEN

    def has_passed(self, as_of: datetime.date) -> bool:
        """Whether its day has passed without it being done or given up."""
        return self.is_open and self.by_when < as_of


def read(connection: Any, file: Path, encoding: str, date_format: str) -> tuple[str, list[Action]]:
    """Return the sum of the file and its actions; raises FileRefused when it breaks the contract.

    The rule must be in the catalogue and not restricted; a meeting that the deliveries know must have their date.
    """
    try:
        return _read(connection, file, encoding, date_format)
    except FileRefused as problem:
        raise named(problem, ACTIONS_FILE, file) from None


def _read(connection: Any, file: Path, encoding: str, date_format: str) -> tuple[str, list[Action]]:
    data = _bytes(file)
    try:
        table = csv_reading.read(agreed().actions, data, encoding)
    except DeliveryRefused as problem:
        raise FileRefused(f"Filen er afvist, og intet er gemt: {problem.message}") from None
    rules = {
        row[0]
        for row in connection.execute(
            "select rule_id from publish.pub_rule where lower(cast(restricted as varchar)) <> 'true'"
        ).fetchall()
    }
    known = connection.execute(
        "select distinct moede_id, try_cast(dato as date), omraade from raw.samarbejdsmoeder"
    ).fetchall()
    meetings = {row[0]: row[1:] for row in known}
    result: list[Action] = []
    keys = set()
    for line, row in rows(table, date_format):
        where = f"{ACTIONS_FILE} række {line}"
        action = _action(where, row, rules, meetings)
        if action.identity in keys:
            raise FileRefused(f"{where} har samme tiltag_id som en tidligere række. Lad én af dem stå.")
        keys.add(action.identity)
        _refuse_persons(connection, where, action.what)
        result.append(action)
    if not result:
        raise FileRefused(f"{ACTIONS_FILE} har ingen tiltag.")
    return hashlib.sha256(data).hexdigest(), result


def _action(
    where: str, row: Mapping[str, str | None], rules: set[str], meetings: Mapping[str, tuple[Any, str]]
) -> Action:
    meeting_id, rule_id, unit_text = str(row["moede_id"]), str(row["regel"]), str(row["enhed"])
    if rule_id not in rules:
        raise FileRefused(f"{where}: reglen findes ikke i regelkataloget. Skriv dens rule_id.")
    if unit_text in AREA_FOLDERS:
        unit: Key = ("area", unit_text)
    elif unit_text in municipality_codes():
        unit = ("municipality", unit_text)
    else:
        raise FileRefused(f"{where}: enhed skal være en kommunes kode med tre cifre, Øst eller Vest.")
    day = datetime.date.fromisoformat(str(row["moede_dato"]))
    if meeting_id in meetings and meetings[meeting_id][0] != day:
        raise FileRefused(f"{where}: mødet har en anden dato i leverancen fra klientsystemet. Ret moede_dato.")
    action_id = str(row["tiltag_id"])
    if not _ACTION_ID.fullmatch(action_id):
        raise FileRefused(f"{where}: tiltag_id skal være højst 40 bogstaver, tal, punktum og streger uden mellemrum.")
    by_when = datetime.date.fromisoformat(str(row["frist"]))
    if by_when < day:
        raise FileRefused(f"{where}: fristen ligger før mødet.")
    return Action(
        meeting_id, day, unit, rule_id, str(row["hvad"]), str(row["hvem"]), by_when, str(row["status"]), action_id
    )


def _refuse_persons(connection: Any, where: str, text: str) -> None:
    """Refuse an action that names a case or a contact person: what is agreed is about the work and never about one."""
    words = re.findall(r"[\w./\-]+", text)
    cases = connection.execute(
        "select 1 from (select sags_id from raw.afsoningssager union all select sags_id from raw.tilsynssager) "
        "where sags_id in (select unnest(?::varchar[])) limit 1",
        [[word.rstrip(".") for word in words]],
    ).fetchall()
    if cases:
        raise FileRefused(f"{where}: hvad nævner en sag. Et tiltag handler om arbejdet; fjern sagens nummer.")
    people = connection.execute(
        "select 1 from restricted.samarbejdsaftaler_kontakter where length(kontakt_navn) > 3 "
        "and contains(lower(?), lower(kontakt_navn)) limit 1",
        [text],
    ).fetchall()
    if people:
        raise FileRefused(f"{where}: hvad nævner en kontaktperson. Skriv parten i hvem, og fjern navnet.")


def may_name_somebody(agreed_actions: list[Action], known: set[str]) -> list[str]:
    """Return the ids of actions whose text may have a person's name in it, names of units and institutions aside."""
    found = []
    for one in agreed_actions:
        names_ = [name for name in _MAY_BE_A_NAME.findall(one.what) if not any(name in other for other in known)]
        if names_:
            found.append(one.action_id or one.what)
    return found


def _bytes(file: Path) -> bytes:
    try:
        if not file.is_file() or file.stat().st_size > _LARGEST_FILE:
            raise FileRefused(f"{ACTIONS_FILE}: filen findes ikke eller er over {_LARGEST_FILE // 1_000_000} MB.")
        return file.read_bytes()
    except OSError:
        raise FileRefused(f"{ACTIONS_FILE}: filen kan ikke læses. Giv programmet adgang til den.") from None


def record(output: Output, sha256: str, agreed_actions: list[Action], by: str, at: datetime.datetime) -> bool:
    """Record the actions of one file in one step; returns False when the same bytes were recorded before."""
    name = names.checked(by)
    with store.opened(output) as connection, store.writing(connection):
        if connection.execute("select 1 from action_file where sha256 = ?", (sha256,)).fetchone():
            return False
        number = connection.execute(
            "insert into action_file (sha256, name, account, at) values (?, ?, ?, ?)",
            (sha256, name, accounts.current(), at.isoformat()),
        ).lastrowid
        for one in agreed_actions:
            connection.execute(
                "insert into action (file_number, meeting_id, meeting_date, level, unit_code, rule_id, what, who, "
                "by_when, status, action_id) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    number,
                    one.meeting_id,
                    one.meeting_date.isoformat(),
                    *one.unit,
                    one.rule_id,
                    one.what,
                    one.who,
                    one.by_when.isoformat(),
                    one.status,
                    one.action_id,
                ),
            )
    return True


def recorded(output: Output) -> list[Action]:
    """Return every action with its newest status and time limit, oldest meeting first."""
    if not store.path(output).exists():
        return []
    with store.opened(output) as connection:
        found = connection.execute(
            "select meeting_id, meeting_date, level, unit_code, rule_id, what, who, by_when, status, action_id "
            "from action order by number"
        ).fetchall()
    newest: dict[tuple[str, ...], Action] = {}
    for meeting_id, day, level, code, rule_id, what, who, by_when, status, action_id in found:
        action = Action(
            meeting_id,
            datetime.date.fromisoformat(day),
            (level, code),
            rule_id,
            what,
            who,
            datetime.date.fromisoformat(by_when),
            status,
            action_id,
        )
        newest[action.identity] = action
    return sorted(newest.values(), key=lambda one: (one.meeting_date, one.meeting_id, one.unit, one.rule_id, one.what))
