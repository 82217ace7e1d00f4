"""The page of one unit: nation, area, region, municipality or institution, as plain values for a template.

Belongs here: which parts a page has, and its rows. Does not belong here: one duty (``duties``), HTML (templates),
and files (``publication``). The same function serves all editions: what a page may show lies in the data it is given.
"""

from __future__ import annotations

import datetime
from typing import Any

from pipelines import configuration, quarters, vocabulary
from pipelines.danish import long_date, number, short_date
from pipelines.rules.documentation import reason_words
from pipelines.units import NATION, Key
from pipelines.vocabulary import word
from reports.editions import FULL, Edition, page_units, rule_folder, unit_folder
from reports.figures import statistics
from reports.figures.data import ReportData, Rule, Unit
from reports.figures.judged import PARTY_OF_LEVEL, has_own_rate, is_judged, judged, tells_mixed_rates
from reports.figures.notice import edition_words, unit_words
from reports.figures.published_rows import RevisedCounts, RevisionRow
from reports.figures.standing_out import NORM_RANK
from reports.figures.statistics import SMALLEST_COMPARED
from reports.pages.cases import LATE_COLUMNS, CasePlaces, by_institution, late_row, rule_title, without
from reports.pages.cooperation import cooperation_parts
from reports.pages.duties import CITIZENS, Duty, Peer, build, rules_of
from reports.pages.first_screen import Line, apart, lines, told
from reports.pages.linked_text import LinkedText
from reports.pages.page_header import header
from reports.pages.releases import release_parts
from reports.pages.work import ROWS_ON_A_PAGE, work_parts
from reports.words import answering, municipality_names, present, wording
from reports.words import first_screen as first_screen_words

# Tables of many units have room for this many duties.
DUTIES_OF_CHILDREN = 4
CHILDREN = (
    ("area", "omraader", "Områder"),
    ("region", "regioner", "Regioner"),
    ("institution", "institutioner", "Institutioner"),
    ("municipality", "kommuner", "Kommuner"),
)


def unit_page(edition: Edition, own: ReportData, others: ReportData, unit: Unit) -> dict[str, Any]:
    """Return everything a unit's page says."""
    folder = unit_folder(unit)
    page = header(edition, own, folder, wording.unit_name(unit), unit.level)
    has_pages = edition.name != "kommune"
    if not has_pages:
        page["root"] = ""
    around = parents(others, unit)
    peers = [
        Peer(one, wording.unit_name(one), page["root"] + unit_folder(one) + "index.html" if has_pages else None)
        for one in around
    ]
    topics: list[dict[str, Any]] = []
    every: list[Duty] = []
    for anchor, title, rules in rules_of(own, unit.level):
        duties = [build(own, others, unit, rule, peers, edition.decimals, edition.full) for rule in rules]
        topics.append({"anchor": anchor, "title": title, "duties": duties})
        every += duties
    page |= {
        "unit": unit,
        "level": word(vocabulary.LEVELS, unit.level),
        "peers": peers,
        "place": place_line(others, unit),
        "topics": topics,
        "has_pages": has_pages,
        "notice": edition_words(own.notice, own.titles())
        if unit.level == "national"
        else unit_words(own.notice, unit.key, own.titles()),
        "meetings": meetings(own, unit),
        "is_public_municipality": unit.level == "municipality" and not edition.full,
        "finds_cases": unit.level == "national" and edition is FULL and own.has_case_pages,
        "is_provisional": any(duty.provisional for duty in every),
        "provisional": wording.provisional_words(own.quarter, [duty.provisional for duty in every if duty.now]),
        "earlier_publications": own.run.earlier_publications,
        "summary": [
            *lines(own, others, unit, [duty.rule for duty in every]),
            last_line(edition, own, unit, every),
        ],
        "citizens_start": CITIZENS,
        "tells_mixed_rates": tells_mixed_rates(unit.level),
        "others_duties": wording.others_duties_sentence(unit.level),
    }
    if edition.full:
        page |= _full_parts(own, unit, every, CasePlaces(edition, page["root"]))
    page["apart"] = standing_apart(others, [duty.rule for duty in every]) if unit == others.units.get(NATION) else []
    page["releases"] = release_parts(own, unit)
    page["children"] = children(edition, others, unit, page["root"]) if has_pages else []
    return page


def standing_apart(data: ReportData, rules: list[Rule]) -> list[tuple[str, ...]]:
    """Return which units differ from the rest of the country in a duty of their own: unit, duty, under or over.

    The figures stand where each row leads; units come in the order in which readers list them, never in another.
    """
    mine = [rule for rule in rules if is_judged("national", rule) and not rule.restricted]
    rows: list[tuple[str, ...]] = []
    for level in ("municipality", "institution"):
        order = {unit.key: place for place, unit in enumerate(data.units_of(level))}
        for one in sorted(apart(data, level, mine)[0], key=lambda one: (order[one.found.unit], one.found.rule_id)):
            unit = data.units[one.found.unit]
            link = f"{unit_folder(unit)}index.html#{one.found.rule_id}"
            side = "ligger under" if one.difference < 0 else "ligger over"
            rows.append((LinkedText(wording.unit_name(unit), link), data.titles()[one.found.rule_id], side))
    return rows


