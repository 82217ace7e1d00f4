"""Pages that an earlier publication has already: the same inputs give the same bytes, so they are copied.

Belongs here: a fingerprint of all that a page reads, the files that a page gives, and copying them. Does not belong
here: making a page (``publication``) and keeping fingerprints from one publication to the next (``pipelines``).

A fingerprint takes in more than a page shows rather than less: what is too much costs a page made again, what is too
little would leave a wrong figure standing. A file whose sum is not the one its publication names is never copied.
"""

from __future__ import annotations

import hashlib
import marshal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from pipelines import configuration
from pipelines.units import NATION, Key, code_folder, folder_of
from reports.documents import PEERS, every_csv_name
from reports.documents.data_package import CATALOGUE_FILE, PACKAGE_FILE
from reports.editions import EDITIONS, rule_folder
from reports.figures.data import Figures, ReportData
from reports.html import FONTS_FILE
from reports.tasks import FEED_FILE, TEXT_FILES, TEXTS, WORK_FILE, Sources, Task

UNIT_FILES = {"html": ("index.html",), "pdf": ("rapport.pdf",), "xlsx": ("data.xlsx",), "csv": ("data.csv",)}


@dataclass(frozen=True)
class Earlier:
    """An earlier publication: its folder, the sum of each file (by place in it), and the fingerprint of each page."""

    folder: Path
    sums: Mapping[str, str]
    pages: Mapping[str, str]


def page_name(task: Task) -> str:
    """Return the name under which a page's fingerprint is kept."""
    return "/".join(task)


def files_of(task: Task, formats: Sequence[str]) -> list[str]:
    """Return the files of a page by their place in the publication, for the chosen formats."""
    root = EDITIONS[task.edition].folder
    if task.kind == "duty":
        return [f"{root}/{rule_folder(task.code)}index.html"]
    if task.kind == "data":
        return [f"{root}/{name}" for name in (PACKAGE_FILE, CATALOGUE_FILE) if "csv" in formats]
    if task.kind in TEXT_FILES:
        feed = [f"{root}/{FEED_FILE}"] if (task.kind, task.edition) == ("news", "delt") else []
        return [f"{root}/{TEXT_FILES[task.kind]}", *feed]
    names = [name for one in formats for name in UNIT_FILES[one]]
    if EDITIONS[task.edition].full:
        names.append(WORK_FILE)
    if task.kind == "pack":
        names += [*(TEXT_FILES[kind] for kind in TEXTS["kommune"]), "sammenligning.html", FONTS_FILE]
        names += [f"{PEERS}.{one}" for one in ("csv", "xlsx") if one in formats]
        return [f"{root}/{code_folder(task.code)}/{name}" for name in names]
    return [f"{root}/{folder_of(task.level, task.code)}{name}" for name in names]


def copied(task: Task, fingerprint: str, formats: Sequence[str], target: Path, earlier: Sequence[Earlier]) -> bool:
    """Copy a page's files from the newest earlier publication that has them; returns whether there was one."""
    name, files = page_name(task), files_of(task, formats)
    for publication in reversed(earlier):
        if publication.pages.get(name) != fingerprint:
            continue
        mine = [*files, *(file for file in further_files(task, formats) if file in publication.sums)]
        contents = [_whole(publication, file) for file in mine]
        if any(content is None for content in contents):
            continue
        for file, content in zip(mine, contents):
            place = target / file
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content or b"")
        return True
    return False


def further_files(task: Task, formats: Sequence[str]) -> list[str]:
    """Return the csv files of period types that a page has when it has figures of them."""
    if "csv" not in formats or task.kind not in ("unit", "pack"):
        return []
    root = EDITIONS[task.edition].folder
    folder = f"{code_folder(task.code)}/" if task.kind == "pack" else folder_of(task.level, task.code)
    always = files_of(task, formats)
    return [file for name in every_csv_name() if (file := f"{root}/{folder}{name}") not in always]


