"""The contact list as an accessible PDF (PDF/UA-1 and PDF/A-2a, in Danish).

Belongs here: handing the letter to typst, and reading title and keywords back from a finished PDF. Does not belong
here: the page itself (``contact_list.typ``) and what the list says (``letter.py``).

The same letter gives the same bytes: its date is that of the register, since PDF/A demands one.
"""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

from pipelines import layout
from pipelines.mailing.message import contact_list
from pipelines.mailing.message.letter import Letter

_TEMPLATE = Path(__file__).with_name("contact_list.typ")
_FONTS = layout.PROJECT / "reports" / "fonts"
# What IBM Plex Sans can show, as far as European names need it. PDF/UA forbids a text that the font cannot show, and
# one odd letter in the register must not keep the whole list from 98 municipalities.
SHOWN = frozenset(
    chr(point)
    for first, last in ((0x20, 0x7E), (0xA0, 0xAC), (0xAE, 0x17F), (0x38E, 0x3A1), (0x3A3, 0x3CE), (0x400, 0x45F))
    for point in range(first, last + 1)
) | frozenset("–—‘’‚“”„†•…‰‹›€™ȘșȚț−")
UNSHOWN = "?"

_STANDARDS: Any = ["ua-1", "a-2a"]


class Documents:
    """Makes the PDFs of one run; the fonts are read once."""

    def __init__(self) -> None:
        import typst

        self._compiler = typst.Compiler(
            input=str(_TEMPLATE), root=str(_TEMPLATE.parent), font_paths=[str(_FONTS)], ignore_system_fonts=True
        )

    def make(self, letter: Letter) -> bytes:
        """Return the PDF of one municipality."""
        written = json.dumps(_content(letter), ensure_ascii=False)
        text = "".join(character if character in SHOWN else UNSHOWN for character in written)
        made: Any = self._compiler.compile(format="pdf", sys_inputs={"letter": text}, pdf_standards=_STANDARDS)
        return bytes(made)


def _content(letter: Letter) -> dict[str, Any]:
    return {
        "title": letter.title,
        "full_title": letter.full_title,
        "keywords": [f"kommunekode {letter.municipality_code}", f"kvartal {letter.quarter.code}"],
        "code": letter.municipality_code,
        "date": {"year": letter.extract_date.year, "month": letter.extract_date.month, "day": letter.extract_date.day},
        "addressee": letter.addressee,
        "dated": letter.dated,
        "changes_heading": letter.changes_heading,
        "changes": letter.changes.lines(),
        "own_contact": letter.own_contact,
        "question": letter.question,
        "columns": list(contact_list.COLUMNS.values()),
        "sections": [
            {"heading": heading, "rows": [contact_list.cells(one) for one in rows]}
            for heading, rows in contact_list.sections(letter.institutions)
        ],
    }


_PACKET = re.compile(rb"<\?xpacket begin.*?\?>(.*?)<\?xpacket end", flags=re.DOTALL)
_TITLE = ".//{http://purl.org/dc/elements/1.1/}title//{http://www.w3.org/1999/02/22-rdf-syntax-ns#}li"
_KEYWORDS = ".//{http://ns.adobe.com/pdf/1.3/}Keywords"


def title_and_keywords(document: bytes) -> tuple[str, str]:
    """Return what the PDF's metadata say; two empty texts when there is not exactly one block of metadata.

    PDF/A demands that this block is neither compressed nor encrypted, so that the standard library can read it.
    """
    packets = _PACKET.findall(document)
    if len(packets) != 1 or b"<!" in packets[0]:
        return "", ""
    try:
        tree = ElementTree.fromstring(packets[0].strip())
    except ElementTree.ParseError:
        return "", ""
    return tree.findtext(_TITLE) or "", tree.findtext(_KEYWORDS) or ""
