"""Setting a page in typst with our own fonts, so that no letter of a delivery keeps a document from being made.

Belongs here: the fonts, which characters they have, what is shown for the others, and compiling. Does not belong here:
what a page looks like (its ``.typ`` file) and what it says.

PDF/UA forbids a character that no font can show, and one odd letter in one name must not stop a whole publication. IBM
Plex Sans is the face of every page; DejaVu Sans stands behind it for other alphabets and signs; what neither has is
shown as its code point (``U+4E2D``). typst must never run in a forked process: it deadlocks.
"""

from __future__ import annotations

import io
import json
import re
import unicodedata
from functools import cache
from pathlib import Path
from typing import Any

from pipelines.errors import UserError
from pipelines.layout import PROJECT

FONTS = PROJECT / "reports" / "fonts"
#: Accessible and fit for keeping.
STANDARDS: Any = ["ua-1", "a-2a"]
_FACE, _BEHIND = FONTS / "IBMPlexSans-Regular.ttf", FONTS / "DejaVuSans.ttf"
# Line ends and tabs are no letters; typst takes them as space.
_LAYOUT = frozenset("\n\t")


def compile_pdf(template: Path, name: str, content: Any, timestamp: int | None = None) -> bytes:
    """Return the PDF that the template makes of the content, which it reads as the JSON text ``name``.

    ``timestamp`` is the document's date in seconds since 1970; a date never comes from the clock. Raises UserError when
    typst cannot set it.
    """
    failure = ""
    for characters in (_characters(_FACE, _BEHIND), _characters(_FACE)):
        # The face alone is the way out for what only looks printable, such as a mark that its letter's font lacks.
        made = _compiled(template, {name: _written(content, characters)}, timestamp)
        if isinstance(made, bytes):
            return made
        failure = made
    raise UserError(f"{template.name} kunne ikke sættes ({failure}). Programmet selv er beskadiget.")


def printable(text: str) -> str:
    """Return the text with every character that our fonts lack as its code point."""
    return _shown(text, _characters(_FACE, _BEHIND))


def unprintable(text: str) -> list[str]:
    """Return the code points (``U+4E2D``) of the characters that our fonts lack, each once."""
    if text.isascii():
        return []
    known = _characters(_FACE, _BEHIND)
    return [_code_point(character) for character in dict.fromkeys(text) if character not in known]


def _compiled(template: Path, inputs: dict[str, str], timestamp: int | None) -> bytes | str:
    """Return the PDF, or the name of what went wrong: typst's own message quotes the text it could not set."""
    dated = {} if timestamp is None else {"timestamp": timestamp}
    try:
        made: Any = _compiler(template).compile(format="pdf", sys_inputs=inputs, pdf_standards=STANDARDS, **dated)
    except RuntimeError as error:  # typst's own class of error is one
        return type(error).__name__
    return _packed(bytes(made))


def _packed(document: bytes) -> bytes:
    """Return the same document with row headers, and its objects compressed: tags, as text, are three quarters of it.

    PDF/A wants each stream to be as long as it says, line end not counted; one whose last byte is a carriage return
    seems a byte shorter. A drawing gets a line end of its own then. Where it befalls a stream of objects, one more
    object (a page's size, told by reference) lets the objects fall into other streams.
    """
    import pikepdf

    with pikepdf.open(io.BytesIO(document)) as opened:
        for found in opened.objects:
            if isinstance(found, pikepdf.Stream):
                if found.read_raw_bytes().endswith(b"\r"):
                    found.write(found.read_bytes() + b"\n")
            elif isinstance(found, pikepdf.Dictionary) and found.get("/S") == "/TR" and found.P.S == "/TBody":
                _name_row(found)
        for page in [None, *opened.pages]:
            if page is not None:
                page.MediaBox = opened.make_indirect(page.MediaBox)
            packed = io.BytesIO()
            opened.save(
                packed,
                object_stream_mode=pikepdf.ObjectStreamMode.generate,
                deterministic_id=True,
                # typst says the version itself; to say it again would spread what the document says of itself.
                fix_metadata_version=False,
            )
            if b"\r\nendstream" not in packed.getvalue():
                return packed.getvalue()
    return document


def _name_row(row: Any) -> None:
    """Tag a row's first cell as what the row is about, which typst has no word for.

    In our tables the first column names the row. typst lists a cell's headers, those of its column alone; without
    the list a reader finds both by their scope.
    """
    import pikepdf

    for place, cell in enumerate(row.K):
        for attributes in cell.get("/A", ()):
            if attributes.get("/O") == "/Table":
                if "/Headers" in attributes:
                    del attributes["/Headers"]
                if place == 0:
                    attributes.Scope = pikepdf.Name.Row
        if place == 0:
            cell.S = pikepdf.Name.TH


@cache
def _compiler(template: Path) -> Any:
    """Return a compiler that knows our fonts and no others."""
    import typst

    return typst.Compiler(str(template), root=str(template.parent), font_paths=[str(FONTS)], ignore_system_fonts=True)


@cache
def _characters(*fonts: Path) -> frozenset[str]:
    from fontTools.ttLib import TTFont

    found = set(_LAYOUT)
    for font in fonts:
        with TTFont(font, lazy=True) as opened:
            found.update(map(chr, opened.getBestCmap()))
    # PDF/A forbids the private area, where a font may have signs that no other reader knows.
    return frozenset(character for character in found if unicodedata.category(character) != "Co")


def _written(content: Any, characters: frozenset[str]) -> str:
    # Escapes in JSON are ASCII, so the text can be treated as one.
    return _shown(json.dumps(content, ensure_ascii=False, sort_keys=True), characters)


def _shown(text: str, characters: frozenset[str]) -> str:
    missing = {character for character in set(text) if character not in characters}
    if not missing:
        return text
    runs = re.compile(f"[{re.escape(''.join(sorted(missing)))}]+")
    return runs.sub(lambda run: " ".join(map(_code_point, run[0])), text)


def _code_point(character: str) -> str:
    return f"U+{ord(character):04X}"
