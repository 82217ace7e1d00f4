"""What goes into a release: pages and documents of the three editions, the protected figures, and their proof.

Belongs here: bringing the warehouse, disclosure control and the renderer together in one release folder. Does not
belong here: any of those three, and the pointer (``releases``).
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines import protection, release_notice, releases, warehouse, warehouse_in_place
from pipelines.code_version import code_version
from pipelines.configuration import section
from pipelines.danish import number
from pipelines.disclosure.model import HIDDEN, Key, Printed, Value
from pipelines.errors import UserError

if TYPE_CHECKING:
    import duckdb

    from pipelines.main_job import Run
    from pipelines.meetings.calendar_file import NextMeeting
    from reports.data import Meeting, ReportData
    from reports.notice import Notice
    from reports.release import RenderResult
    from reports.unchanged import Earlier

#: What later builds and releases need of this one; part of the restricted edition.
GROUNDS = Path("direktorat") / "grundlag"
FIGURES, SEED, PAGES = "figures.parquet", "froe.txt", "sider.json"


def publish(run: Run) -> releases.Release:
    """Render, audit and publish one release of the warehouse in place.

    Raises UserError, with everything published left as it was, when the audit of the protected figures is not green.
    """
    assert run.inputs is not None
    inputs = run.inputs
    settings = section("release")
    earlier = releases.all_releases(run.output)

    def write(folder: Path, release_id: str, ordinal: int) -> dict[str, Any]:
        from pipelines.meetings.calendar_file import next_meetings
        from reports.data import load
        from reports.notice import edition_words

        same_day = [release for release in earlier if release.as_of == inputs.as_of]
        with warehouse_in_place.open_read_only(run.output) as connection:
            notice = _full_notice(connection, release_id, same_day)
            due = next_meetings(connection)
            data = replace(load(connection), meetings=_meetings(due), notice=notice)
            guard = _Guard(connection, data, release_id, earlier) if "delt" in settings["editions"] else None
            if guard is not None:
                run.progress.stage("Beskytter små tal")
                guard.protect()
                hidden = sum(value is HIDDEN for value in guard.published.values())
                run.progress.finish(f"{number(hidden)} af {number(len(guard.published))} tal skjult")
            result = _render(run, data, guard, folder, settings, same_day)
            _write_calendars(due, folder / "direktorat")
            _keep_figures(connection, folder / GROUNDS, release_id, ordinal)
            rules = _rule_versions(connection)
        _write_json(folder / GROUNDS / PAGES, result.fingerprints)
        added: dict[str, Any] = {
            "rule_versions": rules,
            "seconds": {name: round(seconds, 1) for name, seconds in result.seconds.items()},
            "pages": {"all": len(result.fingerprints), "unchanged": result.copied},
            "notice": edition_words(notice, data.titles()),
        }
        if guard is not None:
            run.progress.stage("Angriber de beskyttede tal")
            added["disclosure_audit"] = guard.audit(folder)
            run.progress.finish("intet lille tal kan regnes ud")
        return added

    return releases.publish(run.output, inputs.as_of, _description(inputs), write)


def _render(
    run: Run,
    data: ReportData,
    guard: _Guard | None,
    folder: Path,
    settings: dict[str, Any],
    same_day: Sequence[releases.Release],
) -> RenderResult:
    from pipelines.rule_pages import rule_pages
    from reports.release import render
    from reports.worked_examples import explanations

    run.progress.stage("Skriver rapporter")
    pages = folder / "sider"
    result = render(
        data,
        None if guard is None else {(*key,): value for key, value in guard.published.items()},
        pages,
        editions=settings["editions"],
        formats=settings["formats"],
        progress=lambda done, total: run.progress.step(f"{done} af {total}"),
        processes=int(settings["processes"]),
        explanations=explanations(rule_pages()),
        shared_notice=None if guard is None else guard.notice(same_day),
        earlier=_pages_of(same_day),
    )
    for part in sorted(pages.iterdir()):
        part.rename(folder / part.name)
    pages.rmdir()
    unchanged = f", {number(result.copied)} uændrede fra en tidligere udgivelse" if result.copied else ""
    run.progress.finish(f"{number(len(result.fingerprints))} sider{unchanged}")
    return result


def _pages_of(same_day: Sequence[releases.Release]) -> list[Earlier]:
    """Return what earlier releases about the same day have; pages of another day are never the same."""
    from reports.unchanged import Earlier

    found = []
    for release in same_day:
        file = release.folder / GROUNDS / PAGES
        if file.exists():
            sums = {entry["path"]: entry["sha256"] for entry in release.description["files"]}
            found.append(Earlier(release.folder, sums, json.loads(file.read_text(encoding="utf-8"))))
    return found


def _full_notice(
    connection: duckdb.DuckDBPyConnection, release_id: str, same_day: Sequence[releases.Release]
) -> Notice | None:
    """Return what this release corrects in the one before it about the same day, if there is one."""
    if not same_day:
        return None
    figures = same_day[-1].folder / GROUNDS / FIGURES
    return release_notice.of_full_figures(connection, release_id, same_day[-1].release_id, figures)


def _meetings(due: Mapping[str, Sequence[NextMeeting]]) -> dict[tuple[str, str], list[Meeting]]:
    """Return the cooperation meetings of each area for its page."""
    from reports.data import Meeting

    return {
        ("area", area): [Meeting(row.name, row.last_meeting, row.due, row.is_overdue) for row in rows]
        for area, rows in due.items()
    }


def _write_calendars(due: Mapping[str, Sequence[NextMeeting]], folder: Path) -> None:
    """Write the next due cooperation meetings of each area as a calendar beside the area's page."""
    from pipelines.meetings.calendar_file import calendar_file
    from reports.editions import folder_of

    for area, rows in due.items():
        place = folder / folder_of("area", area)
        place.mkdir(parents=True, exist_ok=True)
        (place / "samarbejdsmoeder.ics").write_bytes(calendar_file(area, rows))


