"""A status in Danish for a person, and as JSON for a program; nothing else belongs here."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pipelines.danish import number, short_date
from pipelines.watching.status import Status

_STAGES = {
    "received": "modtaget",
    "judged": "bedømt",
    "built": "bygget",
    "protected": "beskyttet",
    "published": "udgivet",
}


def as_lines(status: Status) -> list[str]:
    """Return the lines that ``god-loesladelse status`` prints."""
    return [*_run(status), *_batch(status), *_publication(status), *_due(status)]


def _moment(at: datetime) -> str:
    local = at.astimezone()
    return f"{short_date(local.date())} kl. {local:%H.%M}"


def _run(status: Status) -> list[str]:
    last = status.last_run
    if last is None:
        return ["Kørsel      der har ikke været nogen"]
    at = _moment(datetime.fromisoformat(last["when"]))
    if last["event"] == "run_interrupted":
        lines = [f"Kørsel      {at}: blev afbrudt; den næste rydder op"]
    elif last["event"] == "run_failed":
        lines = [f"Kørsel      {at}: mislykkedes. {last.get('message', '')}"]
    elif last.get("nothing_new"):
        lines = [f"Kørsel      {at}: intet nyt"]
    else:
        lines = [f"Kørsel      {at}: gennemført"]
    stages = last.get("stages") or {}
    told = [
        f"{_STAGES.get(name, name)} {number(stage['seconds'], 1)} s"
        + (f" ({number(stage['rows'])} rækker)" if stage.get("rows") is not None else "")
        for name, stage in stages.items()
    ]
    if told:
        lines.append(f"            {', '.join(told)}")
    if status.has_failed and status.last_success is not None and last["event"] != "run":
        lines.append(f"            den seneste gennemførte var {_moment(status.last_success)}")
    if not status.is_at_rest:
        lines.append("            en kørsel er i gang, eller en er blevet afbrudt")
    return lines


def _batch(status: Status) -> list[str]:
    lines = []
    if status.newest is None:
        lines.append("Leverance   ingen, der kan regnes på")
    else:
        received = _moment(status.newest.received_at)
        lines.append(f"Leverance   {status.newest.batch_id}, modtaget {received} ({len(status.batches)} i alt)")
    if status.refused:
        lines.append(f"            afvist siden: {', '.join(status.refused)}")
    quality = status.quality
    if quality is not None:
        judged = (
            "ikke bedømt endnu"
            if quality.expectations is None
            else f"{number(quality.not_held or 0)} af {number(quality.expectations)} forventninger holdt ikke"
        )
        lines.append(
            f"Kvalitet    {number(quality.rows)} rækker: {number(quality.loaded)} indlæst, "
            f"{number(quality.quarantined)} i karantæne; {number(quality.warnings)} advarsler; {judged}"
        )
    return lines


def _publication(status: Status) -> list[str]:
    if status.publication is None:
        return ["Udgivelse   ingen endnu"]
    at = f", udgivet {_moment(status.published_at)}" if status.published_at else ""
    batch = status.publication.description.get("batch_id")
    return [
        f"Udgivelse   {status.publication.publication_id} pr. {short_date(status.publication.as_of)} af leverance "
        f"{batch}{at} ({status.publications} i alt)"
    ]


def _due(status: Status) -> list[str]:
    backup = _moment(status.last_backup) if status.last_backup else "ingen"
    lines = [f"Kopi        den seneste: {backup}"]
    for place, due in enumerate(status.due):
        lead = "Forestår" if place == 0 else ""
        late = "  (dagen er gået)" if due.is_overdue else ""
        lines.append(f"{lead:<12}{short_date(due.day)}: {due.what}{late}")
    return lines


def as_json(status: Status) -> dict[str, Any]:
    """Return the same as plain values: days and moments in ISO 8601."""
    newest, publication, quality = status.newest, status.publication, status.quality
    return {
        "at": status.at.isoformat(timespec="seconds"),
        "has_failed": status.has_failed,
        "is_at_rest": status.is_at_rest,
        "last_run": dict(status.last_run) if status.last_run else None,
        "last_success": status.last_success.isoformat() if status.last_success else None,
        "batches": len(status.batches),
        "batch": newest
        and {
            "batch_id": newest.batch_id,
            "extract_date": newest.extract_date.isoformat(),
            "received_at": newest.received_at.isoformat(),
            "state": newest.state,
        },
        "refused": list(status.refused),
        "quality": quality and vars(quality),
        "publication": publication
        and {
            "publication_id": publication.publication_id,
            "as_of": publication.as_of.isoformat(),
            "published_at": status.published_at.isoformat() if status.published_at else None,
        },
        "publications": status.publications,
        "last_backup": status.last_backup.isoformat() if status.last_backup else None,
        "due": [{"day": due.day.isoformat(), "what": due.what, "is_overdue": due.is_overdue} for due in status.due],
    }
