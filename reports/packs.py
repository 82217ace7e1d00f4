"""The pack of one municipality: its own figures in full, everybody else's protected, in one folder.

Belongs here: which files a pack has, and naming its owner where a file is its own. Does not belong here: the zip file
that leaves (``packing``). The maker is given the owner's own slice (``figures``) and the protected figures;
other municipalities' full figures are not within its reach.

What stands in every pack alike (``ALIKE``) names no owner, so that a publication has it once on the disk.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pipelines import vocabulary
from pipelines.units import code_folder
from pipelines.vocabulary import word
from reports import html
from reports.editions import PACK
from reports.figures.data import Figure, ReportData, Unit
from reports.figures.judged import judged
from reports.figures.notice import edition_words
from reports.figures.statistics import SMALLEST_COMPARED
from reports.pages.duties import rules_of
from reports.pages.page_header import header
from reports.pages.text_pages import text_page
from reports.pages.unit_pages import unit_page
from reports.pages.work import work_page
from reports.tasks import TEXT_FILES, WORK_FILE, Sources
from reports.words import present, wording

#: The pages of a pack that are the same in all of them.
ALIKE = ("sammenligning.html", TEXT_FILES["method"], TEXT_FILES["accessibility"])


def make_pack(sources: Sources, own: ReportData, owner: Unit, target: Path, formats: Sequence[str]) -> dict[str, float]:
    """Write the pack of one municipality and return the seconds each format took."""
    shared = sources.shared
    assert shared is not None
    name = wording.unit_name(owner)
    folder = target / PACK.folder / code_folder(owner.code)
    folder.mkdir(parents=True, exist_ok=True)
    started = time.perf_counter()
    page = unit_page(PACK, own, shared, owner) | {"own_row": own_row(shared, owner)}
    (folder / "index.html").write_bytes(html.render("unit.html.j2", PACK, page, owner=name, formats=formats).encode())
    (folder / WORK_FILE).write_bytes(work_page(PACK, own, owner, owner=name).encode())
    quality = text_page(PACK, own, "quality", sources, formats, owner=name)
    (folder / TEXT_FILES["quality"]).write_bytes(quality.encode())
    for file, content in alike(sources, formats).items():
        (folder / file).write_bytes(content)
    seconds = {"html": time.perf_counter() - started}
    if len(formats) > 1:
        from reports.documents import write_documents

        seconds |= write_documents(PACK, own, shared, owner, page, folder, formats, owner=name)
    return seconds


def own_row(shared: ReportData, owner: Unit) -> str:
    """Return the place of a municipality's own row in the first table of the page of all others."""
    rules = next((rules for _anchor, _title, rules in rules_of(shared, "municipality") if rules), [])
    return f"#{rules[0].rule_id}-{owner.code}" if rules and owner.key in shared.figures else ""


def alike(sources: Sources, formats: Sequence[str]) -> dict[str, bytes]:
    """Return the files that are the same in every pack: made once in each process, for they are long."""
    shared = sources.shared
    assert shared is not None

    def make() -> dict[str, bytes]:
        pages = [html.render("peers.html.j2", PACK, peers_page(shared), formats=formats)]
        pages += [text_page(PACK, shared, kind, sources, formats) for kind in ("method", "accessibility")]
        made = {file: text.encode() for file, text in zip(ALIKE, pages, strict=True)}
        return made | {html.FONTS_FILE: html.font_faces().encode()}

    found: dict[str, bytes] = shared.remember(f"alike {' '.join(formats)}", make)
    return found


def peers_page(shared: ReportData) -> dict[str, Any]:
    """Return the protected figures of everybody, a table per duty, as the shared edition tells them."""
    page = header(PACK, shared, "", "Andre kommuner")
    hidden = Figure(None, None, None, None, None, None, None)
    order = ("national", "area", "region", "municipality")
    units = [one for level in order for one in shared.units_of(level) if shared.is_in_leading_year(one.key)]
    spans = sorted({shared.window(one.level) for one in units}, key=lambda one: one.kind, reverse=True)
    topics = []
    for anchor, title, rules in rules_of(shared, "municipality"):
        tables = []
        for rule in rules:
            for span in spans:
                rows = [
                    (
                        one.code if one.level == "municipality" else "",
                        wording.unit_name(one),
                        present.beside_others(judged(rule, figure), SMALLEST_COMPARED, 0),
                    )
                    for one in units
                    if shared.window(one.level) == span
                    for figure in [shared.year(one.key, rule.rule_id) or hidden]
                ]
                tables.append(
                    {
                        "rule": rule,
                        "norm": word(vocabulary.NORMS, rule.norm),
                        "year_name": span.words,
                        "counted": wording.counted(rule, "national"),
                        "rows": rows,
                    }
                )
        topics.append({"anchor": anchor, "title": title, "tables": tables})
    notice = edition_words(shared.notice, shared.titles()) if shared.notice and shared.notice.changed else None
    return page | {"topics": topics, "root": "", "notice": notice}
