"""Texts that do harm where a program takes them for something else than text, and a delivery that has them everywhere.

Belongs here: the corpora of other projects, a few texts of our own, putting them into a delivery, and that a page which
shows them does nothing else with them. Does not belong here: where they must be shown.
"""

from __future__ import annotations

import contextlib
import itertools
import json
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from pathlib import Path

from pipelines.privacy.civil_registration import contains_number
from pipelines.receiving.plain_text import ControlCharacter, plain
from tests.shared_material import SHARED
from tests.small_delivery import SmallDelivery

CORPORA = SHARED / "corpora"
#: What an institution is called, one kind of harm each: markup, script, formula, typst, template, path, header, script
#: of another writing direction, a character that no font has, and very many letters.
OWN = (
    '<script>hostile_call("1")</script>',
    '"><img src=x onerror=hostile_call(2)>',
    "javascript:hostile_call(3)",
    '=HYPERLINK("http://hostile.example","hostile")',
    '#eval("hostile") $x^2$ @hostile <hostile> *_`',
    "{{ hostile }} {% hostile %} ${hostile} %s {0}",
    "../../../../hostile/escaped",
    "Bcc: hostile@hostile.example",
    "\u0645\u0631\u062d\u0628\u0627 \u4e2d\u6587 \ue000 \U0001f600 hostile",
    "hostile" * 17,
)
MARK = "hostile"


def corpora_texts() -> Iterator[str]:
    """Yield every odd text of the corpora; nothing where they are not beside the repository."""
    if not CORPORA.is_dir():
        return
    yield from json.loads((CORPORA / "blns" / "blns.json").read_text(encoding="utf-8"))
    for file in sorted((CORPORA / "ftfy").rglob("*.json")):
        for case in json.loads(file.read_text(encoding="utf-8")):
            yield from (case[name] for name in ("original", "fixed") if case.get(name))
    for file in sorted((CORPORA / "payloads").rglob("*.txt")):
        yield from file.read_text(encoding="utf-8", errors="ignore").splitlines()


def without_control_characters() -> Iterator[str]:
    """Yield the odd texts that are not refused (see ``tests/unit/receiving/test_plain_text.py``)."""
    for text in dict.fromkeys(corpora_texts()):
        with contextlib.suppress(ControlCharacter):
            if plain(text):
                yield text


def make_hostile(delivery: SmallDelivery) -> tuple[list[str], list[str]]:
    """Put hostile texts into every field of a delivery that is shown anywhere.

    Returns the institutions' names and the cases' numbers, both as they are kept.

    Institutions and agreements get the texts of our own, their codes among them; cases get those of the corpora for
    their numbers, as many as there are cases. What could be read as a civil registration number is left out, since such
    texts are masked, and so is what the program makes alike.
    """
    institutions = delivery.rows["institutioner.xlsx"]
    for place, text in enumerate(OWN):
        code = text if place % 2 else f"H{place:03}"
        institutions.append(
            {
                "institution_kode": code,
                "navn": text,
                "art": "faengsel",
                "omraade": "Øst",
                "adresse": text,
                "by": text,
                "telefon": text,
                "mail": text,
            }
        )
    delivery.rows["samarbejdsaftaler.xlsx"][1] |= {"kontakt_navn": OWN[0], "kontakt_telefon": OWN[3]}
    numbers = {
        plain(text): None
        for text in without_control_characters()
        if len(text) <= 150 and not contains_number(text) and not contains_number(plain(text))
    }
    cases = [row for row in delivery.rows["afsoningssager.csv"] if row["sags_id"].startswith("A-")][100:]
    renamed = {
        row["sags_id"]: text for row, text in zip(cases, itertools.chain(OWN, numbers), strict=False) if text.strip()
    }
    codes = itertools.cycle(row["institution_kode"] for row in institutions[2:])
    for rows in delivery.rows.values():
        for row in rows:
            if row.get("sags_id") in renamed:
                row["sags_id"] = renamed[row["sags_id"]]
                if "institution_kode" in row:
                    row["institution_kode"] = next(codes)
    for name in ("institutioner.xlsx", "samarbejdsaftaler.xlsx"):
        workbook = delivery.workbook(name)
        for cell in itertools.chain.from_iterable(workbook.worksheets[0].iter_rows()):
            if cell.data_type == "f":
                cell.data_type = "s"  # a text that begins as a formula does; a formula would be refused
        delivery.put_workbook(name, workbook)
    return [plain(text) for text in OWN], [plain(text) for text in renamed.values()]


class _Page(HTMLParser):
    """What of a page a browser would do: elements, and attributes that load or run something."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.doing: list[str] = []
        self.shown: list[str] = []
        self._inside = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self._inside = tag
        for name, value in attrs:
            if name.startswith("on") or name in ("href", "src", "action", "srcdoc", "formaction"):
                self.doing.append(f"{name}={value}")

    def handle_data(self, data: str) -> None:
        if self._inside == "script":
            json.loads(data or "{}")  # a chart's data and nothing that runs
        self.shown.append(data)

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""


def shown_by_harmless(places: Iterable[Path]) -> list[str]:
    """Return what the pages with hostile texts show, each of them found to take such texts for nothing but text."""
    told = {path: text for path in places if MARK in (text := path.read_text(encoding="utf-8"))}
    pages = {path: _Page(text) for path, text in told.items()}
    tags = set().union(*(page.tags for page in pages.values()))
    assert not tags & {"img", "iframe", "object", "embed", "form", "base", "audio", "video", "marquee"}
    for path, page in pages.items():
        for doing in page.doing:
            name, _, value = doing.partition("=")
            assert not name.startswith("on") and not value.lower().startswith(("javascript:", "vbscript:")), path
            assert MARK not in value, (path, doing)
    return [text for page in pages.values() for text in page.shown]
