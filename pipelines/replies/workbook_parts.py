"""What a returned form must not hold outside its table: remarks, drawings, other sheets, and personal numbers anywhere.

Belongs here: the workbook's parts and other sheets. Does not belong here: the table's own lines (``returned_form``),
and what makes a workbook dangerous to read (``pipelines.receiving.workbook_reading``, which comes first).

A personal number can stand where no cell shows it: in a header or footer, the file's properties, the text of a
validation, a link, a defined name. Every text and every attribute of every part is looked through; the cells by the
values that they show.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any
from xml.parsers import expat

from pipelines.privacy.civil_registration import contains_number
from pipelines.receiving.refusal import shown_name
from pipelines.replies import form_wordings
from pipelines.replies.form_contract import REPLY_FILE, FileRefused, refuse_numbers
from pipelines.replies.reply_form import GUIDE, SHEET, VERSION, guide_lines

# Parts of a workbook in which a remark can stand outside the cells. The file itself is never kept, only its answers.
_REMARKS = re.compile(r"comment|person|drawing|media/|charts?/|diagram|slicer", re.I)
# LibreOffice and Numbers put an empty drawing beside each sheet: a root with nothing in it.
_MAY_BE_EMPTY = re.compile(r"drawings?/(_rels/)?drawing\d+\.xml(\.rels)?", re.I)
# Where a part's texts and attributes are numbers of the program's own: measures, colours, identifiers.
_WITHOUT_TEXT = re.compile(r"styles\.xml|theme\d*\.xml|calcChain\.xml", re.I)
# What a part says in which people can write, by element; and the attributes that people can write in.
_TEXTS = frozenset(
    [
        "oddHeader",
        "oddFooter",
        "evenHeader",
        "evenFooter",
        "firstHeader",
        "firstFooter",
        "formula1",
        "formula2",
        "definedName",
    ]
)
_ATTRIBUTES = frozenset(
    [
        "prompt",
        "promptTitle",
        "error",
        "errorTitle",
        "display",
        "tooltip",
        "location",
        "Target",
        "name",
        "codeName",
        "title",
        "descr",
        "text",
        "displayName",
        "comment",
        "description",
        "help",
        "statusBar",
        "customMenu",
    ]
)
# The size and the font of a header come before its text, without a space.
_HEADER_CODE = re.compile(r'&(?:"[^"]*"|K[0-9A-Fa-f]{6}|\d{1,3}(?=\D|$)|\d{2}|[A-Za-z])')


def _unpacked(archive: zipfile.ZipFile) -> Iterator[tuple[str, bytes]]:
    """Yield each part, and no more of one than it promises: what all promise together was judged before."""
    for entry in archive.infolist():
        with archive.open(entry) as part:
            yield entry.filename, part.read(entry.file_size)


def check(content: bytes) -> int | None:
    """Refuse a form with remarks, with other sheets than its own, or with a personal number anywhere.

    Returns the form's version, None where it says none: the first ones did not.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = dict(_unpacked(archive))
    for name, part in parts.items():
        if _REMARKS.search(name) and not (_MAY_BE_EMPTY.search(name) and _is_empty(part)):
            raise FileRefused(
                "Svaret har kommentarer, figurer eller andet end celler. Fjern dem; bemærkninger modtages ikke."
            )
    sheets = _sheets(content)
    refuse_numbers(
        (f"{REPLY_FILE}, arket {shown_name(name)}, række {number},", str(cell))
        for name, lines in sheets.items()
        for number, line in enumerate(lines, start=1)
        for cell in line
    )
    for name, part in parts.items():
        if any(contains_number(text) for text in _written(name, part)):
            raise FileRefused(
                f"{REPLY_FILE} indeholder, hvad der ligner et personnummer, uden for cellerne ({_place(name)}). Filen "
                "er afvist, og intet er gemt. Fjern nummeret, slet den gamle fil, og send en ny."
            )
    if [_plain_name(name) for name in sheets][:1] != [SHEET] or not {_plain_name(name) for name in sheets} <= {
        SHEET,
        GUIDE,
    }:
        raise FileRefused(f"Svaret skal have arkene {SHEET} og {GUIDE} og ingen andre. Brug skemaet, som det er sendt.")
    guide = next((lines for name, lines in sheets.items() if _plain_name(name) == GUIDE), [])
    version = None
    allowed = {text for pair in guide_lines() for text in pair} | {""}
    for line in guide:
        texts = [_plain(cell) for cell in line]
        if texts[:1] == [VERSION] and (version := _version(texts)) is not None:
            texts = texts[2:]
        if any(text not in allowed and not form_wordings.was_ours(text) for text in texts):
            raise FileRefused(f"Arket {GUIDE} er ændret. Bemærkninger modtages ikke; brug skemaet, som det er sendt.")
    return version


