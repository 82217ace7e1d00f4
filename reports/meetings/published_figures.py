"""The figures that the current publication shows to everyone, read back from its shared edition.

Belongs here: reading ``published/current/delt``. Does not belong here: deciding what is hidden
(``pipelines.disclosure``). What participants see of one another comes from here alone: nothing in this module can open
the warehouse, so that no full figure can slip into their material.
"""

from __future__ import annotations

import csv
import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from pipelines import publications, vocabulary
from pipelines.danish import short_date
from pipelines.errors import UserError
from pipelines.layout import Output
from pipelines.units import AREA_FOLDERS, LEVEL_FOLDERS, NATION, Key, code_folder
from reports.documents.rows import KINDS
from reports.editions import SHARED
from reports.figures.data import Rule
from reports.figures.judged import is_judged
from reports.figures.standing_out import NORM_RANK, Compared, Count, Level
from reports.meetings.content import PackMark
from reports.meetings.span import Span

_LEVELS = {vocabulary.word(vocabulary.LEVELS, level): level for level in vocabulary.LEVELS}
_ROLLING, _YEAR = KINDS["rolling4"], KINDS["year"]
PackFigure = tuple[int | PackMark, int | PackMark]


@dataclass(frozen=True)
class PublishedFigures:
    """Published figures: (level, unit), rule, last quarter of the year -> due and met, a number or hidden.

    Municipalities have calendar years, the nation and areas rolling ones.
    """

    publication_id: str
    figures: dict[tuple[Key, str, str], PackFigure] = field(default_factory=dict)

    def figure(self, key: Key, rule_id: str, period: str) -> PackFigure | None:
        """Return what was published of a rolling year, or None when it was not."""
        return self.figures.get((key, rule_id, period))

    def count(self, key: Key, rule_id: str, period: str) -> Count | None:
        """Return a rolling year's count when both its figures are shown."""
        found = self.figure(key, rule_id, period)
        if found is None or isinstance(found[0], PackMark) or isinstance(found[1], PackMark):
            return None
        return Count(found[0], found[1])

    def total(self, key: Key, rule_id: str, span: Span) -> Count | None:
        """Return the sum of a span's rolling years, which do not overlap, when all of them are shown."""
        counts = [self.count(key, rule_id, year) for year in span.years]
        known = [count for count in counts if count is not None]
        if len(known) < len(counts):
            return None
        return Count(sum(count.due for count in known), sum(count.met for count in known))

    def newest_year(self, level: str, last: str) -> str | None:
        """Return the last quarter of the newest year published of units of a level, not after ``last``."""
        return max((year for key, _rule, year in self.figures if key[0] == level and year <= last), default=None)

    def years(self, key: Key, rules: Iterable[str], years: Iterable[str]) -> list[str]:
        """Return those of the years of which something was published for a unit, oldest first."""
        wanted = list(rules)
        return [year for year in years if any((key, rule_id, year) in self.figures for rule_id in wanted)]

    def gaps(self, area: Key, rules: Iterable[str], span: Span) -> list[Compared]:
        """Return the area beside the rest of the country, over the whole span or else its newest year."""
        found = []
        for rule_id in rules:
            pairs = [(self.total(area, rule_id, span), self.total(NATION, rule_id, span))]
            pairs.append((self.count(area, rule_id, span.last), self.count(NATION, rule_id, span.last)))
            for own, nation in pairs:
                if own is not None and nation is not None and nation.due >= own.due:
                    rest = Count(nation.due - own.due, max(0, min(nation.met - own.met, nation.due - own.due)))
                    found.append(Compared(rule_id, area, own, rest))
                    break
        return found

    def levels(self, area: Key, rules: Iterable[Rule], period: str) -> list[Level]:
        """Return how often an area's duties are kept in a rolling year, of those that are shown."""
        found = [(rule, self.count(area, rule.rule_id, period)) for rule in rules]
        return [
            Level(rule.rule_id, count, NORM_RANK.get(rule.norm, len(NORM_RANK)))
            for rule, count in found
            if count is not None
        ]

    def beside_one_another(self, keys: Iterable[Key], rules: Iterable[Rule], year: str) -> list[Compared]:
        """Return each unit beside the others together, in a year and by the duties of its own party.

        A unit whose figure is hidden is in neither; all that is told can be reckoned from what is shown.
        """
        wanted = list(keys)
        compared = []
        for rule in rules:
            counts = {
                key: count
                for key in wanted
                if is_judged(key[0], rule) and (count := self.count(key, rule.rule_id, year)) is not None
            }
            together = Count(sum(one.due for one in counts.values()), sum(one.met for one in counts.values()))
            rank = NORM_RANK.get(rule.norm, len(NORM_RANK))
            compared += [Compared(rule.rule_id, key, own, together.without(own), rank) for key, own in counts.items()]
        return compared

    def years_of(self, key: Key, rule_id: str) -> list[tuple[str, int, int]]:
        """Return (last quarter, due, met) of each year of which both figures are shown, oldest first."""
        periods = sorted(year for unit, rule, year in self.figures if (unit, rule) == (key, rule_id))
        found = [(year, self.count(key, rule_id, year)) for year in periods]
        return [(year, count.due, count.met) for year, count in found if count is not None]

    def changes(self, keys: Iterable[Key], rules: Iterable[str], span: Span) -> list[Compared]:
        """Return each unit beside itself before: span beside span, or else its newest year beside the year before."""
        wanted = list(rules)
        found = []
        for key in keys:
            for rule_id in wanted:
                pairs = [(self.total(key, rule_id, span), self.total(key, rule_id, span.before))]
                if len(span.years) > 1:
                    pairs.append((self.count(key, rule_id, span.years[-1]), self.count(key, rule_id, span.years[-2])))
                for now, before in pairs:
                    if now is not None and before is not None:
                        found.append(Compared(rule_id, key, now, before))
                        break
        return found


