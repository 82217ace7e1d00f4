"""The pages of the cases on the lists, and the municipalities' reply forms: written once, in each edition with cases.

Belongs here: which files there are and where. Does not belong here: what a page says (``pages.case_page``), and making
a form (``pipelines.replies``).
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from pipelines import configuration
from pipelines.danish import long_date
from pipelines.rules.listed_cases import ListedCase
from pipelines.units import NATION, code_folder, folder_of
from reports import html
from reports.charts.charts import embedded
from reports.editions import FULL, PACK, Edition
from reports.figures.data import ReportData
from reports.pages.case_page import STYLE_FILE, case_file, case_folder, case_page
from reports.tasks import CASE_FOLDER, FORM_FILE
from reports.words import answering, wording

#: Fetched by the Directorate's first page when somebody asks for a case.
REGISTER_FILE = "assets/sager.js"


def write_case_files(
    data: ReportData,
    cases: Sequence[ListedCase],
    forms: Mapping[str, bytes],
    target: Path,
    editions: Iterable[Edition],
) -> float:
    """Write a page for each case and each form (by municipality code) and return the seconds it took.

    A file has the same bytes in the Directorate's edition and in the pack, so that the publication has it once.
    """
    started = time.perf_counter()
    chosen = [edition for edition in (FULL, PACK) if edition in editions]
    if chosen:
        for code, content in forms.items():
            _put(target, _places(chosen, code, FORM_FILE), content)
        for owner in dict.fromkeys(case.municipality_code for case in cases):
            _put(target, _places(chosen, owner, f"{CASE_FOLDER}/{STYLE_FILE}"), html.page_style().encode())
        for case in cases:
            page = _page(data, case, case.municipality_code in forms)
            place = f"{CASE_FOLDER}/{case_file(case.case_id)}"
            _put(target, _places(chosen, case.municipality_code, place), page.encode())
        if FULL in chosen and cases:
            _put(target, [f"{FULL.folder}/{REGISTER_FILE}"], register(cases))
    return time.perf_counter() - started


def register(cases: Iterable[ListedCase]) -> bytes:
    """Return the script by which the Directorate's first page finds a case by its number: the numbers by folder.

    A case whose file is not called by its number has both in a list.
    """
    folders: dict[str, list[str | list[str]]] = {}
    for case in cases:
        name = code_folder(case.case_id)
        known = folders.setdefault(case_folder(case.municipality_code), [])
        known.append(case.case_id if name == case.case_id else [case.case_id, name])
    return f'"use strict";\nwindow.casePages = {embedded(folders)};\n'.encode()


def _page(data: ReportData, case: ListedCase, has_form: bool) -> str:
    code = case.municipality_code
    key = ("municipality", code) if code else NATION
    place = wording.unit_name(data.units[key]) if key in data.units else f"Kommune {code}"
    day, _counted = answering.last_day(data.run.as_of, configuration.settings().replies.handling_days)
    return case_page(case, data.run, place, FORM_FILE if has_form else None, long_date(day))


def _places(editions: Sequence[Edition], code: str | None, name: str) -> list[str]:
    """Return where a municipality's file lies in each edition; a case without one is in the Directorate's alone."""
    if code is None:
        return [f"{FULL.folder}/{name}"] if FULL in editions else []
    return [
        f"{edition.folder}/{code_folder(code) + '/' if edition is PACK else folder_of('municipality', code)}{name}"
        for edition in editions
    ]


def _put(target: Path, places: Sequence[str], content: bytes) -> None:
    for place in places:
        path = target / place
        try:
            path.write_bytes(content)
        except FileNotFoundError:  # the first file of its folder
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