def _version(texts: list[str]) -> int | None:
    """Return the version that a line of the guide says; None when it is none that there has been."""
    said = texts[1] if len(texts) > 1 else ""
    known = {str(number): number for number in range(1, form_wordings.newest() + 1)}
    return known.get(said)


def _is_empty(part: bytes) -> bool:
    """Whether an XML part has nothing in its root."""
    elements = 0
    parser = expat.ParserCreate()

    def on_start(*_: Any) -> None:
        nonlocal elements
        elements += 1

    parser.StartElementHandler = on_start
    try:
        parser.Parse(part, True)
    except expat.ExpatError:
        return False
    return elements <= 1


def _written(name: str, part: bytes) -> Iterator[str]:
    """Yield the texts of a part that a person can have written, the cells aside (they are read by their values)."""
    if not name.lower().endswith((".xml", ".rels", ".vml")) or _WITHOUT_TEXT.search(name):
        return
    yield shown_name(name) if contains_number(name) else name
    is_free = name.startswith(("docProps/", "customXml/"))
    found: list[str] = []
    inside: list[str] = []

    def on_start(element: str, attributes: dict[str, str]) -> None:
        inside.append(element.rpartition(":")[2])
        wanted = (
            attributes.values()
            if is_free
            else (value for key, value in attributes.items() if key.rpartition(":")[2] in _ATTRIBUTES)
        )
        found.extend(wanted)

    def on_text(text: str) -> None:
        own = inside[-1] if inside else ""
        is_a_day = own in ("created", "modified", "lastPrinted")
        if own in _TEXTS or (is_free and not is_a_day):
            found.append(text)
            if own.endswith(("Header", "Footer")):
                found.append(_HEADER_CODE.sub(" ", text))

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = on_start
    parser.EndElementHandler = lambda _: inside.pop()
    parser.CharacterDataHandler = on_text
    try:
        parser.Parse(part, True)
    except expat.ExpatError:
        raise FileRefused("Svaret kan ikke læses. Gem regnearket som xlsx, og send det igen.") from None
    yield from found


def _place(name: str) -> str:
    """Return in Danish where in a workbook a part belongs."""
    if name.startswith("docProps/"):
        return "filens egenskaber"
    if name.endswith(".rels"):
        return "et link"
    if "worksheets/" in name:
        return "et sidehoved, en sidefod, et link eller en regel for celler"
    return "navne i projektmappen"


def _sheets(content: bytes) -> dict[str, list[list[Any]]]:
    import python_calamine

    sheets: dict[str, list[list[Any]]] | None = None
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheets = {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException:  # a panic of the reader is no Exception
        sheets = None
    if sheets is None:
        raise FileRefused("Svaret kan ikke læses. Gem regnearket som xlsx, og send det igen.")
    return sheets


def _plain_name(sheet: str) -> str:
    """Return a sheet's name as we gave it: Numbers adds the name of its table."""
    return re.sub(r" - (?:Tabel|Table) 1$", "", sheet)


def _plain(cell: Any) -> str:
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)
