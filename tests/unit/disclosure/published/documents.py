"""What a published document (PDF) says, line by line as a general reader of such documents gives it.

Belongs here: telling tables from sentences by their lines alone, and the texts that no page shows (properties,
alternative texts). Does not belong here: the document's own tags, which the program's reader goes by, and its strokes.
"""

from __future__ import annotations

import io
import re
from collections.abc import Collection, Iterator, Sequence

import pypdf
from pypdf.generic import ArrayObject, DictionaryObject, StreamObject

from .places import Place, is_telling, tidy

RANGE = r"\d\. kvt\. \d{4} til \d\. kvt\. \d{4}"
YEARS = re.compile(rf"{RANGE}|20\d\d(?= |$)")
VALUE = r"(?:\d[\d.]*(?:–\d+)?|\.\.|vises ikke|få|–)"
ROW = re.compile(rf"(?P<row>.*?)(?P<cells>(?: {VALUE})+)")
COUNTS = ("Forfaldne", "Til tiden", "Andel, pct.", "95 pct.-interval")
RELEASES = ("Løsladelser", "Heraf med forfaldne pligter", "Alle til tiden", "Andel, pct.", "95 pct.-interval")
TABLES = {
    "Pligt Norm Forfaldne Til tiden Andel, pct. 95 pct.- interval Året før, pct.": (*COUNTS, "Året før, pct."),
    "Enhed Forfaldne Til tiden Andel, pct. 95 pct.-interval": COUNTS,
    "Enhed Forfaldne Til tiden Andel, pct. 95 pct.- interval": COUNTS,
    "Opdelt efter Værdi Løsladelser Heraf med forfaldne pligter Alle til tiden Andel, pct. 95 pct.-interval": RELEASES,
}
STARTS = tuple({" ".join(one.split()[:2]) for one in TABLES} | {"Opgørelse"})
AXIS = re.compile(r"0|25|50|75|100 pct\.|(?:100 pct\. )?(?:\d\. kvt\. \d\d ?)+")
PERIODS = re.compile(r"(?:(?:til|\d\.|kvt\.|20\d\d)(?: |$))+")
OF_UNITS, PAIR = ("Område", "Region", "Kommune"), ": frister pct."
"""How a table of units begins, and how the heading of each duty in it ends."""
SPLIT = re.compile(r"^(Alle løsladelser|Bolig ved løsladelsen) ")
BROKEN = re.compile(r"(?<=\w)- (?=[A-ZÆØÅ])")
NORM = re.compile(r" (?:Lovkrav|Indikator|Anbefaling)$")
CITIZENS_ROW = re.compile(r"^(Det, borgerne mødte: .*?) – (?=\d|\.\.|vises)")
HIDDEN_TEXTS = ("/Alt", "/ActualText", "/Contents", "/T", "/TU", "/V", "/Subj", "/E")
HEADER = re.compile(r"^God Løsladelse · (.*) Delt udgave.*$")
FOOTER = re.compile(r"^(.*?) ?Side \d+ af \d+$")


def places_of_document(content: bytes, file: str, titles: Collection[str]) -> Iterator[Place]:
    """Yield a document's cells and sentences, its properties and hidden texts; ``titles`` are headings of duties."""
    reader = pypdf.PdfReader(io.BytesIO(content))
    for name, value in (reader.metadata or {}).items():
        if is_telling(str(value)):
            yield Place(file, "property", tidy(str(value)), column=str(name))
    yield from _hidden_texts(reader, file)
    pages = [[tidy(line) for line in page.extract_text().splitlines()] for page in reader.pages]
    yield from _Lines(file, titles, set(_contents(reader, reader.outline))).read(pages)


def _contents(reader: pypdf.PdfReader, outline: Sequence[object]) -> Iterator[str]:
    """Yield the lines of the contents: the title of each part that the document itself lists, and its page."""
    for one in outline:
        if isinstance(one, Sequence):
            yield from _contents(reader, one)
        else:
            yield tidy(f"{one.title} {reader.get_destination_page_number(one) + 1}")


