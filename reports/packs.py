"""The pack of one municipality: its own figures in full, everybody else's protected, in one folder and one zip file.

Belongs here: which files a pack has, and naming its owner in each. Does not belong here: how it is delivered.
The maker is given the owner's own slice (``ReportData.only``) and the protected figures; other municipalities' full
figures are not within its reach.
"""

from __future__ import annotations

import io
import time
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from markupsafe import escape

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
from reports.tasks import TEXT_FILES, TEXTS, WORK_FILE, Sources
from reports.words import present, wording

# Stands where the owner's name goes in what all packs share; no name can hold it.
OWNER = "\ue000ejer\ue000"


def make_pack(sources: Sources, own: ReportData, owner: Unit, target: Path, formats: Sequence[str]) -> dict[str, float]:
    """Write the pack of one municipality and return the seconds each format took."""
    shared = sources.shared
    assert shared is not None
    name = wording.unit_name(owner)
    folder = target / PACK.folder / code_folder(owner.code)
    folder.mkdir(parents=True, exist_ok=True)
    started = time.perf_counter()
    documents = len(formats) > 1
    page = unit_page(PACK, own, shared, owner)
    (folder / "index.html").write_bytes(
        html.render("unit.html.j2", PACK, page, owner=name, documents=documents).encode()
    )
    (folder / WORK_FILE).write_bytes(work_page(PACK, own, owner, documents=documents, owner=name).encode())
    # The same for all but the owner's name, and long: made once in each process.
    peers: str = shared.remember(
        f"peers page {documents}",
        lambda: html.render("peers.html.j2", PACK, peers_page(shared), owner=OWNER, documents=documents),
    )
    (folder / "sammenligning.html").write_bytes(peers.replace(OWNER, str(escape(name))).encode())
    for kind in TEXTS[PACK.name]:
        (folder / TEXT_FILES[kind]).write_bytes(text_page(PACK, own, kind, sources, documents, owner=name).encode())
    seconds = {"html": time.perf_counter() - started}
    if documents:
        from reports.documents import write_documents

        seconds |= write_documents(PACK, own, shared, owner, page, folder, formats, owner=name)
    started = time.perf_counter()
    (folder / "pakke.zip").write_bytes(zipped(folder, owner, own))
    seconds["zip"] = time.perf_counter() - started
    return seconds


def peers_page(shared: ReportData) -> dict[str, Any]:
    """Return the protected figures of everybody, a table per duty, as the shared edition tells them."""
    page = header(PACK, shared, "", "Andre kommuner")
    hidden = Figure(None, None, None, None, None, None, None)
    order = ("national", "area", "region", "municipality")
    units = [one for level in order for one in shared.units_of(level) if one.key in shared.figures]
    spans = sorted({shared.window(one.level) for one in units}, key=lambda one: one.kind, reverse=True)
    topics = []
    for anchor, title, rules in rules_of(shared, "municipality"):
        tables = []
        for rule in rules:
            for span in spans:
                rows = [
                    (wording.unit_name(one), present.shown(judged(rule, figure), SMALLEST_COMPARED, 0))
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


def zip_name(owner: Unit, own: ReportData) -> str:
    """Return the name of the folder inside the zip file: whose it is, and of which day or, corrected, which
    publication.
    """
    safe = owner.name.lower().replace("æ", "ae").replace("ø", "oe").replace("å", "aa")
    plain = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in safe).strip("-")
    publication = own.notice.publication_id if own.notice else own.run.as_of.isoformat()
    return f"god-loesladelse_{code_folder(owner.code)}_{plain}_{publication}"


def zipped(folder: Path, owner: Unit, own: ReportData) -> bytes:
    """Return the pack as a zip file: the same files, in order, with a date of its own making."""
    buffer = io.BytesIO()
    inside = zip_name(owner, own)
    run = own.run
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as file:
        file.comment = f"{wording.unit_name(owner)} ({owner.code})".encode()
        for path in sorted(folder.iterdir()):
            if path.name == "pakke.zip":
                continue
            info = zipfile.ZipInfo(f"{inside}/{path.name}", (run.as_of.year, run.as_of.month, run.as_of.day, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            file.writestr(info, path.read_bytes())
    return buffer.getvalue()
