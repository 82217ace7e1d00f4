"""How an installation stands: the newest delivery, the publication in force, quality, the last run, what is due next.

Belongs here: reading that from what the runs leave. Does not belong here: words (``status_text``), measurements for a
monitoring system (``metrics``).
"""

from __future__ import annotations

import itertools
import json
import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from pipelines import audit_trail, publications, quarters
from pipelines.batches import batch_list
from pipelines.batches.batch_list import Batch
from pipelines.configuration import settings
from pipelines.layout import Output
from pipelines.locks import is_at_rest
from pipelines.mailing import matters
from pipelines.publications import Publication

_RUNS = ("run", "run_failed", "run_interrupted")
_VALIDATION = "validation.json"


@dataclass(frozen=True)
class Quality:
    """The newest usable batch in figures: rows received, loaded, in quarantine and warned of; expectations that did
    not hold, of all that were asked (None: not judged yet)."""

    rows: int
    loaded: int
    quarantined: int
    warnings: int
    expectations: int | None
    not_held: int | None


@dataclass(frozen=True)
class Due:
    """Something that is due: the day, what (Danish), and whether that day has passed."""

    day: date
    what: str
    is_overdue: bool


@dataclass(frozen=True)
class Status:
    """How an output folder stands at a moment.

    ``refused`` are the deliveries refused after the newest one was received. ``last_run`` is its line of the audit
    trail, ``last_success`` the moment of the last run that did not fail.
    """

    at: datetime
    batches: Sequence[Batch]
    newest: Batch | None
    refused: Sequence[str]
    publication: Publication | None
    published_at: datetime | None
    publications: int
    quality: Quality | None
    last_run: Mapping[str, Any] | None
    last_success: datetime | None
    last_backup: datetime | None
    is_at_rest: bool
    due: Sequence[Due]

    @property
    def has_failed(self) -> bool:
        """Whether the last run failed, was cut short, or refused a delivery."""
        last = self.last_run
        return last is not None and (last["event"] != "run" or bool(last.get("refused")))


def read(output: Output, now: datetime) -> Status:
    """Read how an output folder stands; one that does not exist holds nothing."""
    batches = batch_list.all_batches(output)
    usable = [batch for batch in batches if batch.is_usable]
    newest = usable[-1] if usable else None
    trail = list(audit_trail.entries(output))
    runs = [entry for entry in trail if entry["event"] in _RUNS]
    current = publications.current(output)
    published = [entry for entry in trail if entry["event"] in ("publication", "release")]
    backups = [_when(entry) for entry in trail if entry["event"] == "backup"]
    backed_up = backups[-1] if backups else None
    return Status(
        at=now,
        batches=batches,
        newest=newest,
        refused=_refused(trail, newest),
        publication=current,
        published_at=_when(published[-1]) if published else None,
        publications=len(publications.all_publications(output)),
        quality=_quality(output, newest) if newest else None,
        last_run=runs[-1] if runs else None,
        last_success=next((_when(entry) for entry in reversed(runs) if entry["event"] == "run"), None),
        last_backup=backed_up,
        is_at_rest=is_at_rest(output),
        due=sorted(
            [*_due(usable, trail, backed_up, now.date()), *_parcels_due(trail, current, now.date())],
            key=lambda due: due.day,
        ),
    )


def _when(entry: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(entry["when"])


def _refused(trail: Sequence[Mapping[str, Any]], newest: Batch | None) -> list[str]:
    names: list[str] = []
    for entry in trail:
        if entry["event"] == "delivery_received" and newest is not None and entry.get("batch") == newest.batch_id:
            names = []
        elif entry["event"] == "delivery_refused":
            names.append(str(entry.get("batch")))
    return list(dict.fromkeys(names))


def _quality(output: Output, batch: Batch) -> Quality:
    files = batch.receipt["files"]
    try:
        results = json.loads((output.staged / batch.batch_id / _VALIDATION).read_text(encoding="utf-8"))["results"]
        asked: int | None = len(results)
        not_held: int | None = sum(not result["passed"] for result in results)
    except (OSError, ValueError, KeyError, TypeError):
        asked = not_held = None
    return Quality(
        rows=sum(file["rows"] for file in files),
        loaded=sum(file["loaded"] for file in files),
        quarantined=sum(file["quarantined"] for file in files),
        warnings=sum(sum(file["warnings"].values()) for file in files),
        expectations=asked,
        not_held=not_held,
    )


def _due(
    usable: Sequence[Batch], trail: Sequence[Mapping[str, Any]], backed_up: datetime | None, today: date
) -> list[Due]:
    due = []
    expected = next_delivery([batch.extract_date for batch in usable])
    if expected is not None:
        due.append(Due(expected, "den næste leverance ventes, efter de tidligere at dømme", expected < today))
    quarter = quarters.of(today)
    has_prepared = any(
        entry["event"] in ("mail_prepared", "mail_send_started") and entry.get("quarter") == quarter.code
        for entry in trail
    )
    list_of = quarter.next if has_prepared else quarter
    day = quarters.first_working_day(list_of)
    due.append(Due(day, f"kontaktlisten for {list_of.label} forberedes", day < today))
    if usable:
        backup = (backed_up.date() if backed_up else usable[0].received_at.date()) + timedelta(
            days=settings().upkeep.backup_days
        )
        due.append(Due(backup, "en sikkerhedskopi tages", backup < today))
        oldest = min(usable, key=lambda batch: batch.received_at)
        if oldest != usable[-1]:
            expires = _months_after(oldest.received_at.date(), settings().retention.months)
            due.append(Due(expires, f"fristen for leverance {oldest.batch_id} udløber (batch expire)", expires < today))
    return due


def _parcels_due(trail: Sequence[Mapping[str, Any]], publication: Publication | None, today: date) -> Iterator[Due]:
    """Yield what is to be sent, where such was ever prepared: the newest publication's packs, this week's worklists."""
    monday, week = today - timedelta(days=today.weekday()), today.isocalendar().week
    rounds = {"worklist": (matters.round_of_week(today).code, monday, f"arbejdslisterne for uge {week}")}
    if publication is not None:
        name = publication.publication_id
        rounds["pack"] = (name, publication.as_of, f"pakkerne for udgivelsen {name}")
    for kind, (code, since, what) in sorted(rounds.items()):
        is_used = any(entry.get("matter") == kind for entry in trail)
        ended = (entry for entry in trail if entry["event"] == "mail_send_ended" and entry.get("quarter") == code)
        if is_used and not any(not entry.get("stopped") for entry in ended):
            yield Due(since, f"{what} sendes (mail send --what {kind}s)", since < today)


def next_delivery(days: Sequence[date]) -> date | None:
    """Return when the next delivery is to be expected: the usual time between the latest ones after the newest.

    None when there are too few to tell; redeliveries of a day count once.
    """
    known = sorted(set(days))[-7:]
    gaps = [(later - earlier).days for earlier, later in itertools.pairwise(known)]
    return known[-1] + timedelta(days=round(statistics.median(gaps))) if gaps else None


def _months_after(day: date, months: int) -> date:
    month = day.year * 12 + day.month - 1 + months
    following = date(month // 12 + (month % 12 == 11), (month + 1) % 12 + 1, 1)
    last = (following - timedelta(days=1)).day
    return date(month // 12, month % 12 + 1, min(day.day, last))