def _whole(publication: Earlier, file: str) -> bytes | None:
    """Return a file's bytes; None when it is missing or is not what its publication says it is."""
    try:
        content = (publication.folder / file).read_bytes()
    except OSError:
        return None
    return content if hashlib.sha256(content).hexdigest() == publication.sums.get(file) else None


class Fingerprints:
    """The fingerprints of one publication's pages."""

    def __init__(self, sources: Sources, formats: Sequence[str]) -> None:
        self._sources = sources
        self._formats = tuple(formats)

    def of(self, task: Task) -> str:
        """Return the fingerprint of a page."""
        parts = [repr(task), self._everywhere]
        if task.kind == "news":
            parts.append(repr(self._sources.publications))
        if task.edition == "kommune":
            own = self._sources.full.only(self._sources.full.units[task.level, task.code])
            parts += [self._shared, _digest(own)]
        elif task.edition == "delt":
            parts += [self._shared]
        elif task.kind == "unit":
            parts += [self._counts, self._compared_with, _digest(_about(self._sources.full, (task.level, task.code)))]
        else:
            parts += [self._counts, self._full]
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()

    @cached_property
    def _everywhere(self) -> str:
        """What any page may read: the form of the files, what was delivered, the rules' explanations, the settings."""
        settings = configuration.settings()
        full = self._sources.full
        told = (
            settings.authority,
            settings.replies,
            full.has_case_pages,
            full.has_reply_forms,
            self._sources.has_packs,
        )
        explanations = sorted(self._sources.explanations.items())
        return _sum(repr((self._formats, full.quality, explanations, told)))

    @cached_property
    def _shared(self) -> str:
        return _digest(self._sources.shared)

    @cached_property
    def _counts(self) -> str:
        """The counts of all units: of what is told, by far the most, and so told once."""
        return _sum_of(self._sources.full.figures)

    @cached_property
    def _full(self) -> str:
        return _digest(replace(self._sources.full, figures={}))

    @cached_property
    def _compared_with(self) -> str:
        """What every unit is compared with, beside the counts; nothing that stands on one unit's page alone."""
        full = self._sources.full
        return _digest(replace(full.without_figures(), rules=full.rules, units=full.units))


def _about(full: ReportData, key: Key) -> dict[str, Any]:
    """Return what stands on one unit's own page and on no other unit's."""
    own = full.notice.only([key]) if full.notice else None
    return {
        "work": full.open_cases(key),
        "late": full.cases_not_in_time(key),
        "unit_rules": [row for row in full.unit_rules if (row.level, row.unit_code) == key],
        "open": full.open_duties.get(key),
        "undeterminable": full.undeterminable.get(key),
        "breakdown": full.breakdown.get(key),
        "revision": full.revision.get(key),
        "meetings": full.meetings.get(key),
        "releases": full.releases.get(key),
        "cooperation": full.cooperation,
        "not_possible": full.not_possible.get(key),
        "notice": full.notice if key == NATION else own,
    }


def _digest(value: ReportData | dict[str, Any] | None) -> str:
    """Return a digest of report data: the same in every process, unlike the order in which a set tells its members."""
    if isinstance(value, ReportData):
        members = {key: sorted(codes) for key, codes in value.members.items()}
        return _sum(repr((replace(value, members={}, figures={}), members)) + _sum_of(value.figures))
    return _sum(repr(value))


def _sum_of(figures: Mapping[Key, Figures]) -> str:
    """Return a digest of figures, of which there are a hundred thousand: to write them out as text takes a second.

    Version 2 of Python's own form tells values alone; later ones also tell which of them are the same object.
    """
    content = [[unit, [(*place, *figure) for place, figure in of_unit.items()]] for unit, of_unit in figures.items()]
    return hashlib.sha256(marshal.dumps(content, 2)).hexdigest()


def _sum(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
