"""The words and tables of a tagged PDF, read back through its structure tree, as a screen reader would.

Belongs here: just enough of the format for what typst writes and ``pipelines.typesetting`` packs (plain objects or
streams of objects, Flate, Identity-H fonts with ToUnicode). Does not belong here: what the words mean (``read_back``).
General readers take a second a report; an audit of three hundred reports needs a hundredth of that, and the tests
compare both.
"""

from __future__ import annotations

import re
import zlib
from typing import NamedTuple

OBJECT = re.compile(rb"(\d+) 0 obj\n(.*?)\nendobj", re.DOTALL)
STREAM = re.compile(rb"stream\r?\n(.*)\r?\nendstream", re.DOTALL)
REFERENCE = re.compile(rb"(\d+) 0 R")
KIDS = re.compile(rb"/K ?(\[[^\]]*\]|\d+(?: 0 R)?)")
KID = re.compile(rb"(\d+) 0 R|(\d+)")
PAGE = re.compile(rb"/Pg (\d+) 0 R")
MARK = re.compile(rb"/MCID (\d+)")
OF_OBJECTS = re.compile(rb"/N (\d+) /First (\d+)")
MARKED = re.compile(rb"/MCID (\d+)[^>]*>>BDC(.*?)EMC", re.DOTALL)
# A string may hold pairs of round brackets as they are; glyph numbers make them up at random, so a few levels are read.
_INSIDE = rb"(?:[^()\\]|\\.)*"
for _level in range(6):
    _INSIDE = rb"(?:[^()\\]|\\.|\(" + _INSIDE + rb"\))*"
STRING = re.compile(rb"\((" + _INSIDE + rb")\)", re.DOTALL)
SHOWN = re.compile(
    rb"/f(\d+) [\d.]+ Tf|\[((?:\(" + _INSIDE + rb"\)|[^\]()])*)\]TJ|\((" + _INSIDE + rb")\)Tj", re.DOTALL
)
ESCAPE = re.compile(rb"\\([0-7]{1,3}|.)", re.DOTALL)
ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
PAIR = re.compile(rb"<([0-9A-Fa-f]+)> <([0-9A-Fa-f]+)>")


class Block(NamedTuple):
    """A paragraph, heading or figure (its text), or a table (its rows of cells)."""

    kind: str
    text: str
    rows: list[list[str]]


def blocks(content: bytes) -> list[Block]:
    """Return the document's blocks in reading order."""
    return _Reader(content).blocks()


