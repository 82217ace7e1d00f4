"""A filled-in reply form read back: everything that it must fulfil before it is recorded.

Belongs here: the form's lines and what they must agree with. Does not belong here: the safety of the workbook
(``workbook_parts``, ``pipelines.receiving.workbook_reading``) and recording (``replies``).

Nothing but codes, dates and numbers of ours gets in: there is no cell in which free text would be accepted. A line that
cannot be right refuses the file whole, for its sender is at hand. A line about what has left the list since the form
was made is no fault of the sender's: it is told, and the rest counts.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pipelines.danish import MONTHS
from pipelines.receiving import workbook_reading
from pipelines.receiving.refusal import DeliveryRefused
from pipelines.replies import form_lines, form_wordings, standing, workbook_parts
from pipelines.replies.claimed_dates import objection
from pipelines.replies.form_contract import REPLY_FILE, Dispute, FileRefused, agreed, named, rows
from pipelines.replies.replies import NEW_ROW, Reply
from pipelines.replies.reply_form import GUIDE, NEW

_LARGEST_FILE = 5_000_000
# Columns that the form did not have at first, all of them of ours: a form made before is a form all the same.
_LATER_COLUMNS = frozenset(
    [
        "institution",
        "begyndt",
        "loesladt",
        "ansvarlig",
        "svar_oenskes",
        "rettet_dato",
        "rettet_dag",
        "rettet_af",
        "rettelse",
        "anden_kommune",
    ]
)
_ANSWERS = ("aarsag", "bestridt_dato", "kommunens_dato", "anden_kommune")
_NUMBER_OF_OURS = re.compile(r"(?=.*\d)[\w.\-/]{1,60}")

Row = dict[str, str | None]


@dataclass(frozen=True)
class Returned:
    """What a form says: its bytes, the replies, and in Danish what does not count, line by line.

    ``remarks`` are about the whole form and take nothing away.
    """

    content: bytes
    replies: tuple[Reply, ...]
    told: tuple[str, ...]
    remarks: tuple[str, ...] = ()


def read(
    connection: Any,
    file: Path,
    today: datetime.date,
    expected_municipality: str | None = None,
    names: Iterable[str] = (),
) -> Returned:
    """Return what a filled-in form says; raises FileRefused with one Danish message.

    ``names`` are those of people who have decided replies: the form shows them.
    """
    try:
        content = _bytes(file)
        version, lines = _checked_rows(content)
        found = _Reader(connection, lines, today, expected_municipality, set(names)).returned(content)
        if version is not None and version < form_wordings.newest():
            older = f"Skemaet er version {version}; det gældende er version {form_wordings.newest()}."
            return replace(found, remarks=(f"{older} Svaret tæller, som det er.",))
        return found
    except FileRefused as problem:
        raise named(problem, REPLY_FILE, file) from None


class _Reader:
    """The lines of one form beside the warehouse."""

    def __init__(
        self, connection: Any, lines: list[tuple[int, Row]], today: datetime.date, expected: str | None, names: set[str]
    ) -> None:
        self._connection = connection
        self._today = today
        self._lines = lines
        self._code = self._one_municipality(expected)
        self._late = {(case["case_id"], case["rule_id"]) for case in form_lines.late_cases(connection, self._code)}
        self._held = {
            code: form_lines.held_rows(connection, one, self._code) for code, one in agreed().disputes.items()
        }
        self._corrected = form_lines.corrections(connection, self._code)
        self._names = names

    def returned(self, content: bytes) -> Returned:
        """Return the replies of every answered line that counts."""
        answered = [(line, row) for line, row in self._lines if any(row.get(name) for name in _ANSWERS)]
        if not answered:
            raise FileRefused("Svaret har ingen udfyldte rækker. Vælg mindst én årsag, og send det igen.")
        self._check_our_words()
        told: list[str] = []
        replies: dict[tuple[Any, ...], tuple[int, Reply]] = {}
        for line, row in self._lines:
            where = f"{REPLY_FILE} række {line}"
            on_the_list = (row["sags_id"], row["regel"]) in self._late
            gone = self._check_row_number(where, row, on_the_list)
            if (line, row) not in answered:
                continue
            if not on_the_list:
                # The same words whether the case exists or is another municipality's, so that nothing is learnt of it.
                told.append(
                    f"{where}: sagen og reglen står ikke på kommune {self._code}'s liste over sager, der er for sent "
                    "eller ikke gjort i de seneste fire kvartaler. Svaret på den række tæller ikke."
                )
            elif gone:
                told.append(f"{where}: rækken i kolonnen raekke findes ikke længere hos os. Svaret på den tæller ikke.")
            else:
                self._take(where, line, row, replies, told)
        if not replies:
            raise FileRefused(
                f"Ingen af svarets rækker tæller. {told[0]} Brug en ny liste: god-loesladelse reply template"
            )
        return Returned(content, tuple(reply for _, reply in replies.values()), tuple(told))

    def _one_municipality(self, expected: str | None) -> str:
        code = str(self._lines[0][1]["kommunekode"])
        other = next((line for line, row in self._lines if row["kommunekode"] != code), None)
        if other is not None:
            raise FileRefused(
                f"{REPLY_FILE} række {other}: svaret nævner flere kommuner. En kommune svarer kun på sine egne sager; "
                "lad kolonnen kommunekode stå, som den blev sendt."
            )
        if expected not in (None, code):
            raise FileRefused(f"Svaret er fra kommune {code}, men skulle være fra kommune {expected}.")
        return code

    def _check_our_words(self) -> None:
        """Refuse text in the columns of ours: each holds what we write there, and nothing else."""
        titles = form_lines.rule_titles(self._connection)
        institutions = {
            row[0]
            for row in self._connection.execute(
                "select distinct institution_name from publish.pub_late_case"
            ).fetchall()
        } | {row[0] for row in self._connection.execute("select navn from raw.institutioner").fetchall()}
        ours: dict[str, Callable[[Row], set[str | None]]] = {
            "pligt": lambda row: {titles.get(str(row["regel"]))},
            "institution": lambda row: institutions,
            "rettet_af": lambda row: set(self._names),
        }
        for line, row in self._lines:
            for column, allowed in ours.items():
                text = row.get(column)
                was_ours = column == "pligt" and form_wordings.was_ours(text or "")
                if text is not None and text not in allowed(row) and not was_ours:
                    raise FileRefused(
                        f"{REPLY_FILE} række {line}: kolonnen {column} er ændret. Fri tekst modtages ikke; lad "
                        "kolonnen stå, som den blev sendt."
                    )

    def _check_row_number(self, where: str, row: Row, on_the_list: bool) -> bool:
        """Return whether the line is about a row that the delivery no longer has; refuses what is no number of ours."""
        key, case_id = row["raekke"], str(row["sags_id"])
        if not _NUMBER_OF_OURS.fullmatch(case_id):
            raise FileRefused(f"{where}: kolonnen sags_id er ikke et sagsnummer. Lad den stå, som den blev sendt.")
        if key in (None, NEW):
            return False
        assert key is not None
        ours = {known for held in self._held.values() for known in held.get(case_id, {})}
        ours |= {row_key for case, row_key, _ in self._corrected if case == case_id}
        if key in ours:
            return False
        if not _NUMBER_OF_OURS.fullmatch(key) or (on_the_list and self._stands_elsewhere(key)):
            raise FileRefused(
                f"{where}: kolonnen raekke nævner ikke en række, som den bestridte dato står på. Lad den stå, som den "
                f"blev sendt, eller skriv {NEW}, når det drejer sig om noget, vi ikke har."
            )
        return on_the_list

    def _stands_elsewhere(self, key: str) -> bool:
        places = {(one.table, one.key) for one in agreed().disputes.values() if not one.every_rule}
        return any(
            self._connection.execute(f'select 1 from raw.{table} where "{column}" = ? limit 1', [key]).fetchall()
            for table, column in sorted(places)
        )

    def _take(
        self, where: str, line: int, row: Row, replies: dict[tuple[Any, ...], tuple[int, Reply]], told: list[str]
    ) -> None:
        reply = self._reply(where, row)
        if reply is None:
            told.append(f"{where}: kommunens dato er den samme som vores. Der er intet at rette.")
            return
        if reply.disputed is None:
            # The same reason on each line of a case is one answer.
            replies.setdefault((reply.case_id, reply.rule_id, reply.reason), (line, reply))
            return
        subject = (reply.case_id, reply.disputed, reply.row_key)
        other = next(
            (
                (first, one)
                for first, one in replies.values()
                if (one.case_id, one.disputed, one.row_key) == subject
                and (one.claimed, one.claimed_municipality) != (reply.claimed, reply.claimed_municipality)
            ),
            None,
        )
        if other is not None:
            raise FileRefused(
                f"{where} giver en anden dato for det samme som række {other[0]}. Lad én af dem stå, eller skriv den "
                "samme dato begge steder."
            )
        replies.setdefault((*subject, reply.rule_id), (line, reply))

    def _reply(self, where: str, row: Row) -> Reply | None:
        """Return the reply of a line; None when its date is the one that counts already."""
        case_id, rule_id, reason = str(row["sags_id"]), str(row["regel"]), row["aarsag"]
        disputed, claimed = row["bestridt_dato"], row["kommunens_dato"]
        if disputed is None and claimed is None and reason not in (None, "anden_dato"):
            if row.get("anden_kommune"):
                raise FileRefused(
                    f"{where}: anden_kommune hører til anden_kommune_fra. Vælg den, eller lad den stå tom."
                )
            return Reply(self._code, case_id, rule_id, str(reason))
        if disputed is None or claimed is None:
            raise FileRefused(
                f"{where}: bestridt_dato og kommunens_dato skal udfyldes sammen. Udfyld begge, eller vælg en anden "
                "årsag, og lad begge stå tomme."
            )
        day = datetime.date.fromisoformat(claimed)
        if day > self._today:
            raise FileRefused(f"{where}: kommunens_dato ligger i fremtiden. Skriv den dag, det skete.")
        dispute = agreed().disputes[disputed]
        if not dispute.concerns(rule_id):
            raise FileRefused(
                f"{where}: den dato har ingen betydning for reglen. Se arket {GUIDE} for de datoer, der har."
            )
        municipality = self._other_municipality(where, row, dispute)
        row_key = self._row_key(where, row, dispute)
        against = objection(self._connection, dispute, case_id, row_key, day)
        if against is not None:
            raise FileRefused(f"{where}: {against}. Ret kommunens_dato.")
        ours = self._held[dispute.code].get(case_id, {}).get(row_key) if row_key else None
        correction = self._corrected.get((case_id, str(row_key), dispute.column))
        counts = correction["claimed"] if correction and correction["state"] == "counts" else ours
        if counts == day:
            return None
        is_new = row_key is None or row_key.startswith(NEW_ROW)
        known = standing.known_rows(self._connection, dispute, case_id, municipality) if is_new else None
        before = _deadlines(self._connection, case_id, dispute)
        return Reply(
            self._code,
            case_id,
            rule_id,
            reason or "anden_dato",
            disputed,
            dispute.table,
            row_key,
            dispute.column,
            ours,
            day,
            before,
            municipality,
            known,
        )

    def _other_municipality(self, where: str, row: Row, dispute: Dispute) -> str | None:
        other = row.get("anden_kommune")
        if dispute.always_new != (other is not None):
            raise FileRefused(
                f"{where}: anden_kommune og anden_kommune_fra hører sammen. Udfyld begge med den anden kommunes kode, "
                "eller lad anden_kommune stå tom."
            )
        if other == self._code:
            raise FileRefused(f"{where}: anden_kommune er kommunens egen kode. Skriv den anden kommunes.")
        return other

    def _row_key(self, where: str, row: Row, dispute: Dispute) -> str | None:
        """Return our row that the date stands on; None for one that we do not have."""
        case_id, key, rule_id = str(row["sags_id"]), row["raekke"], str(row["regel"])
        if dispute.always_new:
            return None
        held = self._held[dispute.code].get(case_id, {})
        if key == NEW or (key is None and not held):
            if not dispute.may_be_new(rule_id):
                raise FileRefused(
                    f"{where}: vi har ingen ansøgning, kontakt eller møde, som datoen kan stå på. Vælg en anden årsag."
                )
            return None
        if key is None and len(held) == 1:
            return next(iter(held))
        if key is None:
            raise FileRefused(
                f"{where}: sagen har {len(held)} rækker hos os med den dato. Angiv hvilken i kolonnen raekke, eller "
                f"skriv {NEW}."
            )
        if key not in held and (case_id, key, dispute.column) not in self._corrected:
            if dispute.may_be_new(rule_id) and not held:
                return None  # the line shows the row of another date; of this one we have none
            raise FileRefused(
                f"{where}: kolonnen raekke nævner ikke en række, som den bestridte dato står på. Lad den stå, som den "
                "blev sendt."
            )
        return key


def _deadlines(connection: Any, case_id: str, dispute: Dispute) -> tuple[tuple[str, datetime.date | None], ...]:
    """Return the deadlines that the case has now under the rules whose outcome a disputed date can change."""
    wanted = list({*dispute.rules, *dispute.also})
    found = connection.execute(
        "select rule_id, max(deadline) from marts.fct_rule_outcome where case_id = ? and (? or rule_id in "
        "(select unnest(?::varchar[]))) group by rule_id order by rule_id",
        [case_id, dispute.every_rule, wanted],
    ).fetchall()
    return tuple((rule_id, deadline) for rule_id, deadline in found)


def _bytes(file: Path) -> bytes:
    try:
        if not file.is_file() or file.stat().st_size > _LARGEST_FILE:
            raise FileRefused(f"{REPLY_FILE}: filen findes ikke eller er over {_LARGEST_FILE // 1_000_000} MB.")
        return file.read_bytes()
    except OSError:
        raise FileRefused(f"{REPLY_FILE}: filen kan ikke læses. Giv programmet adgang til den.") from None


def _checked_rows(content: bytes) -> tuple[int | None, list[tuple[int, Row]]]:
    """Return the form's version and the rows of its sheet; refuses an unsafe workbook, and text in any place."""
    contract = agreed().reply
    try:
        try:
            table = workbook_reading.read(contract, content, "iso", agreed().most_rows)
        except DeliveryRefused as problem:
            if problem.reason != "column_missing":
                raise
            first = tuple(column for column in contract.columns if column.name not in _LATER_COLUMNS)
            table = workbook_reading.read(replace(contract, columns=first), content, "iso", agreed().most_rows)
    except DeliveryRefused as problem:
        raise FileRefused(f"Svaret er afvist, og intet er gemt: {problem.message}") from None
    version = workbook_parts.check(content)
    for column in table.file.columns:
        if column.type == "date":
            table.columns[column.name] = [_written_date(text.strip()) for text in table.columns[column.name]]
    result = rows(table, "iso")
    if not result:
        raise FileRefused("Svaret har ingen rækker. Brug skemaet, som det er sendt.")
    return version, result


_DAY_FIRST = re.compile(r"(\d{1,2})\s?[-./ ]\s?(\d{1,2})\s?[-./ ]\s?(\d{4})")
_MONTH_NAMED = re.compile(r"(\d{1,2})\.? ([a-zæøå]+)\.? (\d{4})")
_MIDNIGHT = re.compile(r"(\d{4}-\d{2}-\d{2})[ T]00:00(:00(\.0+)?)?")


def _written_date(text: str) -> str:
    """Return a date as people write it (05-01-2026, 5. januar 2026) as 2026-01-05; anything else as it is."""
    if found := _DAY_FIRST.fullmatch(text):
        day, month, year = (int(part) for part in found.groups())
        return f"{year:04}-{month:02}-{day:02}"
    if found := _MIDNIGHT.fullmatch(text):
        return found[1]
    if found := _MONTH_NAMED.fullmatch(text.casefold()):
        months = [
            number for number, name in enumerate(MONTHS, start=1) if name.startswith(found[2]) and len(found[2]) > 2
        ]
        if len(months) == 1:
            return f"{int(found[3]):04}-{months[0]:02}-{int(found[1]):02}"
    return text
