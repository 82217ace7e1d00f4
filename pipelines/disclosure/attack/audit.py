"""Audit: what can a reader work out from what was published, now and before?

Belongs here: the verdict on figures read back from published files, and the tables that prove it. Does not belong
here: how tables are found.

A figure is protected when there is a table in which it is none, and one in which it reaches the threshold less one. For
a municipality as reader the same is asked of what is left without its own part, with tables that leave its own numbers
alone. Only figures that the newest publication is tied to are searched for: what is closed was proved when it closed,
and its figures stand as facts.

A quarter that a unit was decided to be hidden in must be in no window of it that is shown, even where nothing can be
worked out yet: publications to come reckon with its being in none.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pipelines.disclosure.attack.ledger import FactLedger, Subject, of_the_same_years, read_ledger, window_quarters
from pipelines.disclosure.attack.tables import Change, Tables
from pipelines.disclosure.model import (
    HIDDEN,
    UNKNOWN,
    Certificate,
    Claim,
    Decision,
    Family,
    FormerPrinted,
    Key,
    Printed,
    Problem,
    Table,
    Target,
    Value,
)

OUTSIDER = "outsider"


@dataclass(frozen=True)
class Disclosed:
    """A figure that ``reader`` cannot hold for anything from none to the threshold less one."""

    target: Target
    reader: str
    lowest: int
    highest: int

    def __str__(self) -> str:
        where = f"{self.target.family} {self.target.level} {self.target.unit} {self.target.period}"
        parts = "+".join(str(part) for part in self.target.parts)
        reader = "en læser udefra" if self.reader == OUTSIDER else f"kommune {self.reader}"
        return f"{where} (del {parts}): {reader} kan sætte det til {self.lowest} til {self.highest}"


@dataclass(frozen=True)
class AuditResult:
    """The verdict. ``given_away``: what former publications opened already, so that no hiding can close it.

    ``left_out``: figures of former publications that the attack cannot use, since they are counted otherwise today.
    """

    red: tuple[Disclosed, ...]
    given_away: tuple[Disclosed, ...]
    wrong: tuple[str, ...]
    cells: int
    hidden: int
    targets: int
    programmes: int
    left_out: int
    seconds: float
    certificate: Certificate = field(repr=False)

    @property
    def green(self) -> bool:
        """Whether nothing can be worked out and everything printed is what was counted."""
        return not self.red and not self.wrong

    def summary(self) -> str:
        """Return the verdict in a line."""
        return (
            f"{'green' if self.green else 'red'}: {self.cells} figures, {self.hidden} hidden, {self.targets} to keep "
            f"uncertain, {len(self.red)} red, {len(self.given_away)} given away before, {len(self.wrong)} wrong, "
            f"{len(self.certificate.tables)} tables, {self.programmes} programmes, {self.seconds:.1f} s"
        )


def audit(
    publication: Mapping[Key, Value],
    problem: Problem,
    *,
    threshold: int,
    earlier: Sequence[Printed | FormerPrinted] = (),
    decisions: Mapping[tuple[str, str], Decision] | None = None,
    everything: bool = False,
) -> AuditResult:
    """Attack ``publication`` (as read back from the files) together with everything printed before, oldest first.

    ``problem`` gives what adds up to what; its counts serve the witness tables only. ``decisions`` are what was decided
    about its quarters, by family and quarter; earlier publications bring their own. ``everything`` searches for what
    was proved before as well.
    """
    started = time.perf_counter()
    verdict = _Verdict(threshold)
    if not everything:
        earlier = of_the_same_years(problem, earlier)
    for _name, family in sorted(problem.families.items()):
        verdict.wrong += _shown_although_hidden(publication, family, [*map(_decided, earlier), decisions or {}])
        ledger = read_ledger(family, threshold, publication, problem, earlier)
        before = None
        if any(isinstance(printed, FormerPrinted) for printed in earlier):
            before = read_ledger(family, threshold, {}, problem, earlier)
        verdict.attack(ledger, before, everything=everything)
    return AuditResult(
        red=tuple(verdict.red),
        given_away=tuple(verdict.given_away),
        wrong=tuple(verdict.wrong),
        cells=len(publication),
        hidden=sum(value is HIDDEN for value in publication.values()),
        targets=verdict.targets,
        programmes=verdict.programmes,
        left_out=verdict.left_out,
        seconds=time.perf_counter() - started,
        certificate=Certificate(threshold, tuple(verdict.tables), tuple(verdict.claims)),
    )


def _decided(printed: Printed | FormerPrinted) -> Mapping[tuple[str, str], Decision]:
    return printed.decisions if isinstance(printed, Printed) else {}


def _shown_although_hidden(
    publication: Mapping[Key, Value], family: Family, decided: Sequence[Mapping[tuple[str, str], Decision]]
) -> list[str]:
    """Return a sentence for each window that is shown and holds a quarter in which its unit was to be hidden."""
    rules = {rule for rule, _measure in family.figures}
    return [
        f"{' '.join(key)} vises, men {quarter} er besluttet skjult"
        for key, value in publication.items()
        if key.rule in rules and key.level != "municipality" and value is not HIDDEN
        for quarter in window_quarters(key.period)
        if any(
            (key.level, key.unit) in one[family.name, quarter].hidden
            for one in decided
            if (family.name, quarter) in one
        )
    ]


@dataclass
class _Verdict:
    threshold: int
    red: list[Disclosed] = field(default_factory=list)
    given_away: list[Disclosed] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    targets: int = 0
    programmes: int = 0
    left_out: int = 0

    def attack(self, ledger: FactLedger, before: FactLedger | None, *, everything: bool) -> None:
        """Search for every subject of one family that the newest publication is tied to."""
        self.wrong += ledger.wrong
        self.left_out += ledger.left_out
        for target in ledger.opened:
            self.red.append(Disclosed(target, OUTSIDER, self.threshold, self.threshold))
        if ledger.wrong:
            return
        search = Tables(ledger)
        near = None if everything else ledger.touched()
        for subject in sorted(ledger.subjects.values(), key=lambda subject: subject.target):
            if near is None or not near.isdisjoint(subject.cells):
                self.targets += 1
                self._attack_one(search, subject, before)
        self.programmes += search.programmes

    def _attack_one(self, search: Tables, subject: Subject, before: FactLedger | None) -> None:
        places: list[tuple[int, ...]] = []
        findings: list[Disclosed] = []
        for direction in (-1, 1):
            tables, exposed = _tables_for_all(search, subject, direction, self.threshold)
            places.append(tuple(self._keep(search, table) for table in tables))
            findings += exposed
        if not findings:
            self.claims.append(Claim(subject.target, places[0], places[1]))
        for finding in findings:
            known = before is not None and _known_before(search.ledger, before, subject, finding, self.threshold)
            (self.given_away if known else self.red).append(finding)

    def _keep(self, search: Tables, change: Change) -> int:
        ledger = search.ledger
        self.tables.append(Table(tuple((ledger.cells[i], ledger.truth[i] + by) for i, by in sorted(change.items()))))
        return len(self.tables) - 1


def _tables_for_all(
    search: Tables, subject: Subject, direction: int, threshold: int
) -> tuple[list[Change], list[Disclosed]]:
    """Return tables that convince every reader in one direction, and those whom no table convinces."""
    tables: list[Change] = []
    exposed: list[Disclosed] = []
    waiting = [OUTSIDER]
    done: set[str] = set()
    while waiting:
        reader = waiting.pop()
        done.add(reader)
        rest = _rest(search.ledger, subject, reader)
        need = rest if direction < 0 else threshold - 1 - rest
        if need <= 0 or _convinces(search, tables, subject, direction, need, reader):
            table = None
        else:
            table = search.find(subject, need, direction, () if reader == OUTSIDER else (reader,))
            if table is None:
                exposed.append(_finding(search, subject, reader, rest, direction, threshold))
            else:
                tables.append(table)
        concerned = _owners(search.ledger, subject).union(*(search.touches(one) for one in tables)) - {UNKNOWN}
        waiting = sorted(
            one for one in concerned - done if any(search.ledger.cells[i].municipality != one for i in subject.cells)
        )
    return tables, exposed


def _owners(ledger: FactLedger, subject: Subject) -> set[str]:
    """Return the municipalities with a part of the subject; to them another amount is left."""
    return {ledger.cells[i].municipality for i in subject.cells if ledger.truth[i]}


def _rest(ledger: FactLedger, subject: Subject, reader: str) -> int:
    return subject.value - sum(ledger.truth[i] for i in subject.cells if ledger.cells[i].municipality == reader)


def _convinces(
    search: Tables, tables: Sequence[Change], subject: Subject, direction: int, need: int, reader: str
) -> bool:
    return any(
        reader not in search.touches(table)
        and direction * sum(by for i, by in table.items() if i in subject.cells) >= need
        for table in tables
    )


def _finding(search: Tables, subject: Subject, reader: str, rest: int, direction: int, threshold: int) -> Disclosed:
    """Return how far the reader can place what is left, found by asking for less and less."""
    most = rest if direction < 0 else threshold - 1 - rest
    without = () if reader == OUTSIDER else (reader,)
    reached = next(
        (less for less in range(most - 1, 0, -1) if search.find(subject, less, direction, without) is not None), 0
    )
    low, high = (rest - reached, threshold - 1) if direction < 0 else (0, rest + reached)
    return Disclosed(subject.target, reader, low, high)


def _known_before(ledger: FactLedger, before: FactLedger, subject: Subject, finding: Disclosed, threshold: int) -> bool:
    """Say whether the reader could place the figure as well from former publications alone."""
    numbers = {cell: number for number, cell in enumerate(before.cells)}
    ids = [numbers.get(ledger.cells[i]) for i in subject.cells]
    if any(number is None for number in ids):
        return False
    same = Subject(subject.target, frozenset(number for number in ids if number is not None), subject.value)
    search = Tables(before)
    rest = _rest(before, same, finding.reader)
    without = () if finding.reader == OUTSIDER else (finding.reader,)
    if finding.lowest > 0:
        return search.find(same, rest - finding.lowest + 1, -1, without) is None
    return search.find(same, finding.highest + 1 - rest, 1, without) is None