def parents(data: ReportData, unit: Unit) -> list[Unit]:
    """Return the units that a unit is compared with, nearest first."""
    keys: list[Key] = []
    if unit.level == "municipality":
        keys = [("region", unit.region_code or ""), ("area", unit.area or ""), NATION]
    elif unit.level == "institution":
        keys = [("area", unit.area or ""), NATION]
    elif unit.level != "national":
        keys = [NATION]
    return [data.units[key] for key in keys if key in data.units]


def place_line(data: ReportData, unit: Unit) -> str:
    """Return where a unit lies and what it is."""
    if unit.level == "municipality":
        return " · ".join(wording.unit_name(one) for one in parents(data, unit) if one.level != "national")
    if unit.level == "institution":
        kind = word(vocabulary.INSTITUTION_KINDS, unit.kind)
        return f"{kind}, Kriminalforsorgen {unit.area}" if unit.area else kind
    if unit.level == "region" and unit.valid_to is not None and unit.valid_to < datetime.date(9000, 1, 1):
        return f"Regionen består til og med {long_date(unit.valid_to)}."
    if unit.level == "area":
        return "Fordelingen af kommuner på områder er ikke bekræftet."
    return ""


def last_line(edition: Edition, own: ReportData, unit: Unit, duties: list[Duty]) -> Line:
    """Return what can still be saved and whose next step it is, or how much an edition without cases shows."""
    if edition.full:
        return Line(
            "Det, der kan nås endnu",
            first_screen_words.work_line(own.open_cases(unit.key), unit.level, own.run.as_of),
            "forestaar",
        )
    shown = sum(duty.year.value is not None for duty in duties)
    return Line("Det, siden viser", wording.shown_sentence(shown, len(duties)), "overblik")


def _full_parts(own: ReportData, unit: Unit, duties: list[Duty], places: CasePlaces) -> dict[str, Any]:
    """Return the parts that only an edition with full figures has."""
    late = own.cases_not_in_time(unit.key)[::-1]
    missing = sum(row.cases for rows in own.undeterminable.get(unit.key, {}).values() for row in rows)
    years = [own.year(unit.key, duty.rule.rule_id) for duty in duties]
    due = sum(figure.due or 0 for figure in years if figure)
    label, meaning = wording.quality_label(missing, due)
    shown = late if unit.level in ("municipality", "institution") else late[:ROWS_ON_A_PAGE]
    return {
        "quality_label": label,
        "quality_meaning": meaning,
        "quality_counts": wording.quality_counts(missing, due),
        **work_parts(own, unit, places),
        "late_head": list(without(LATE_COLUMNS, unit)),
        "worklist_by_institution": by_institution(own, own.open_cases(unit.key)) if unit.level != "institution" else [],
        "late_cases": [late_row(own, unit, row, places) for row in shown],
        "late_total": number(len(late)),
        "late_is_cut": len(shown) < len(late),
        "answering": _answering(own) if own.has_reply_forms and unit.level == "municipality" and late else "",
        "unit_rules": unit_rules(own, unit),
        "cooperation": cooperation_parts(own, unit),
        "revisions": revisions(own, unit),
    }


def _answering(own: ReportData) -> str:
    settings = configuration.settings()
    replies = settings.replies
    return answering.sentence(own.run.as_of, replies.handling_days, replies.address, settings.authority.name)


def unit_rules(data: ReportData, unit: Unit) -> list[tuple[str, str, str, str, str]]:
    """Return the duties judged per municipality or area: title, norm, verdict, date, rule id."""
    by_id = {rule.rule_id: rule for rule in data.rules}
    rows = []
    for row in data.unit_rules:
        if (row.level, row.unit_code) != unit.key or row.rule_id not in by_id:
            continue
        rule = by_id[row.rule_id]
        verdict = word(vocabulary.UNIT_STATUSES, row.status)
        if row.reason:
            verdict = f"{verdict}: {reason_words(row.rule_id, row.reason).word}"
        rows.append(
            (
                rule.title,
                word(vocabulary.NORMS, rule.norm),
                verdict,
                short_date(row.date) if row.date else "ingen dato",
                rule.rule_id,
            )
        )
    return rows


def meetings(data: ReportData, unit: Unit) -> list[tuple[str, str, str, str]]:
    """Return when each municipality of an area was last at a cooperation meeting and when the next is due."""
    rows = []
    for one in data.meetings.get(unit.key, []):
        if one.last is None:
            state = "Har ikke været til møde"
        else:
            state = "Fristen er overskredet" if one.is_overdue else "Inden for fristen"
        rows.append(
            (
                one.municipality,
                short_date(one.last) if one.last else "intet møde",
                short_date(one.due) if one.due else "snarest",
                state,
            )
        )
    return rows