class _Reader:
    def __init__(self, content: bytes) -> None:
        self.objects = {int(found[1]): found[2] for found in OBJECT.finditer(content)}
        for number in [number for number, body in self.objects.items() if b"/Type /ObjStm" in body[:200]]:
            self.objects |= self._packed(number)
        self.fonts: dict[int, dict[bytes, dict[int, str]]] = {}
        self.pages: dict[int, dict[int, str]] = {}
        self.letters: dict[int, dict[int, str]] = {}

    def _packed(self, number: int) -> dict[int, bytes]:
        """Return the objects that a stream of objects holds."""
        listed = OF_OBJECTS.search(self.objects[number])
        assert listed
        count, first = int(listed[1]), int(listed[2])
        unpacked = self._stream(number)
        head = [int(one) for one in unpacked[:first].split()]
        starts = [first + at for at in head[1 : 2 * count : 2]]
        ends = [*starts[1:], len(unpacked)]
        return {one: unpacked[begin:end] for one, begin, end in zip(head[: 2 * count : 2], starts, ends, strict=True)}

    def blocks(self) -> list[Block]:
        root = next(body for body in self.objects.values() if re.search(rb"/Type ?/StructTreeRoot", body))
        found: list[Block] = []
        for number in self._kids(root):
            self._walk(number, found)
        return found

    def _kids(self, body: bytes) -> list[int]:
        listed = KIDS.search(body)
        return [int(match) for match in REFERENCE.findall(listed[1])] if listed else []

    def _kind(self, body: bytes) -> str:
        kind = re.search(rb"/S ?/(\w+)", body)
        return kind[1].decode() if kind else ""

    def _walk(self, number: int, found: list[Block]) -> None:
        body = self.objects[number]
        kind = self._kind(body)
        if kind == "Table":
            found.append(Block(kind, "", self._rows(number)))
        elif kind in ("Document", "Sect", "Div", "Part", "L", "NonStruct"):
            for kid in self._kids(body):
                self._walk(kid, found)
        elif kind == "Figure":
            found.append(Block(kind, self._alternative(body), []))
        else:
            found.append(Block(kind, self._text(number), []))

    def _rows(self, number: int) -> list[list[str]]:
        rows: list[list[str]] = []
        for kid in self._kids(self.objects[number]):
            kind = self._kind(self.objects[kid])
            if kind == "TR":
                rows.append([self._text(cell) for cell in self._kids(self.objects[kid])])
            else:
                rows += self._rows(kid)
        return rows

    def _alternative(self, body: bytes) -> str:
        hexadecimal = re.search(rb"/Alt ?<([0-9A-Fa-f]+)>", body)
        if hexadecimal:
            return bytes.fromhex(hexadecimal[1].decode()).decode("utf-16")
        plain = re.search(rb"/Alt ?\(((?:[^()\\]|\\.)*)\)", body)
        return _unescaped(plain[1]).decode("latin-1") if plain else ""

    def _text(self, number: int, page: int | None = None) -> str:
        body = self.objects[number]
        own = PAGE.search(body)
        page = int(own[1]) if own else page
        listed = KIDS.search(body)
        parts = []
        if listed:
            for reference, marked in KID.findall(listed[1]):
                if reference:
                    parts.append(self._text_of_kid(int(reference), page))
                elif page is not None:
                    parts.append(self._marked(page).get(int(marked), ""))
        return "".join(parts)

    def _text_of_kid(self, number: int, page: int | None) -> str:
        body = self.objects[number]
        if not re.search(rb"/Type ?/MCR", body):
            return self._text(number, page)
        at, mark = PAGE.search(body), MARK.search(body)
        assert at and mark
        return self._marked(int(at[1]))[int(mark[1])]

    def _marked(self, page: int) -> dict[int, str]:
        """Return the text of each marked piece of a page."""
        if page not in self.pages:
            body = self.objects[page]
            contents = re.search(rb"/Contents (\d+) 0 R", body)
            resources = re.search(rb"/Resources (\d+) 0 R", body)
            assert contents and resources
            fonts = self._fonts(int(resources[1]))
            drawn = self._stream(int(contents[1]))
            self.pages[page] = {int(found[1]): _shown(found[2], fonts) for found in MARKED.finditer(drawn)}
        return self.pages[page]

    def _stream(self, number: int) -> bytes:
        found = STREAM.search(self.objects[number])
        assert found
        packed = b"/FlateDecode" in self.objects[number][: found.start()]
        # A last byte that is a line end may seem to be the one before ``endstream``; it is of the checksum alone.
        return zlib.decompressobj().decompress(found[1]) if packed else found[1]

    def _fonts(self, resources: int) -> dict[bytes, dict[int, str]]:
        if resources not in self.fonts:
            listed = re.search(rb"/Font ?<<(.*?)>>", self.objects[resources], re.DOTALL)
            named = re.findall(rb"/f(\d+) (\d+) 0 R", listed[1]) if listed else []
            self.fonts[resources] = {name: self._letters(int(number)) for name, number in named}
        return self.fonts[resources]

    def _letters(self, font: int) -> dict[int, str]:
        if font not in self.letters:
            mapped = re.search(rb"/ToUnicode (\d+) 0 R", self.objects[font])
            assert mapped
            table = self._stream(int(mapped[1]))
            self.letters[font] = {
                int(code, 16): bytes.fromhex(text.decode()).decode("utf-16-be")
                for part in re.findall(rb"beginbfchar(.*?)endbfchar", table, re.DOTALL)
                for code, text in PAIR.findall(part)
            }
        return self.letters[font]


def _unescaped(text: bytes) -> bytes:
    if b"\\" not in text:
        return text

    def plain(found: re.Match[bytes]) -> bytes:
        code = found[1]
        if code.isdigit():
            return bytes([int(code, 8) & 255])
        return ESCAPES.get(code, code)

    return ESCAPE.sub(plain, text)


def _shown(drawn: bytes, fonts: dict[bytes, dict[int, str]]) -> str:
    """Return the text that a piece of a page shows."""
    letters: dict[int, str] = {}
    parts = []
    for font, many, one in SHOWN.findall(drawn):
        if font:
            letters = fonts[font]
            continue
        for text in STRING.findall(many) if many else (one,):
            codes = _unescaped(text)
            parts += [letters.get(codes[at] << 8 | codes[at + 1], "") for at in range(0, len(codes) - 1, 2)]
    return "".join(parts)
