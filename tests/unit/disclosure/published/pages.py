"""What a published page says: its tables, texts, attributes, drawings and the data that its charts are drawn from.

Belongs here: every place of a page where a digit stands, whether a reader sees it or not. Does not belong here: what it
means.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import lxml.html
from lxml import etree

from .places import Place, is_telling, tidy

HEADINGS = ("h1", "h2", "h3", "h4")
INLINE = {"a", "abbr", "b", "br", "button", "code", "em", "i", "small", "span", "strong", "sub", "sup", "time", "label"}


def places_of_page(content: bytes, file: str) -> Iterator[Place]:
    """Yield every telling place of a page in order."""
    root = lxml.html.document_fromstring(content.decode("utf-8"))
    yield from _Page(file).read(root)


class _Page:
    def __init__(self, file: str) -> None:
        self.file = file
        self.headings: dict[str, str] = {}

    @property
    def under(self) -> tuple[str, ...]:
        return tuple(self.headings[one] for one in reversed(HEADINGS) if one in self.headings)

    def read(self, element: etree._Element) -> Iterator[Place]:
        """Yield what a block says itself, and what the blocks in it say."""
        if not isinstance(element.tag, str):
            if is_telling(element.text or ""):
                yield Place(self.file, "sentence", tidy(element.text or ""), column="comment", under=self.under)
            return
        if element.tag == "table":
            yield from self._table(element)
            return
        if element.tag in ("script", "style"):
            yield from self._attributes(element)
            if element.text and is_telling(element.text):
                kind = "chart" if element.get("type") == "application/json" else "program"
                yield Place(self.file, kind, element.text, under=self.under)
            return
        if element.tag == "svg":
            yield from self._drawing(element)
            return
        text = tidy(_said(element))
        if element.tag in HEADINGS:
            for level in HEADINGS[HEADINGS.index(element.tag) :]:
                self.headings.pop(level, None)
            self.headings[element.tag] = text
        if is_telling(text):
            yield Place(self.file, "sentence", text, column=element.get("class", ""), under=self.under)
        yield from self._attributes(element)
        for child in element:
            if child.tag in INLINE:
                for one in child.iter():
                    if one is child or one.tag in INLINE:
                        yield from self._attributes(one)
                    elif one.getparent().tag in INLINE:
                        yield from self.read(one)
            else:
                yield from self.read(child)

    def _attributes(self, element: etree._Element, column: str = "", row: str = "") -> Iterator[Place]:
        for name, value in element.attrib.items():
            if is_telling(value):
                under = (column, *self.under) if column else self.under
                yield Place(self.file, "attribute", tidy(value), f"{element.tag} {name}", row, under)

    def _table(self, table: etree._Element) -> Iterator[Place]:
        caption = table.find("caption")
        title = tidy(_said(caption)) if caption is not None else ""
        under = (title, *self.under)
        if is_telling(title):
            yield Place(self.file, "sentence", title, column="caption", under=self.under)
        yield from self._attributes(table)
        columns: dict[int, str] = {}
        taken: dict[int, int] = {}
        for row in table.iter("tr"):
            at, said, is_heading = 0, "", not any(cell.get("scope") == "row" for cell in row.iterfind("th"))
            yield from self._attributes(row, row=title)
            for cell in row.iterchildren("th", "td"):
                while taken.get(at, 0):
                    taken[at] -= 1
                    at += 1
                text, width = tidy(_said(cell)), int(cell.get("colspan", "1"))
                scope = cell.get("scope", "")
                if is_heading and (scope.startswith("col") or cell.get("class") == "scale"):
                    for place in range(at, at + width):
                        columns[place] = f"{columns[place]}: {text}" if columns.get(place) else text
                        taken[place] = int(cell.get("rowspan", "1")) - 1
                    kind, column = "heading", ""
                else:
                    kind, column = "cell", columns.get(at, "")
                # The year of a row that has its own stands beside its name.
                row_name = f"{said} | {row.get('data-year', '')}".strip(" |")
                if is_telling(text):
                    yield Place(self.file, "sentence" if scope else kind, text, column, row_name, under)
                if kind == "cell" and (scope or not is_telling(text)):
                    said = f"{said} | {text}".strip(" |")
                yield from self._attributes(cell, column, row_name)
                for inner in cell.iterdescendants():
                    if inner.tag == "svg":
                        yield from self._drawing(inner, row_name, title)
                    elif not any(one.tag == "svg" for one in inner.iterancestors("svg")):
                        yield from self._attributes(inner, column, row_name)
                at += width

    def _drawing(self, drawing: etree._Element, row: str = "", caption: str = "") -> Iterator[Place]:
        """Yield titles and texts of a drawing as sentences, and its strokes as one place each."""
        under = (caption, *self.under) if caption else self.under
        for element in drawing.iter():
            tag = element.tag if isinstance(element.tag, str) else "comment"
            style = _style_of(element) if tag != "comment" else ""
            said = tidy(element.text or "")
            if style == "v" and is_telling(said):
                # The share of a unit's field of a map: its name stands in the field's title.
                name = (element.getparent().findtext("title") or "").partition(": ")[0]
                yield Place(self.file, "cell", said, "Andel, pct.", name, under)
            elif is_telling(said):
                kind = "axis" if style == "c-s" else "sentence"
                yield Place(self.file, kind, said, f"{tag} {style}".strip(), row, under)
            if tag == "comment":
                continue
            label = element.get("aria-label")
            if label and is_telling(label):
                yield Place(self.file, "sentence", tidy(label), "aria-label", row, under)
            if tag == "g" and re.fullmatch(r"t t[1-9]", style) and not re.search(r"\d", _shown_in(element)):
                # A field is coloured by its share: one that shows none must have no colour either.
                yield Place(self.file, "sentence", style, "colour", row, under)
            strokes = {n: v for n, v in element.attrib.items() if n not in ("class", "aria-label") and is_telling(v)}
            if strokes:
                shape = " ".join(f"{name}={value}" for name, value in strokes.items())
                yield Place(self.file, "drawing", shape, f"{tag} {style}".strip(), row, under)


def _style_of(element: etree._Element) -> str:
    """Return the class of a part of a drawing: its own, or that of the group of like parts that it stands in."""
    group = element.getparent()
    shared = group.get("class", "") if group is not None and group.tag == "g" else ""
    return element.get("class") or (shared if shared.startswith("c-") else "")


def _shown_in(field: etree._Element) -> str:
    return "".join(one.text or "" for one in field.iter("text") if one.get("class") == "v")


def _said(element: etree._Element) -> str:
    """Return a block's own text with that of the words in it; not what only a voice reads of a hidden figure."""
    parts = [element.text or ""]
    for child in element:
        if isinstance(child.tag, str) and child.tag in INLINE:
            parts.append(" " if child.tag == "br" else _said(child))
        parts.append(child.tail or "")
    return "".join(parts)
