"""``siden-sidst.html``: what a publication says that the one before it did not, and when publications come.

Belongs here: which changes are told, as values for the template, and the publications' calendar. Does not belong here:
finding what stands out (``figures.standing_out``), why an old figure changed (the warehouse says it), and the feed.

A level has moved when a unit's year differs from the year before by more than chance, all units and duties tried at
once. It is new when the publication before could not have said so.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

from pipelines import quarters, vocabulary
from pipelines.danish import long_date, number, short_date
from pipelines.units import LEVELS, NATION, Key
from pipelines.vocabulary import word
from reports.editions import Edition, unit_folder
from reports.figures.calendar import KnownPublication, PublicationCalendar
from reports.figures.data import ReportData, Rule, Window
from reports.figures.judged import is_judged
from reports.figures.published_rows import DataQualityRow
from reports.figures.standing_out import LEVEL, Finding, findings
from reports.pages.duties import rules_of
from reports.pages.first_screen import changes
from reports.pages.linked_text import LinkedText
from reports.pages.page_header import header
from reports.words import first_screen as first_screen_words
from reports.words import wording

MOVED_HEAD = ("Enhed", "Pligt", "Året før", "Nu", "Retning", "Sås også sidst")
UNSAFE_HEAD = ["Pligt", "Kan ikke afgøres", "Forfaldne", "Sås også sidst"]
MOVED = "Ændret mere end tilfældigt siden året før"
DAYS_AHEAD = 92
COMING = 4


def news_page(
    edition: Edition, data: ReportData, calendar: PublicationCalendar, delivered: list[DataQualityRow]
) -> dict[str, Any]:
    """Return everything the page says; ``delivered`` are the rows of ``pub_data_quality``."""
    page = header(edition, data, "", "Siden sidst")
    before = calendar.before
    steps = _quarters_between(before.as_of if before else None, data)
    moved = moves(data, steps)
    return page | {
        "before": f"{before.publication_id} (opgjort pr. {long_date(before.as_of)})" if before else None,
        "notice": None,
        "moved": [_moved_row(data, one, is_old) for one, is_old in moved],
        "moved_head": list(MOVED_HEAD),
        "moved_caption": MOVED,
        "moved_new": number(sum(not is_old for _one, is_old in moved)),
        "shown": appeared(data, steps) if steps else [],
        "corrections": corrections(data),
        "unsafe": unsafe_rows(data, before) if edition.full else [],
        "unsafe_head": UNSAFE_HEAD,
        "safe_again": safe_again(data, before) if edition.full else "",
        "deliveries": deliveries(delivered, before.as_of if before else None, data.run.as_of),
        "meetings": meetings_due(data),
        "publications": [
            (one.publication_id, long_date(one.as_of), "denne udgivelse" if one is calendar.current else "tidligere")
            for one in calendar.newest_first
        ],
        "coming": [long_date(day) for day in coming(data.run.as_of)],
    }


def coming(as_of: datetime.date) -> list[datetime.date]:
    """Return the days that the next publications will be about: the last days of the quarters after this one's."""
    first = quarters.quarter_of(as_of + datetime.timedelta(1))
    return [quarters.last_day(quarters.shift(first, step)) for step in range(COMING)]


def moves(data: ReportData, steps: int) -> list[tuple[Finding, bool]]:
    """Return what differs from the year before by more than chance, and whether that held ``steps`` quarters ago."""
    now = _found(data, 0)
    earlier = {(one.found.unit, one.found.rule_id) for one in _found(data, steps)} if steps else set()
    order = {unit.key: place for place, unit in enumerate(unit for level in LEVELS for unit in data.units_of(level))}
    now.sort(key=lambda one: (order.get(one.found.unit, len(order)), one.found.rank, one.found.rule_id))
    return [(one, (one.found.unit, one.found.rule_id) in earlier) for one in now]


def _found(data: ReportData, steps: int) -> list[Finding]:
    pairs = [pair for key in data.figures for pair in changes(data, key, _judged(data, key), _window(data, key, steps))]
    return findings("change", pairs, LEVEL)


def _judged(data: ReportData, key: Key) -> list[Rule]:
    def own() -> list[Rule]:
        rules = (rule for _anchor, _title, group in rules_of(data, key[0]) for rule in group)
        return [rule for rule in rules if is_judged(key[0], rule) and not rule.restricted]

    rules: list[Rule] = data.remember(f"judged rules of {key[0]}", own)
    return rules


