"""The contact list as an accessible PDF (PDF/UA-1 and PDF/A-2a, in Danish).

Belongs here: handing the letter to typst, and reading title and keywords back from a finished PDF. Does not belong
here: the page itself (``contact_list.typ``) and what the list says (``letter.py``).

The same letter gives the same bytes: its date is that of the register, since PDF/A demands one.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

from pipelines import typesetting
from pipelines.failure_report import about
from pipelines.mailing.message import contact_list
from pipelines.mailing.message.letter import Letter

_TEMPLATE = Path(__file__).with_name("contact_list.typ")


def make(letter: Letter) -> bytes:
    """Return the PDF of one municipality."""
    with about(f"Kontaktlisten til kommune {letter.municipality_code} (PDF)"):
        return typesetting.compile_pdf(_TEMPLATE, "letter", _content(letter))


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