class _Guard:
    """Disclosure control around one release: hide before the pages are written, attack what they say afterwards."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        data: ReportData,
        release_id: str,
        earlier: Sequence[releases.Release],
    ) -> None:
        from reports.periods import newest_worth_showing

        self._frame = data.without_figures()
        self._threshold = int(section("disclosure")["threshold"])
        self._fewest = int(section("disclosure")["fewest_due"])
        self._earlier = [
            printed for printed in (protection.find(release.folder / GROUNDS) for release in earlier) if printed
        ]
        window = newest_worth_showing(data.run.as_of)
        self._problem = protection.problem(connection, release_id, window, self._earlier)
        self._seed = secrets.token_bytes(32)
        self.guarded: protection.Guarded
        self.published: dict[Key, Value] = {}

    def protect(self) -> None:
        """Decide which figures are hidden, so that an audit of what is left is green."""
        self.guarded = protection.guard(
            self._problem, threshold=self._threshold, fewest=self._fewest, seed=self._seed, earlier=self._earlier
        )
        self.published = dict(self.guarded.published)

    def notice(self, same_day: Sequence[releases.Release]) -> Notice | None:
        """Return what a correction changes in what is printed; None when the release corrects none."""
        if not same_day:
            return None
        before = protection.find(same_day[-1].folder / GROUNDS)
        if before is None:
            return None
        return release_notice.of_printed_figures(self.published, before, self._problem.name, same_day[-1].release_id)

    def audit(self, folder: Path) -> dict[str, Any]:
        """Attack the figures as the files say them; keep the proof. Raises UserError when the audit is not green."""
        from pipelines.disclosure import certificate
        from pipelines.disclosure.audit import audit

        started = time.perf_counter()
        publication = self._read_back(folder)
        verdict = self.guarded.verdict
        if publication != self.guarded.published:
            verdict = audit(publication, self._problem, threshold=self._threshold, earlier=self._earlier)
        if not verdict.green:
            standing = [str(finding) for finding in verdict.red[:5]] or list(verdict.wrong[:5])
            raise UserError(
                f"Udgivelsen er standset: {len(verdict.red) + len(verdict.wrong)} små tal kunne regnes ud af de "
                f"beskyttede tal: {'; '.join(standing)}. Intet er udgivet."
            )
        faults = certificate.verify(verdict.certificate, publication, self._problem, self._earlier)
        if faults:
            raise UserError(f"Udgivelsen er standset: beviset for de skjulte tal går ikke op ({faults[0]}).")
        grounds = folder / GROUNDS
        protection.keep(grounds, Printed(self._problem, publication, verdict.certificate.tables))
        (grounds / SEED).write_text(self._seed.hex() + "\n", encoding="ascii")
        protection.keep_certificate(grounds, verdict.certificate)
        return {
            "green": True,
            "threshold": self._threshold,
            "cells": verdict.cells,
            "hidden_first": verdict.hidden_first,
            "hidden_second": verdict.hidden_second,
            "sensitive_figures": verdict.targets,
            "narrowest_interval": list(verdict.narrowest) if verdict.narrowest else None,
            "given_away_before": len({finding.target for finding in verdict.given_away}),
            "rules_with_too_few_cases": sorted(self.guarded.sparse),
            "rules_withheld": sorted(self.guarded.withheld),
            "rules_not_restated": sorted(self.guarded.unrestated),
            "seconds_protect": round(self.guarded.protection.seconds, 1),
            "seconds_audit": round(verdict.seconds, 1),
            "seconds_with_reading": round(time.perf_counter() - started, 1),
        }

    def _read_back(self, folder: Path) -> dict[Key, Value]:
        """Return the figures that the shared edition prints; they must be those that were let through, no others."""
        from reports.read_back import Contradiction, agreed, published_cells

        try:
            found = agreed(published_cells(folder / "delt", self._frame))
        except Contradiction as problem:
            raise UserError(f"Udgivelsen er standset: filer i den delte udgave er uenige ({problem}).") from None
        wanted = {tuple(key): (None if value is HIDDEN else value) for key, value in self.published.items()}
        differing = [key for key in found if key not in wanted or found[key] != wanted[key]]
        missing = [key for key in wanted if key not in found and wanted[key] is not None]
        if differing or missing:
            raise UserError(
                f"Udgivelsen er standset: den delte udgave viser andet end det, der blev sluppet igennem "
                f"({len(differing)} tal er anderledes, {len(missing)} mangler; det første: {(differing + missing)[0]})."
            )
        return self.published


def _description(inputs: warehouse.Inputs) -> dict[str, Any]:
    """Return what ``release.json`` says of the grounds: batch, received files with their sums, code, digest."""
    receipt = inputs.batch.receipt
    return {
        "batch_id": inputs.batch.batch_id,
        "is_synthetic": inputs.batch.is_synthetic,
        "inputs": [{"file": file["file"], "sha256": file["sha256"]} for file in receipt["files"]],
        "manifest_sha256": inputs.batch.manifest_sha256,
        "code_version": code_version(),
        "build_digest": inputs.digest,
    }


def _rule_versions(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    rows = connection.execute(
        "select rule_id, version, valid_from, valid_to, parameters from marts.dim_rule order by rule_id, version"
    ).fetchall()
    names = ("rule_id", "version", "valid_from", "valid_to", "parameters")
    return [dict(zip(names, (str(value) if value is not None else None for value in row))) for row in rows]


def _keep_figures(connection: duckdb.DuckDBPyConnection, folder: Path, release_id: str, number: int) -> None:
    """Keep this release's figures, from which later releases make their revision table."""
    folder.mkdir(parents=True, exist_ok=True)
    target = str(folder / FIGURES).replace("'", "''")
    connection.execute(
        f"copy (select '{release_id}' as release_id, {number}::integer as release_number, figures.* "
        f"from publish.pub_figures as figures order by all) to '{target}' (format parquet, compression zstd)"
    )


def _write_json(file: Path, content: object) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(content, ensure_ascii=False, indent=0, sort_keys=True) + "\n", encoding="utf-8")