def _window(data: ReportData, key: Key, steps: int) -> Window:
    """Return a level's leading year as it was so many quarters ago; a calendar year moves when four are full."""
    window = data.window(key[0])
    if window.kind == "year":
        return Window("year", str(int(window.period) - steps // 4))
    return Window(window.kind, quarters.shift(window.period, -steps))


def _quarters_between(earlier: datetime.date | None, data: ReportData) -> int:
    """Return how many quarters the pages lead with now lies after the one they led with then; 0 for the same day."""
    if earlier is None:
        return 0
    then, steps = quarters.newest_worth_showing(earlier), 0
    while quarters.shift(then, steps) < data.quarter:
        steps += 1
    return steps


def _moved_row(data: ReportData, one: Finding, is_old: bool) -> tuple[str, ...]:
    unit = data.units[one.found.unit]
    return (
        LinkedText(wording.unit_name(unit), f"{unit_folder(unit)}index.html#{one.found.rule_id}"),
        data.titles()[one.found.rule_id],
        first_screen_words.ratio(one.found.other),
        first_screen_words.ratio(one.found.now),
        "fremgang" if one.difference > 0 else "tilbagegang",
        "ja" if is_old else "nej, ny",
    )


def appeared(data: ReportData, steps: int) -> list[tuple[str, str]]:
    """Return the figures of units that have a share now and had none in the publication before, and the reverse."""
    rows: list[tuple[str, str]] = []
    for key, figures in data.figures.items():
        if key[0] == "institution":
            continue
        for rule in _judged(data, key):
            then, now = _window(data, key, steps), data.window(key[0])
            if then == now or (rule.rule_id, *then) not in figures:
                continue
            had, has = (
                figure is not None and figure.rate is not None
                for figure in (figures[rule.rule_id, *then], figures.get((rule.rule_id, *now)))
            )
            if had != has:
                text = "vises nu" if has else "vises ikke længere"
                unit = data.units[key]
                name = LinkedText(wording.unit_name(unit), f"{unit_folder(unit)}index.html#{rule.rule_id}")
                rows.append((name, f"{rule.title}: {text}"))
    return rows


def corrections(data: ReportData) -> list[tuple[str, str, str]]:
    """Return how many figures of earlier quarters changed with this publication, by cause, and for how many units."""
    counts: dict[str, tuple[int, set[Key]]] = {}
    for key, rows in data.revision.items():
        for row in rows:
            if row.changed_in_publication_id is None:
                figures, units = counts.get(row.cause, (0, set()))
                counts[row.cause] = figures + 1, units | {key}
    order = list(vocabulary.CAUSES)
    return [
        (word(vocabulary.CAUSES, cause), number(figures), number(len(units)))
        for cause, (figures, units) in sorted(counts.items(), key=lambda one: order.index(one[0]))
    ]


def unsafe_duties(data: ReportData) -> dict[str, tuple[int, int]]:
    """Return the duties of the nation whose figures lack so much that they can only be used with their bounds.

    By duty how many cases cannot be judged, and how many deadlines there were.
    """
    found = {}
    for rule in _judged(data, NATION):
        missing = sum(row.cases for row in data.undeterminable.get(NATION, {}).get(rule.rule_id, []))
        figure = data.year(NATION, rule.rule_id)
        due = (figure.due if figure else 0) or 0
        label, _meaning = wording.quality_label(missing, due)
        if label == wording.QUALITY_LEVELS[-1][1]:
            found[rule.rule_id] = missing, due
    return found


def unsafe_rows(data: ReportData, before: KnownPublication | None) -> list[tuple[str, ...]]:
    """Return the unsafe duties, the newly unsafe first: title, what cannot be judged, deadlines, seen last time."""
    known = before.unsafe if before else ()
    rows = []
    for rule_id, (missing, due) in unsafe_duties(data).items():
        seen = "vides ikke" if known is None else "ja" if rule_id in known else "nej, ny"
        rows.append((data.titles()[rule_id], number(missing), number(due), seen))
    return sorted(rows, key=lambda row: row[-1] != "nej, ny")


def safe_again(data: ReportData, before: KnownPublication | None) -> str:
    """Return the duties that were unsafe in the publication before and are not any more, as a sentence."""
    now, titles = unsafe_duties(data), data.titles()
    better = [titles[one] for one in (before.unsafe or () if before else ()) if one not in now and one in titles]
    return f"Ikke længere usikre: {', '.join(better)}." if better else ""


def deliveries(
    delivered: Iterable[DataQualityRow], earlier: datetime.date | None, as_of: datetime.date
) -> list[tuple[str, str]]:
    """Return the deliveries known to this publication that are later than the one before, newest first.

    A delivery's name begins with its day; a later one of the same day has a number after it.
    """
    names = {row.batch_id for row in delivered}
    found = [(datetime.date.fromisoformat(name[:10]), name) for name in names]
    kept = [one for one in found if one[0] <= as_of and (earlier is None or one[0] > earlier)]
    return [(name, short_date(day)) for day, name in sorted(kept, reverse=True)]


def meetings_due(data: ReportData) -> list[tuple[str, str, str]]:
    """Return the cooperation meetings that are overdue or due within three months, earliest first: name, day, state."""
    last = data.run.as_of + datetime.timedelta(DAYS_AHEAD)
    rows = {
        (one.due or datetime.date.min, one.municipality, one.is_overdue)
        for (level, _code), known in data.meetings.items()
        if level == "area"
        for one in known
        if one.due is None or one.due <= last
    }
    return [
        (
            municipality,
            short_date(due) if due > datetime.date.min else "snarest",
            "har ikke været til møde" if due == datetime.date.min else "overskredet" if overdue else "forestår",
        )
        for due, municipality, overdue in sorted(rows)
    ]