def current_edition(output: Output) -> tuple[str, Path]:
    """Return the current publication's name and its shared edition's folder; raises UserError when there is none."""
    publication = publications.current(output)
    folder = publication.folder / SHARED.folder if publication is not None else None
    if publication is None or folder is None or not (folder / "data.csv").exists():
        raise UserError(
            f"Der er endnu ingen udgivelse med delte tal i {output.published}, og deltagerne må kun se udgivne tal om "
            "hinanden. Kør først: god-loesladelse run"
        )
    return publication.publication_id, folder


def require_same_day(output: Output, as_of: datetime.date) -> None:
    """Raise UserError when the current publication is about another day than the warehouse: a pack shows both."""
    publication = publications.current(output)
    if publication is not None and publication.as_of != as_of:
        raise UserError(
            f"Datavarehuset er opgjort {short_date(as_of)}, og den gældende udgivelse {publication.publication_id} er "
            f"fra {short_date(publication.as_of)}. Materialet viser tal fra begge og laves ikke. Kør først: "
            "god-loesladelse run"
        )


def read(output: Output, area: str, municipalities: Iterable[str]) -> PublishedFigures:
    """Return what the current publication shows of the nation, an area and municipalities; raises UserError without
    one.
    """
    publication_id, folder = current_edition(output)
    figures: dict[tuple[Key, str, str], PackFigure] = {}
    places = ["", f"{LEVEL_FOLDERS['area']}/{AREA_FOLDERS[area]}/"]
    places += [f"{LEVEL_FOLDERS['municipality']}/{code_folder(code)}/" for code in municipalities]
    for place in places:
        file = folder / place / "data.csv"
        if not file.exists():
            continue
        with file.open(encoding="utf-8-sig", newline="") as lines:
            for row in csv.DictReader(lines, delimiter=";"):
                key = (_LEVELS[row["niveau"]], row["enhedskode"])
                if row["periodetype"] in (_ROLLING, _YEAR):
                    period = row["periode"] if row["periodetype"] == _ROLLING else f"{row['periode']}-Q4"
                    figures[key, row["pligt_id"], period] = (
                        _number(row["forfaldne"]),
                        _number(row["til_tiden"]),
                    )
    return PublishedFigures(publication_id, figures)


def _number(text: str) -> int | PackMark:
    return int(text) if text.isascii() and text.isdigit() else PackMark.HIDDEN
