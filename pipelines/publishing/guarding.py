"""Disclosure control around one publication: hide before the pages are written, attack what they say afterwards.

Belongs here: the order of the two, reading the pages back, keeping the proof. Does not belong here: hiding and
attacking themselves (``disclosure``).
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines import publications
from pipelines.configuration import settings
from pipelines.disclosure import guard
from pipelines.disclosure.figures import current_figures, with_calendar_years
from pipelines.disclosure.model import HIDDEN, FormerPrinted, Key, Printed, Value
from pipelines.errors import UserError
from pipelines.publishing import correction
from pipelines.publishing.grounds import GROUNDS, SEED

if TYPE_CHECKING:
    import duckdb

    from pipelines.disclosure.attack.audit import AuditResult
    from reports.figures.data import ReportData
    from reports.figures.notice import Notice


@dataclass(frozen=True)
class PrintedCells:
    """The protected figures that a publication shows, and what it corrects in them, if it is a correction."""

    published: Mapping[Key, Value]
    notice: Notice | None


def printed_then(
    publication: publications.Publication, earlier: Sequence[publications.Publication]
) -> PrintedCells | None:
    """Return what a publication showed, given those before it; None when it had no shared edition."""
    printed = guard.find(publication.folder / GROUNDS)
    if printed is None:
        return None
    before = [one for one in (guard.find(other.folder / GROUNDS) for other in earlier) if one]
    shown = with_calendar_years(current_figures(printed.published, before))
    same_day = [other for other in earlier if other.as_of == publication.as_of]
    return PrintedCells(shown, _notice(shown, publication.publication_id, same_day))


def _notice(
    published: Mapping[Key, Value], publication_id: str, same_day: Sequence[publications.Publication]
) -> Notice | None:
    before = guard.find(same_day[-1].folder / GROUNDS) if same_day else None
    if before is None:
        return None
    return correction.of_printed_figures(published, before, publication_id, same_day[-1].publication_id)


def _why(verdict: AuditResult) -> str:
    """Return what an audit that is not green found, with the first few of it."""
    if verdict.wrong:
        return f"{len(verdict.wrong)} tal kan ikke stå, som de gør: {'; '.join(verdict.wrong[:5])}"
    standing = "; ".join(map(str, verdict.red[:5]))
    return f"{len(verdict.red)} små tal kunne regnes ud af de beskyttede tal: {standing}"


class Guard:
    """Disclosure control around one publication: hide before the pages are written, attack what they say afterwards."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        data: ReportData,
        publication_id: str,
        earlier: Sequence[publications.Publication],
    ) -> None:
        from pipelines.quarters import newest_worth_showing

        self._frame = data.without_figures()
        self._threshold = settings().disclosure.threshold
        self._earlier = [
            printed for printed in (guard.find(publication.folder / GROUNDS) for publication in earlier) if printed
        ]
        window = newest_worth_showing(data.run.as_of)
        self._problem = guard.problem(connection, publication_id, window, self._earlier)
        self._seed = secrets.token_bytes(32)
        self.guarded: guard.Guarded
        self.published: dict[Key, Value] = {}

    def protect(self) -> None:
        """Decide which figures are hidden, so that an audit of what is left is green."""
        self.guarded = guard.guard(self._problem, threshold=self._threshold, seed=self._seed, earlier=self._earlier)
        self.published = with_calendar_years(current_figures(self.guarded.published, self._earlier))

    @property
    def hidden(self) -> int:
        """How many figures are hidden."""
        return sum(value is HIDDEN for value in self.published.values())

    def notice(self, same_day: Sequence[publications.Publication]) -> Notice | None:
        """Return what a correction changes in what is printed; None when the publication corrects none."""
        return _notice(self.published, self._problem.name, same_day)

    def audit(self, folder: Path) -> dict[str, Any]:
        """Attack the figures as the files say them; keep the proof. Raises UserError when the audit is not green."""
        from pipelines.disclosure import certificate

        started = time.perf_counter()
        self._read_back(folder)
        verdict, new = self.guarded.verdict, self.guarded.published
        if not verdict.green:
            raise UserError(f"Udgivelsen er standset: {_why(verdict)}. Intet er udgivet.")
        former = [printed for printed in self._earlier if isinstance(printed, FormerPrinted)]
        before = [printed for printed in self._earlier if isinstance(printed, Printed)]
        faults = [] if former else certificate.verify(verdict.certificate, new, self._problem, before)
        if faults:
            raise UserError(f"Udgivelsen er standset: beviset for de skjulte tal går ikke op ({faults[0]}).")
        grounds = folder / GROUNDS
        guard.keep(grounds, Printed(self._problem, new, self.guarded.decisions))
        (grounds / SEED).write_text(self._seed.hex() + "\n", encoding="ascii")
        guard.keep_certificate(grounds, verdict.certificate)
        return {
            "green": True,
            "threshold": self._threshold,
            "cells": len(self.published),
            "new_cells": verdict.cells,
            "hidden": verdict.hidden,
            "sensitive_figures": verdict.targets,
            "given_away_before": len({finding.target for finding in verdict.given_away}),
            "rules_withheld": sorted(self.guarded.withheld),
            "notes": self._notes(len(former)),
            "seconds_protect": round(self.guarded.protection.seconds, 1),
            "seconds_audit": round(verdict.seconds, 1),
            "seconds_with_reading": round(time.perf_counter() - started, 1),
        }

    def _notes(self, former: int) -> list[str]:
        """Return in Danish what the attack can and cannot reckon with of publications of the former design."""
        if not former:
            return []
        verdict = self.guarded.verdict
        notes = [
            f"{former} tidligere udgivelser viser kommunernes rullende år efter den tidligere metode. Deres tal er "
            "regnet med i angrebet, så længe de stadig tælles, som de blev trykt. Deres bevis (attest) læses kun af "
            "den version af programmet, der skrev det; det nye bevis gælder tal trykt efter den nuværende metode."
        ]
        if verdict.left_out:
            notes.append(
                f"{verdict.left_out} af deres tal er siden talt om eller gælder kvartaler, som denne udgivelse ikke "
                "handler om; de kan ikke regnes med."
            )
        if verdict.given_away:
            opened = len({finding.target for finding in verdict.given_away})
            notes.append(f"{opened} små tal kunne regnes ud af de tidligere udgivelser alene; det kan ikke gøres om.")
        return notes

    def _read_back(self, folder: Path) -> None:
        """Read what the shared edition prints: exactly the figures that were let through. Raises UserError."""
        from reports.figures.protected import protected_data
        from reports.read_back.read_figures import Contradiction, agreed, published_cells

        # The names of units and duties, and the year that each level leads with, are all that is read of the frame.
        frame = protected_data(self._frame, {(*key,): value for key, value in self.published.items()})
        try:
            found = agreed(published_cells(folder / "delt", frame))
        except Contradiction as problem:
            raise UserError(f"Udgivelsen er standset: filer i den delte udgave er uenige ({problem}).") from None
        wanted = {tuple(key): (None if value is HIDDEN else value) for key, value in self.published.items()}
        # Where a figure is not offered at all, a page may have the sign for hidden in its place.
        differing = [key for key in found if found[key] != wanted.get(key)]
        missing = [key for key in wanted if key not in found and wanted[key] is not None]
        if differing or missing:
            raise UserError(
                f"Udgivelsen er standset: den delte udgave viser andet end det, der blev sluppet igennem "
                f"({len(differing)} tal er anderledes, {len(missing)} mangler; det første: {(differing + missing)[0]})."
            )
