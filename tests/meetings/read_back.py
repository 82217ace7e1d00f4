"""Every share that a finished file shows, with its counts, read back from the file's own bytes.

Belongs here: decks, documents and workbooks as (in time, due). Does not belong here: what the counts should be.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pypdf
from pptx import Presentation

# A share always stands with its counts: "12 af 15 (80 pct.)", "12 af 15 sager (80 pct.)", and on an axis "(12 af 15)".
_SHARE = re.compile(r"([\d.]*\d) af ([\d.]*\d)(?: sager?)? ?\(\d+ pct\.\)|\(([\d.]*\d) af ([\d.]*\d)\)")
Count = tuple[int, int]


def counts(file: Path) -> set[Count]:
    """Return (in time, due) of each share in a deck, a document or a workbook."""
    texts = {".pptx": _deck, ".pdf": _document, ".xlsx": _workbook}[file.suffix](file)
    found = set()
    for text in texts:
        for groups in _SHARE.findall(" ".join(text.replace("\u00a0", " ").split())):
            met, due = (int(number.replace(".", "")) for number in groups if number)
            found.add((met, due))
    return found


def _deck(file: Path) -> Iterator[str]:
    for slide in Presentation(str(file)).slides:
        yield slide.notes_slide.notes_text_frame.text
        for shape in slide.shapes:
            # A title can say which part of a long table the slide has: "(1 af 4)".
            if shape.has_text_frame and shape != slide.shapes.title:
                yield shape.text_frame.text
            if shape.has_table:
                yield from (cell.text for row in shape.table.rows for cell in row.cells)
            if shape.has_chart:
                yield from (str(name) for name in shape.chart.plots[0].categories)


def _document(file: Path) -> Iterator[str]:
    for page in pypdf.PdfReader(file).pages:
        yield page.extract_text()


def _workbook(file: Path) -> Iterator[str]:
    for sheet in openpyxl.load_workbook(file):
        pairs: list[tuple[int, int]] = []
        for row in sheet.iter_rows(values_only=True):
            heads = [str(cell or "") for cell in row]
            if any(head.endswith(": til tiden") for head in heads):
                pairs = [(place + 1, place) for place, head in enumerate(heads) if head.endswith(": forfaldne")]
                continue
            yield from (cell for cell in row if isinstance(cell, str))
            for met, due in pairs:
                if isinstance(row[due], int):
                    yield f"({row[met]} af {row[due]})"
