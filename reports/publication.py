"""Every page of a publication: which there are, and writing them, in one process or in several.

Belongs here: the list of pages and the files each gives. Does not belong here: the publication folder's own files, its
pointer and its sums (``pipelines``), and what a page says.

Pages are independent of one another, so they may be made in any number of processes with the same bytes as result.
Processes are started afresh (spawn): typst does not survive a fork.
"""

from __future__ import annotations

import gc
import multiprocessing
import pickle
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from multiprocessing.pool import Pool
from pathlib import Path

from markupsafe import Markup

from pipelines import configuration
from pipelines.durable_files import protect
from pipelines.failure_report import about
from pipelines.rules.listed_cases import ListedCase
from pipelines.units import code_folder, folder_of
from reports import html
from reports.case_files import write_case_files
from reports.editions import EDITIONS, FULL, PACK, Edition, page_units, rule_folder, unit_folder
from reports.figures.calendar import PublicationCalendar
from reports.figures.data import ReportData
from reports.figures.notice import Notice
from reports.figures.protected import Cells, protected_data
from reports.tasks import FEED_FILE, OF_THE_PACK, TEXT_FILES, TEXTS, WORK_FILE, Sources, Task
from reports.unchanged import Earlier, Fingerprints, copied, page_name

FORMATS = ("html", "pdf", "xlsx", "csv")
Progress = Callable[[int, int], None]


@dataclass
class RenderResult:
    """What was written: the files below the target in order, the number of unit pages, and seconds by format.

    ``fingerprints`` stand by the name of the page, and ``copied`` counts the pages that an earlier publication had
    already.
    """

    files: list[str] = field(default_factory=list)
    unit_pages: int = 0
    seconds: dict[str, float] = field(default_factory=dict)
    fingerprints: dict[str, str] = field(default_factory=dict)
    copied: int = 0


def render(
    data: ReportData,
    protected: Cells | None,
    target: Path,
    *,
    editions: Iterable[str] = ("direktorat",),
    formats: Iterable[str] = ("html",),
    progress: Progress | None = None,
    processes: int = 1,
    explanations: Mapping[str, Markup] | None = None,
    shared_notice: Notice | None = None,
    earlier: Sequence[Earlier] = (),
    calendar: PublicationCalendar | None = None,
    cases: Sequence[ListedCase] = (),
    forms: Mapping[str, bytes] | None = None,
) -> RenderResult:
    """Write the pages of the chosen editions in the chosen formats into an empty folder.

    ``protected`` are the cells that disclosure control let through; without them only ``direktorat`` can be made.
    ``progress`` is called with the number of unit pages made and their total. ``explanations`` are the rule pages that
    the build makes from the models' own documentation (HTML, by rule), for ``metode.html``. ``shared_notice`` is what a
    correction changed in what is printed; ``earlier`` are publications, oldest first, whose unchanged pages are taken
    over. ``calendar`` has the names of this publication and of all before it, for the page of news and the feed.
    ``cases`` are those on the lists, each of which gets a page, and ``forms`` the municipalities' reply forms by code.
    """
    if target.exists() and any(target.iterdir()):
        raise ValueError("the target folder is not empty")
    data = replace(data, has_case_pages=bool(cases), has_reply_forms=bool(forms))
    shared = None if protected is None else protected_data(data.without_figures(), protected, shared_notice)
    wanted = tuple(one for one in FORMATS if one in set(formats))
    chosen = [EDITIONS[name] for name in editions]
    sources = Sources(data, shared, explanations or {}, calendar, has_packs=PACK in chosen)
    work = [task for edition in chosen for task in tasks(edition, sources)]
    for edition in chosen:
        _write_all(target / edition.folder, html.shared_files(edition))
    result = RenderResult(unit_pages=sum(task.kind in ("unit", "pack") for task in work))
    with _workers(sources, target, processes) as pool:
        work = _not_copied(sources, target, work, wanted, result, earlier)
        # In processes of their own the pages are under way at once, while this one makes those of the cases.
        jobs = [(target, task, wanted) for task in work]
        made = pool.imap_unordered(_one, jobs, chunksize=4) if pool else (_here(sources, *job) for job in jobs)
        if cases or forms:
            result.seconds["cases"] = write_case_files(data, cases, forms or {}, target, chosen)
        done = result.unit_pages - sum(task.kind in ("unit", "pack") for task in work)
        for kind, seconds in made:
            _add(result.seconds, seconds)
            if kind in ("unit", "pack"):
                done += 1
                if progress:
                    progress(done, result.unit_pages)
    if FULL in chosen and PACK in chosen:
        _take_from_packs(sources, target, wanted)
    result.files = sorted(path.relative_to(target).as_posix() for path in target.rglob("*") if path.is_file())
    return result


def _take_from_packs(sources: Sources, target: Path, formats: Sequence[str]) -> None:
    """Lay each pack's documents beside the municipality's page of the Directorate's edition."""
    for task in tasks(PACK, sources):
        pack = target / PACK.folder / code_folder(task.code)
        page = target / FULL.folder / folder_of(task.level, task.code)
        for name in (OF_THE_PACK[one] for one in formats if one in OF_THE_PACK):
            _write(page / name, (pack / name).read_bytes())


def tasks(edition: Edition, sources: Sources) -> list[Task]:
    """Return every page of an edition."""
    if edition.name == "kommune":
        owners = [unit for unit in sources.full.units_of("municipality") if unit.key in sources.full.figures]
        return [Task(edition.name, "pack", unit.level, unit.code) for unit in owners]
    data = sources.of(edition)
    units = page_units(edition, data)
    known = [Task(edition.name, "unit", unit.level, unit.code) for unit in units]
    shown = {rule_id for figures in data.figures.values() for rule_id, _kind, _period in figures}
    duties = [
        Task(edition.name, "duty", "", rule.rule_id)
        for rule in data.rules
        if rule.rule_id in shown and not rule.restricted
    ]
    open_data = [Task(edition.name, "data", "", "")] if edition.name == "delt" else []
    texts = [Task(edition.name, kind, "", "") for kind in TEXTS[edition.name]]
    return known + duties + texts + open_data