class _Lines:
    """Lines in order, and what they have stood under so far."""

    def __init__(self, file: str, titles: Collection[str], contents: Collection[str]) -> None:
        self.file, self.titles, self.contents = file, titles, contents
        self.unit = self.duty = self.start = ""
        self.columns: Sequence[str] = ()
        self.sentence: list[str] = []
        self.is_of_units = False

    def read(self, pages: Sequence[Sequence[str]]) -> Iterator[Place]:
        for lines in pages:
            self.sentence += [self.start] if self.start else []
            self.columns, self.start, self.is_of_units = (), "", False
            for line in lines:
                yield from self._line(line)
        yield from self._said()

    def _line(self, line: str) -> Iterator[Place]:
        header, footer = HEADER.match(line), FOOTER.match(line)
        if header:
            self.unit, line = header[1], header[1]
        if line in self.contents:
            return
        if footer:
            line = footer[1]
        if line in self.titles:
            yield from self._said()
            self.duty, self.columns, self.start, self.is_of_units = line, (), "", False
            return
        if AXIS.fullmatch(line):
            yield Place(self.file, "axis", line, "axis", under=(self.duty, self.unit))
            return
        if line.startswith(STARTS) or (line in OF_UNITS and not self.is_of_units):
            yield from self._said()
            self.is_of_units = line in OF_UNITS
            self.start, self.columns = ("", TABLES[line]) if line in TABLES else (line, ())
            self.start = "" if self.is_of_units else self.start
            return
        joined = BROKEN.sub("-", tidy(f"{self.start} {line}"))
        if joined.endswith(PAIR):
            title = joined.removesuffix(PAIR)
            self.columns, self.start = (*self.columns, f"{title}: Frister", f"{title}: Pct."), ""
            return
        if any(heading.startswith(joined) for heading in TABLES):
            self.start, self.columns = ("", TABLES[joined]) if joined in TABLES else (joined, ())
            return
        if joined.startswith("Opgørelse"):
            if PERIODS.fullmatch(joined.removeprefix("Opgørelse ")):
                self.start = joined
                return
            self.columns, self.start = tuple(YEARS.findall(self.start)), ""
            joined = line
        row = ROW.fullmatch(CITIZENS_ROW.sub(r"\1 ", joined)) if self.columns else None
        if row:
            values = re.findall(VALUE, row["cells"])
            if len(values) <= len(self.columns):
                name = SPLIT.sub(r"\1 | ", NORM.sub("", row["row"].strip()))
                for column, value in zip(self.columns, values):
                    if is_telling(value):
                        yield Place(self.file, "cell", value, column, name, (self.duty, self.unit))
                self.start = ""
                return
        if (self.columns or self.is_of_units) and not is_telling(line) and not line.endswith((".", ":")):
            self.start = joined
            return
        self.columns, self.start, self.is_of_units = (), "", False
        self.sentence.append(joined)

    def _said(self) -> Iterator[Place]:
        text = tidy(" ".join(self.sentence))
        self.sentence = []
        if is_telling(text):
            yield Place(self.file, "sentence", text, under=(self.duty, self.unit))


def _hidden_texts(reader: pypdf.PdfReader, file: str) -> Iterator[Place]:
    """Yield alternative texts, notes and anything else written in an object and not on a page."""
    for number in sorted({number for numbers in reader.xref.values() for number in numbers} | set(reader.xref_objStm)):
        found = reader.get_object(number)
        yield from _texts(found, file)


def _texts(value: object, file: str, name: str = "") -> Iterator[Place]:
    if isinstance(value, DictionaryObject):
        for key, inner in value.items():
            if not isinstance(inner, StreamObject):
                yield from _texts(inner, file, str(key))
    elif isinstance(value, ArrayObject):
        for inner in value:
            yield from _texts(inner, file, name)
    elif name in HIDDEN_TEXTS and isinstance(value, str) and is_telling(value):
        yield Place(file, "sentence", tidy(value), column=name)
