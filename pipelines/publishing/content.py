"""What goes into a publication: pages and documents of the three editions, the protected figures, and their proof.

Belongs here: bringing the warehouse, disclosure control and the renderer together in one publication folder. Does not
belong here: any of those three, and the pointer (``publications``).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines import configuration, publications
from pipelines.code_version import code_version
from pipelines.danish import number
from pipelines.layout import Output
from pipelines.progress import Progress
from pipelines.publishing import correction
from pipelines.publishing.case_material import CaseMaterial, case_material
from pipelines.publishing.grounds import FIGURES, GROUNDS, PAGES, UNSAFE, keep_figures, unsafe_then, write_sorted
from pipelines.publishing.guarding import Guard, PrintedCells, printed_then
from pipelines.warehouse import in_place
from pipelines.warehouse.build import BuildInputs

if TYPE_CHECKING:
    import duckdb

    from reports.figures.calendar import PublicationCalendar
    from reports.figures.data import Meeting, ReportData
    from reports.figures.notice import Notice
    from reports.meetings.calendar_file import NextMeeting
    from reports.publication import RenderResult
    from reports.unchanged import Earlier


def protect(output: Output, as_of: date, progress: Progress) -> Guard | None:
    """Decide which figures of the warehouse in place may leave the Directorate in the publication that is due.

    None when the settings publish no edition that leaves it.
    """
    from reports.figures.data import load

    if "delt" not in configuration.settings().publication.editions:
        return None
    progress.stage("Beskytter små tal")
    name = publications.next_name(output, as_of)
    with in_place.open_read_only(output) as connection:
        guard = Guard(connection, load(connection), name, publications.all_publications(output))
        guard.protect()
    progress.finish(f"{number(guard.hidden)} af {number(len(guard.published))} tal skjult")
    return guard


def publish(
    output: Output, inputs: BuildInputs, progress: Progress, guard: Guard | None, formats: tuple[str, ...] = ()
) -> publications.Publication:
    """Render, audit and publish one publication of the warehouse in place, which was built from ``inputs``.

    ``guard`` is what ``protect`` decided about it; ``formats`` take the place of the settings' when given. Raises
    UserError, with everything published left as it was, when the attack on the protected figures is not green.
    """
    settings = configuration.settings().publication
    if formats:
        settings = settings.model_copy(update={"formats": formats})
    earlier = publications.all_publications(output)

    def write(folder: Path, publication_id: str, ordinal: int) -> dict[str, Any]:
        from reports.figures.notice import edition_words
        from reports.pages.news import unsafe_duties

        same_day = [publication for publication in earlier if publication.as_of == inputs.as_of]
        printed = None if guard is None else PrintedCells(guard.published, guard.notice(same_day))
        with in_place.open_read_only(output) as connection:
            data, result = _write_pages(
                connection, folder, (publication_id, inputs.as_of), earlier, printed, progress, settings
            )
            keep_figures(connection, folder / GROUNDS, publication_id, ordinal)
            rules = _rule_versions(connection)
        write_sorted(folder / GROUNDS / PAGES, result.fingerprints)
        write_sorted(folder / GROUNDS / UNSAFE, sorted(unsafe_duties(data)))
        added: dict[str, Any] = {
            "rule_versions": rules,
            "seconds": {name: round(seconds, 1) for name, seconds in result.seconds.items()},
            "pages": {"all": len(result.fingerprints), "unchanged": result.copied},
            "notice": edition_words(data.notice, data.titles()),
        }
        if guard is not None:
            progress.stage("Angriber de beskyttede tal")
            added["disclosure_audit"] = guard.audit(folder)
            progress.finish("intet lille tal kan regnes ud")
        return added

    return publications.publish(output, inputs.as_of, _description(inputs), write)


def write_again(
    output: Output,
    publication: publications.Publication,
    earlier: Sequence[publications.Publication],
    folder: Path,
    progress: Progress,
) -> None:
    """Write a publication's pages and documents once more, from a warehouse like the one it was made of.

    ``earlier`` are the publications before it. What it printed comes from its own proof and theirs, never from hiding
    anew.
    """
    from reports.unchanged import UNIT_FILES

    files = [Path(entry["path"]) for entry in publication.description["files"]]
    settings = configuration.settings().publication
    names, folders = {file.name for file in files}, {file.parts[0] for file in files}
    then = settings.model_copy(
        update={
            "formats": tuple(one for one, written in UNIT_FILES.items() if names >= set(written)),
            "editions": tuple(one for one in ("direktorat", "delt", "kommune") if one in folders),
        }
    )
    printed = printed_then(publication, earlier)
    which = (publication.publication_id, publication.as_of)
    with in_place.open_read_only(output) as connection:
        _write_pages(connection, folder, which, earlier, printed, progress, then)


def _write_pages(
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    which: tuple[str, date],
    earlier: Sequence[publications.Publication],
    printed: PrintedCells | None,
    progress: Progress,
    settings: configuration.PublicationSettings,
) -> tuple[ReportData, RenderResult]:
    """Write everything of a publication (its name and day) but its grounds; returns the full figures and what was
    rendered.
    """
    from reports.figures.calendar import KnownPublication, PublicationCalendar
    from reports.figures.data import load
    from reports.meetings.calendar_file import next_meetings

    publication_id, as_of = which
    same_day = [one for one in earlier if one.as_of == as_of]
    notice = _full_notice(connection, publication_id, same_day)
    due = next_meetings(connection)
    data = replace(load(connection), meetings=_meetings(due), notice=notice)
    calendar = PublicationCalendar(
        KnownPublication(publication_id, as_of),
        tuple(KnownPublication(one.publication_id, one.as_of, unsafe_then(one.folder)) for one in earlier),
    )
    material = case_material(connection, as_of, settings)
    if material.forms and not configuration.settings().replies.address:
        progress.note(
            "Bemærk: address i [replies] er tom, så kommunernes pakker siger ikke, hvor svar på sager skal sendes hen."
        )
    result = _render(progress, data, printed, folder, settings, same_day, calendar, material)
    _write_calendars(due, folder / "direktorat")
    return data, result


def _render(
    progress: Progress,
    data: ReportData,
    printed: PrintedCells | None,
    folder: Path,
    settings: configuration.PublicationSettings,
    same_day: Sequence[publications.Publication],
    calendar: PublicationCalendar,
    material: CaseMaterial,
) -> RenderResult:
    from pipelines.rules.gathered import rule_pages
    from reports.pages.worked_examples import explanations
    from reports.publication import render

    progress.stage("Skriver rapporter")
    pages = folder / "sider"
    result = render(
        data,
        None if printed is None else {(*key,): value for key, value in printed.published.items()},
        pages,
        editions=settings.editions,
        formats=settings.formats,
        progress=lambda done, total: progress.step(f"{done} af {total}"),
        processes=settings.processes,
        explanations=explanations(rule_pages()),
        shared_notice=None if printed is None else printed.notice,
        earlier=_pages_of(same_day),
        calendar=calendar,
        cases=material.cases,
        forms=material.forms,
    )
    for part in sorted(pages.iterdir()):
        part.rename(folder / part.name)
    pages.rmdir()
    unchanged = f", {number(result.copied)} uændrede fra en tidligere udgivelse" if result.copied else ""
    progress.finish(f"{number(len(result.fingerprints))} sider{unchanged}")
    return result


def _pages_of(same_day: Sequence[publications.Publication]) -> list[Earlier]:
    """Return what earlier publications about the same day have; pages of another day are never the same."""
    from reports.unchanged import Earlier

    found = []
    for publication in same_day:
        file = publication.folder / GROUNDS / PAGES
        if file.exists():
            sums = {entry["path"]: entry["sha256"] for entry in publication.description["files"]}
            found.append(Earlier(publication.folder, sums, json.loads(file.read_text(encoding="utf-8"))))
    return found


def _full_notice(
    connection: duckdb.DuckDBPyConnection, publication_id: str, same_day: Sequence[publications.Publication]
) -> Notice | None:
    """Return what this publication corrects in the one before it about the same day, if there is one."""
    if not same_day:
        return None
    figures = same_day[-1].folder / GROUNDS / FIGURES
    return correction.of_full_figures(connection, publication_id, same_day[-1].publication_id, figures)


def _meetings(due: Mapping[str, Sequence[NextMeeting]]) -> dict[tuple[str, str], list[Meeting]]:
    """Return the cooperation meetings of each area for its page."""
    from reports.figures.data import Meeting

    return {
        ("area", area): [Meeting(row.name, row.last_meeting, row.due, row.is_overdue) for row in rows]
        for area, rows in due.items()
    }


def _write_calendars(due: Mapping[str, Sequence[NextMeeting]], folder: Path) -> None:
    """Write the next due cooperation meetings of each area as a calendar beside the area's page."""
    from pipelines.units import folder_of
    from reports.meetings.calendar_file import calendar_file

    for area, rows in due.items():
        place = folder / folder_of("area", area)
        place.mkdir(parents=True, exist_ok=True)
        (place / "samarbejdsmoeder.ics").write_bytes(calendar_file(area, rows))


def _description(inputs: BuildInputs) -> dict[str, Any]:
    """Return what ``release.json`` says of the grounds: batch, received files with their sums, code, digest."""
    receipt = inputs.batch.receipt
    return {
        "batch_id": inputs.batch.batch_id,
        "is_synthetic": inputs.batch.is_synthetic,
        "inputs": [{"file": file["file"], "sha256": file["sha256"]} for file in receipt["files"]],
        "manifest_sha256": inputs.batch.manifest_sha256,
        "code_version": code_version(),
        "dbt_project": inputs.project_digest,
        "build_digest": inputs.own_digest,
    }


def _rule_versions(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    rows = connection.execute(
        "select rule_id, version, valid_from, valid_to, parameters from marts.dim_rule order by rule_id, version"
    ).fetchall()
    names = ("rule_id", "version", "valid_from", "valid_to", "parameters")
    return [dict(zip(names, (str(value) if value is not None else None for value in row))) for row in rows]