def _not_copied(
    sources: Sources,
    target: Path,
    work: list[Task],
    formats: Sequence[str],
    result: RenderResult,
    earlier: Sequence[Earlier],
) -> list[Task]:
    """Take over what an earlier publication has already; returns the pages that must be made."""
    fingerprints = Fingerprints(sources, formats)
    left = []
    for task in work:
        fingerprint = fingerprints.of(task)
        result.fingerprints[page_name(task)] = fingerprint
        if copied(task, fingerprint, task.made_formats(formats, sources.has_packs), target, earlier):
            result.copied += 1
        else:
            left.append(task)
    return left


def _here(sources: Sources, target: Path, task: Task, formats: tuple[str, ...]) -> tuple[str, dict[str, float]]:
    """Make a page; returns its kind and the seconds by format."""
    return task.kind, make(sources, target, task, formats)


_sources: Sources | None = None


def _start(figures: Path) -> None:
    global _sources
    # The figures stay as long as the process does; looking through them for garbage again and again took a tenth.
    gc.disable()
    _sources = pickle.loads(figures.read_bytes())
    gc.freeze()
    gc.enable()


def _one(job: tuple[Path, Task, tuple[str, ...]]) -> tuple[str, dict[str, float]]:
    assert _sources is not None
    return _here(_sources, *job)


@contextmanager
def _workers(sources: Sources, target: Path, processes: int) -> Iterator[Pool | None]:
    """Start the processes that make pages, None when this one makes them; they read the figures while it goes on.

    The figures lie in a file meanwhile: through a pipe this process would wait until each of the others is awake.
    """
    if processes < 2:
        yield None
        return
    figures = target / ".tal"
    _write(figures, pickle.dumps(sources))
    protect(figures)
    try:
        with multiprocessing.get_context("spawn").Pool(processes, initializer=_start, initargs=(figures,)) as pool:
            yield pool
    finally:
        figures.unlink()


def _add(sums: dict[str, float], more: dict[str, float]) -> None:
    for name, seconds in more.items():
        sums[name] = sums.get(name, 0.0) + seconds


def make(sources: Sources, target: Path, task: Task, formats: Sequence[str]) -> dict[str, float]:
    """Write the files of one page and return the seconds each format took.

    Raises UserError that names the page, and so its unit, when one of them cannot be made.
    """
    with about(f"{task.edition}/{page_name(task)}"):
        return _made(sources, target, task, formats)


def _made(sources: Sources, target: Path, task: Task, formats: Sequence[str]) -> dict[str, float]:
    edition = EDITIONS[task.edition]
    if task.kind == "pack":
        from reports.packs import make_pack

        assert sources.shared is not None
        owner = sources.full.units[task.level, task.code]
        return make_pack(sources, sources.full.only(owner), owner, target, formats)
    data = sources.of(edition)
    root = target / edition.folder
    if task.kind == "unit":
        made = task.made_formats(formats, sources.has_packs)
        return _unit(edition, data, task, root, made, beside=formats)
    started = time.perf_counter()
    if task.kind == "data":
        if "csv" in formats:
            from reports.documents.data_package import CATALOGUE_FILE, PACKAGE_FILE, catalogue, data_package

            authority = configuration.settings().authority
            _write(root / PACKAGE_FILE, data_package(data, authority))
            _write(root / CATALOGUE_FILE, catalogue(data, authority))
    elif task.kind == "duty":
        from reports.pages.rule_pages import rule_page

        rule = next(rule for rule in data.rules if rule.rule_id == task.code)
        text = html.render("rule.html.j2", edition, rule_page(edition, data, rule))
        _write(root / rule_folder(rule.rule_id) / "index.html", text.encode())
    else:
        from reports.pages.text_pages import text_page

        _write(
            root / TEXT_FILES[task.kind],
            text_page(edition, data, task.kind, sources, formats).encode(),
        )
        if task.kind == "news" and edition.name == "delt":
            from reports.feed import atom

            authority = configuration.settings().authority
            feed = atom(sources.publications, authority.name, authority.site_address, data.run.is_synthetic)
            _write(root / FEED_FILE, feed)
    return {"html": time.perf_counter() - started}


def _unit(
    edition: Edition, data: ReportData, task: Task, root: Path, formats: Sequence[str], *, beside: Sequence[str]
) -> dict[str, float]:
    from reports.pages.rule_pages import map_part
    from reports.pages.unit_pages import leading_duties, unit_page
    from reports.pages.work import work_page

    unit = data.units[task.level, task.code]
    folder = root / unit_folder(unit)
    started = time.perf_counter()
    page = unit_page(edition, data, data, unit)
    if unit.level == "national" and page["children"]:
        first = leading_duties(data, "municipality")
        page["map"] = map_part(edition, data, first[0], page["root"]) if first else None
    _write(folder / "index.html", html.render("unit.html.j2", edition, page, formats=beside).encode())
    if edition.full:
        _write(folder / WORK_FILE, work_page(edition, data, unit).encode())
    seconds = {"html": time.perf_counter() - started}
    if len(beside) > 1:
        from reports.documents import write_documents

        seconds |= write_documents(edition, data, data, unit, page, folder, formats)
    return seconds


def _write_all(folder: Path, files: dict[str, bytes]) -> None:
    for name, content in files.items():
        _write(folder / name, content)


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
