"""What the numbers in published files mean to somebody who reads them by the words they stand under.

Belongs here: the attacker's own reading of tables, sentences, attributes and data. Does not belong here: opening files
(``files``), what has a digit and is no figure (``phrases``), anything of the program.

Whatever has a digit and is neither is told in ``Reading.not_understood``: no figure is passed over in silence.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path

from ..method_page import ALL_RELEASES, OWN_RATE
from .charts import figures_of_chart, shares_of_mark
from .files import places, places_of_file
from .phrases import is_structure, without_phrases
from .places import MARKS, Place, Record
from .said import Figure, NotUnderstood, Reading
from .subjects import LEVELS, NATION, Subjects, Unit, before, code_of, years
from .words import CITIZENS, COLUMNS, NOTHING, RECORD, RELEASES_TO, WORDS_OF_RECORD

TWO_YEARS = "lagt sammen"
ABLE = re.compile(r", (?:hvor [\w ]+ kunne nå det|where that party could act)$")
LEADING = re.compile(r"Det seneste år er (.*?)\.(?: |$)")
SENTENCE = re.compile(r"(?<=[\w)%»«]\.) (?=[A-ZÆØÅ»])")
N = r"\d{1,3}(?:\.\d{3})+|\d+"
TOKEN = re.compile(
    rf"(?P<met>{N}) af (?P<due>{N})"
    r"|(?:hele landets|landets) (?P<nation>\d+) pct\."
    r"|(?:95 pct\.-interval |usikkerhed: mellem )(?P<low>\d+)(?:–| og )(?P<high>\d+) pct\."
    r"|(?<![\d,.-])(?P<rate>\d+) pct\.(?!-)"
    rf"|(?P<releases>{N}) løsladelser i det seneste år"
)
OF_RELEASES = {"releases": "due", "due": "own_due", "met": "own_met", "rate": "rate", "low": "low", "high": "high"}
_DIGIT = re.compile(r"\d")


def read(root: Path, short_names: Mapping[str, str], leave_out: Collection[str] = ()) -> Reading:
    """Read a published folder but for files with some endings.

    ``short_names``: municipalities as everybody knows them, by code.
    """
    records = (one for path in sorted(root.rglob("data*.csv")) for one in places_of_file(path, path.name, ()))
    subjects = Subjects((one for one in records if isinstance(one, Record)), short_names)
    reader = Reader(subjects)
    for place in places(root, frozenset(subjects.titles), leave_out):
        reader.take(place)
    return reader.reading


class Reader:
    """Takes places in the order that they stand in, and keeps what they give."""

    def __init__(self, subjects: Subjects) -> None:
        self.reading = Reading()
        self.subjects = subjects
        self.strokes: list[Place] = []
        self.file = ""
        self.of_two_years: list[tuple[str, ...]] = []
        """The headings under which a page says that it adds two years."""

    def take(self, place: Place | Record) -> None:
        """Keep the figures that a place gives, or the place itself when it does not say what its digits are."""
        if place.file != self.file:
            self._drawn_alone()
            self.file, self.of_two_years = place.file, []
        try:
            self.reading.figures += list(self._record(place) if isinstance(place, Record) else self._place(place))
        except (NotUnderstood, KeyError, ValueError, TypeError, IndexError):
            kept = place if isinstance(place, Place) else Place(place.file, "record", str(dict(place.values)))
            self.reading.not_understood.append(kept)

    def _drawn_alone(self) -> None:
        """What is drawn without the data that it is drawn from says something that nothing else says."""
        self.reading.not_understood += self.strokes
        self.strokes = []

    def _place(self, place: Place) -> Iterator[Figure]:
        if self.strokes and place.kind not in ("drawing", "axis", "chart", "sentence"):
            self._drawn_alone()
        if place.kind == "cell":
            yield from self._cell(place)
        elif place.kind == "chart":
            strokes, self.strokes = self.strokes, []
            yield from figures_of_chart(place, self.subjects, self._is_of_two_years(place), strokes)
        elif place.kind == "program":
            if self.subjects.rule_in([place.text]) or any(name in place.text for name in self._long_names()):
                raise NotUnderstood(place.text)
        elif is_structure(place):
            return
        elif place.kind == "drawing" and place.row:
            for measure, share in shares_of_mark(place):
                for one in self._cell(place._replace(kind="cell", column="Andel, pct.", text=str(round(share)))):
                    yield one._replace(measure=one.measure.replace("rate", measure))
        elif place.kind == "drawing":
            self.strokes.append(place)
        elif place.column == "td data-v":
            # What a table is sorted by: the count itself, or the share as a part of one.
            column, *under = place.under
            text = str(round(float(place.text) * 100)) if "ct." in column else place.text
            yield from self._cell(place._replace(kind="cell", column=column, text=text, under=tuple(under)))
        else:
            yield from self._sentences(place)

    def _is_of_two_years(self, place: Place) -> bool:
        return any(place.under[-len(one) :] == one for one in self.of_two_years)

    def _long_names(self) -> Iterable[str]:
        return (name for name in self.subjects.units if name.endswith(" Kommune"))

    def _given(self, rule: str, unit: Unit, period: str, measure: str, text: str) -> Iterator[Figure]:
        """Yield what a text gives of a measure: of ``all`` cases, or of those a party could meet; a range gives two."""
        lead = "own_" if rule in OWN_RATE and not measure.startswith("all ") else ""
        measure = measure.removeprefix("all ")
        if text in NOTHING:
            return
        names = ("low", "high") if measure == "range" else (measure,)
        parts = text.split("–") if measure == "range" and text not in MARKS else [text] * len(names)
        for name, part in zip(names, parts, strict=True):
            value = None if part in MARKS else _number(part)
            yield Figure(rule, *unit, period, lead + name, value, self.file)

    # Data files.

    def _record(self, record: Record) -> Iterator[Figure]:
        values = record.values
        level = LEVELS[values["niveau"]]
        marks = {f"{name}_maerke" for name in (*RECORD, "andel")}
        if [name for name, text in values.items() if text and name not in {*RECORD, *marks, *WORDS_OF_RECORD}]:
            raise NotUnderstood(record.file)
        if {"år": 4, "rullende fire kvartaler": 7}[values["periodetype"]] != len(values["periode"]):
            raise NotUnderstood(record.file)
        rule, period = values["pligt_id"], code_of(level, values["periode"])
        for name, measure in RECORD.items():
            text, mark = values[name], values["andel_maerke" if name.endswith("_pct") else f"{name}_maerke"]
            if "." in text:
                text = f"{float(text):.1f}".replace(".", ",")  # a workbook's numbers
            text = text or (mark if mark in MARKS else "")
            yield from self._given(rule, (level, values["enhedskode"]), period, measure, text)

    # Tables.

    def _cell(self, place: Place) -> Iterator[Figure]:
        if place.column in ("Rækker, afrundet", "Andel sat til side"):
            return  # of files as they were received: in hundreds, and of no duty
        is_of_figures = place.column in COLUMNS or place.column.rpartition(": ")[2] in COLUMNS or years(place.column)
        if not is_of_figures and not _DIGIT.search(without_phrases(place.text)) and place.text not in MARKS:
            return
        row = [part for part in place.row.split(" | ") if part]
        first = ABLE.sub("", row[0]) if row else ""
        if first in ("Alle løsladelser", "Bolig ved løsladelsen"):
            yield from self._releases(place, row)
        elif first in COLUMNS or first.partition(": ")[2] in ("forfaldne", "til tiden"):
            yield from self._over_time(place, first)
        else:
            yield from self._of_units_or_duties(place, row)

    def _releases(self, place: Place, row: list[str]) -> Iterator[Figure]:
        rule = ALL_RELEASES if row[0] == "Alle løsladelser" else RELEASES_TO[row[1]]
        unit = self.subjects.unit_of_file(place.file) or NATION
        period = self.subjects.period(unit[0], place.under, place.file)
        for one in self._given(rule, unit, period, COLUMNS[place.column], place.text):
            is_share = one.measure in ("rate", "low", "high")
            yield one._replace(measure=f"own_{one.measure}") if is_share else one

    def _over_time(self, place: Place, first: str) -> Iterator[Figure]:
        """Yield a cell of a table with a year in each column."""
        column = place.column.removesuffix(" *")
        rule, unit = self.subjects.rule_in(place.under), self.subjects.unit_of_file(place.file)
        if rule is None or unit is None or len(years(column)) != 1 or without_phrases(column) != "¤":
            raise NotUnderstood(place.column)
        citizens, _colon, word = first.partition(": ")
        measure = f"all {COLUMNS[word.capitalize()]}" if citizens in CITIZENS else COLUMNS[first]
        yield from self._given(rule, unit, self.subjects.period(unit[0], [column]), measure, place.text)

    def _of_units_or_duties(self, place: Place, row: list[str]) -> Iterator[Figure]:
        """Yield a cell of a table with a unit, a duty or both in each row, or with duties over its columns."""
        over, _colon, word = place.column.rpartition(": ")
        named = self.subjects.unit_in(row)
        if named is None and (over or self.subjects.rule_in(row) is None):
            raise NotUnderstood(place.row)
        rule = self.subjects.rule_in([over, *row, *place.under], place.file)
        unit = named or self.subjects.unit_of_file(place.file)
        if rule is None or unit is None:
            raise NotUnderstood(place.row)
        period = self.subjects.period(unit[0], [*row[1:], *place.under[:1]], place.file)
        if place.column in ("Året før", "Nu"):
            period = before(period) if place.column == "Året før" else period
            yield from self._tokens(place.text, rule, unit, [period, period], "")
            return
        measure = "rate" if place.column == "Året før, pct." else COLUMNS.get(place.column) or COLUMNS[word]
        if row and row[0].startswith(tuple(CITIZENS)) and not measure.startswith("all "):
            measure = f"all {measure}"
        if place.column == "Året før, pct.":
            period = before(period)
        elif self._is_of_two_years(place):
            period = f"{before(period)}+{period}"
        text = place.text.replace(",", "") if place.file == "english.html" else place.text
        yield from self._given(rule, unit, period, measure, text)

    # Sentences.

    def _sentences(self, place: Place) -> Iterator[Figure]:
        leads = LEADING.search(place.text)
        if leads and years(leads[1]):
            self.subjects.leading_of_file[place.file] = years(leads[1])[-1]
        if TWO_YEARS in place.text and place.kind == "sentence":
            self.of_two_years.append(place.under)
        rule = None
        for sentence in SENTENCE.split(place.text):
            for clause in without_phrases(sentence).split("; "):
                rule = self.subjects.rule_in([clause]) or rule
                if not _DIGIT.search(clause):
                    continue
                unit = self.subjects.unit_in([clause.partition(":")[0], *place.row.split(" | ")])
                unit = unit or self.subjects.unit_of_file(place.file) or NATION
                about = rule or self.subjects.rule_in([place.row, *place.under], place.file)
                leading = self.subjects.period(unit[0], [], place.file)
                period = self.subjects.period(unit[0], [sentence], place.file)
                periods = [period, period]
                if (
                    "fra " in clause
                    and " til ¤" not in clause
                    and re.search(rf"fra (?:{N}) af .* til (?:{N}) af", clause)
                ):
                    periods = [before(leading), leading]
                elif re.search(r"[Åå]ret før", clause) and "Siden året før" not in clause:
                    periods = [before(leading)] * 2
                if self._is_of_two_years(place):
                    periods = [f"{before(leading)}+{leading}"] * 2
                yield from self._tokens(clause, about, unit, periods, place.file)

    def _tokens(self, text: str, rule: str | None, unit: Unit, periods: list[str], file: str) -> Iterator[Figure]:
        """Yield the numbers of a clause; from the second pair of counts on they are of the second period."""
        if _DIGIT.search(TOKEN.sub("", text)):
            raise NotUnderstood(text)
        is_of_releases = "løsladelser i det seneste år" in text or "forfalden kernepligt" in text
        rule = ALL_RELEASES if is_of_releases else rule
        if rule is None:
            raise NotUnderstood(text)
        of_all = "all " if any(words in text for words in CITIZENS) else ""
        pairs = 0
        for token in TOKEN.finditer(text):
            pairs += token["due"] is not None
            period = periods[min(max(pairs, 1), 2) - 1]
            for name, number in token.groupdict().items():
                if number is None:
                    continue
                if is_of_releases:
                    for one in self._given(rule, unit, period, OF_RELEASES[name], number):
                        yield one._replace(measure=f"own_{one.measure}") if name in ("rate", "low", "high") else one
                elif name == "nation":
                    first, _plus, last = periods[0].partition("+")
                    when = code_of("national", last or self.subjects.period(unit[0], [], file))
                    when = f"{code_of('national', first)}+{when}" if last else when
                    yield from self._given(rule, NATION, when, "rate", number)
                else:
                    yield from self._given(rule, unit, period, of_all + name, number)


def _number(text: str) -> float:
    return float(text.replace(".", "").replace(",", "."))