def revisions(data: ReportData, unit: Unit) -> list[tuple[str, ...]]:
    """Return the figures that changed after they were first published, the newest quarter's among them."""
    changed = list(data.revision.get(unit.key, []))
    changed.sort(key=lambda row: (row.period, row.rule_id), reverse=True)
    # What a municipality was given right in is never the part of a long list that is cut off.
    changed.sort(key=lambda row: row.cause not in vocabulary.REPLY_CAUSES)
    return [_revision_row(data, row) for row in changed[:ROWS_ON_A_PAGE]]


def _revision_row(data: ReportData, row: RevisionRow) -> tuple[str, ...]:
    return (
        rule_title(data, row.rule_id),
        quarters.name(row.period_type, row.period),
        _counts(data, row.rule_id, row.first_counts),
        _counts(data, row.rule_id, row.counts),
        word(vocabulary.CAUSES, row.cause),
    )


def _counts(data: ReportData, rule_id: str, counts: RevisedCounts) -> str:
    """Return what a quarter's figure said: in time, due, late and not done; before them the own ones of a duty."""
    met, due, late, missed = (number(count) for count in counts[:4])
    text = f"{met} af {due} (for sent {late}, ikke gjort {missed})"
    if not any(has_own_rate(rule) for rule in data.rules if rule.rule_id == rule_id):
        return text
    own_met, own_due = counts.own_met, counts.own_due
    own = "ikke gemt" if own_due is None or own_met is None else f"{number(own_met)} af {number(own_due)}"
    return f"Partens egne: {own}. {CITIZENS}{text}"


def children(edition: Edition, data: ReportData, unit: Unit, root: str) -> list[dict[str, Any]]:
    """Return a table for each kind of unit that lies in one, of the duties by which units of that kind are judged."""
    inside: dict[str, list[Unit]] = {}
    for one in page_units(edition, data):
        if _lies_in(data, one, unit):
            inside.setdefault(one.level, []).append(one)
    tables = []
    for level, anchor, plural in CHILDREN:
        if level in inside:
            rules = leading_duties(data, level)
            tables.append(
                {
                    "anchor": anchor,
                    "title": plural,
                    "first": word(vocabulary.LEVELS, level),
                    "with_region": level == "municipality",
                    "year_name": data.window(level).words,
                    "party": word(vocabulary.PARTY_GENITIVES, PARTY_OF_LEVEL[level]),
                    "rules": [(rule.title, root + rule_folder(rule.rule_id) + "index.html") for rule in rules],
                    "rows": [_child_row(edition, data, one, rules, root) for one in inside[level]],
                }
            )
    return tables


def _lies_in(data: ReportData, one: Unit, unit: Unit) -> bool:
    """Return whether a unit has a row in the tables of another's page."""
    if unit.level == "national":
        return one.level != "national"
    if one.level == "municipality":
        return one.code in data.members.get(unit.key, ())
    return unit.level == "area" and one.level == "institution" and one.area == unit.code


def leading_duties(data: ReportData, level: str) -> list[Rule]:
    """Return the duties that tables of many units show: the most binding of those the units are judged by."""
    own = [
        rule
        for _anchor, _title, rules in rules_of(data, level)
        for rule in rules
        if is_judged(level, rule) and not rule.restricted
    ]
    return sorted(own, key=lambda rule: NORM_RANK.get(rule.norm, len(NORM_RANK)))[:DUTIES_OF_CHILDREN]


def _child_row(
    edition: Edition, data: ReportData, unit: Unit, rules: list[Rule], root: str
) -> tuple[str, str, str, list[present.Shown], str]:
    region = data.units.get(("region", unit.region_code or ""))
    return (
        unit.name,
        root + unit_folder(unit) + "index.html",
        region.name.removeprefix("Region ") if region else "",
        [
            present.beside_others(judged(rule, data.year(unit.key, rule.rule_id)), SMALLEST_COMPARED, edition.decimals)
            for rule in rules
        ],
        municipality_names.found_by(unit.code) if unit.level == "municipality" else "",
    )


def nation_share(data: ReportData, rule: Rule, level: str) -> float | None:
    """Return the nation's share under a rule in the year that units of a level are shown in, by its own rate."""
    count = told(rule, data.figure(NATION, rule.rule_id, *data.window(level)))
    return count.rate if count is not None and count.due else None


def placement(data: ReportData, rule: Rule, unit: Unit) -> int | None:
    """Return where a unit lies among the exact limits, or None where nothing is compared."""
    share = nation_share(data, rule, unit.level)
    count = told(rule, data.year(unit.key, rule.rule_id))
    if not is_judged(unit.level, rule) or share is None or count is None or count.due < SMALLEST_COMPARED:
        return None
    return statistics.position(count.met, count.due, share)
