"""The page of one unit: nation, area, region, municipality or institution, as plain values for a template.

Belongs here: which parts a page has, and its rows. Does not belong here: one duty (``duties``), HTML (templates),
and files (``publication``). The same function serves all editions: what a page may show lies in the data it is given.
"""

from __future__ import annotations

import datetime
from typing import Any

from pipelines import quarters, vocabulary
from pipelines.danish import long_date, number, short_date
from pipelines.rules.documentation import reason_words
from pipelines.units import NATION, Key
from pipelines.vocabulary import word
from reports.editions import Edition, page_units, rule_folder, unit_folder
from reports.figures import statistics
from reports.figures.data import Figure, ReportData, Rule, Unit
from reports.figures.notice import edition_words, unit_words
from reports.figures.statistics import SMALLEST_COMPARED
from reports.pages.duties import Duty, Peer, build, rules_of
from reports.words import present, wording

# Longer lists are cut on the page and whole in data.xlsx, which the page says.
ROWS_ON_A_PAGE = 40


def header(edition: Edition, data: ReportData, folder: str, title: str) -> dict[str, Any]:
    """Return what every page of an edition has: titles, dates, and the way back to the edition's root."""
    return {
        "edition": edition,
        "title": title,
        "root": "../" * folder.count("/"),
        "as_of": long_date(data.run.as_of),
        "batch": data.run.batch_id,
        "code_version": data.run.code_version,
        "is_synthetic": data.run.is_synthetic,
        "year_name": quarters.rolling_name(data.quarter),
        "quarter_name": quarters.long_name(data.quarter),
        "hidden_sign": vocabulary.HIDDEN,
        "hidden_words": vocabulary.HIDDEN_IN_WORDS,
        "nothing_sign": vocabulary.NOTHING,
        "nothing_words": vocabulary.NOTHING_IN_WORDS,
        "smallest": SMALLEST_COMPARED,
        "not_shown": vocabulary.NOT_SHOWN,
        "notice": None,
    }


def unit_page(edition: Edition, own: ReportData, others: ReportData, unit: Unit) -> dict[str, Any]:
    """Return everything a unit's page says."""
    folder = unit_folder(unit)
    page = header(edition, own, folder, wording.unit_name(unit))
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
        "is_provisional": any(duty.now is not None and not duty.now.is_complete for duty in every),
        "summary": summary(edition, own, others, unit, every),
    }
    if edition.full:
        page |= _full_parts(own, unit, every)
    page["children"] = children(edition, others, unit, page["root"]) if has_pages else None
    return page


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


def leading_duty(duties: list[Duty], level: str) -> Duty | None:
    """Return the duty that the summary opens with: the statutory one with most cases in the rolling year.

    A municipality's page opens with a duty of its own, an institution's or area's with one of the prison service's.
    """
    bound = [duty for duty in duties if duty.rule.norm == "statutory" and duty.year.due_value]
    whose = {"municipality": "kommune", "institution": "kriminalforsorgen", "area": "kriminalforsorgen"}.get(level)
    own = [duty for duty in bound if whose in (None, wording.breach_party(duty.rule))]
    return max(own or bound, key=lambda duty: duty.year.due_value or 0, default=None)


def summary(edition: Edition, own: ReportData, others: ReportData, unit: Unit, duties: list[Duty]) -> list[str]:
    """Return the three sentences a page opens with: where it stands, whether that is a change, what needs doing."""
    leading = leading_duty(duties, unit.level)
    quarter = own.quarter
    if leading is None:
        sentences = [
            f"I det seneste år ({quarters.rolling_name(quarter)}) er der "
            + ("ingen frister efter lovkrav." if edition.full else "ingen tal om lovkrav, der kan vises."),
            "Udviklingen kan derfor ikke vurderes.",
        ]
    else:
        rule_id = leading.rule.rule_id
        year = own.figure(unit.key, rule_id, "rolling4", quarter)
        now = own.figure(unit.key, rule_id, "quarter", quarter) if edition.full else None
        before = own.figure(unit.key, rule_id, "rolling4", quarters.shift(quarter, -4))
        nation = others.figure(NATION, rule_id, "rolling4", quarter)
        assert year is not None
        absent = Figure(0, 0, 0, 0, None, None, None)
        if year.met is None:
            sentences = [
                f"I det seneste år er andelen for pligten »{leading.rule.title}« {vocabulary.HIDDEN_IN_WORDS}."
            ]
        else:
            sentences = [wording.level_sentence(leading.rule, quarter, now or absent, year, unit.level)]
        second = wording.change_sentence(year, before, capital=False)
        if unit.level != "national" and nation is not None:
            second = f"{second}; {wording.comparison_sentence(year, nation, capital=False)}"
        sentences.append(wording.ended(f"{second[0].upper()}{second[1:]}"))
    if edition.full:
        waiting = list(own.open_duties.get(unit.key, {}).values())
        mine = {rule.rule_id for rule in own.rules if rule.party == "kommune"}
        soon, overdue = _open(waiting)
        its_own = _open([row for row in waiting if row["rule_id"] in mine]) if unit.level == "municipality" else None
        sentences.append(wording.open_sentence(soon, overdue, its_own))
    else:
        shown = sum(duty.year.value is not None for duty in duties)
        sentences.append(
            f"Siden viser andelen for {number(shown)} af {number(len(duties))} pligter; "
            "resten er skjult eller uden frister."
        )
    return sentences


def _open(rows: list[dict[str, Any]]) -> tuple[int, int]:
    return sum(row["due_within_60_days"] for row in rows), sum(row["overdue"] for row in rows)


def _full_parts(own: ReportData, unit: Unit, duties: list[Duty]) -> dict[str, Any]:
    """Return the parts that only an edition with full figures has."""
    work = own.cases("worklist", unit.key)
    # What can still be done in time comes soonest first; of what is overdue the newest can be mended best.
    soon = [row for row in work if row["days_left"] >= 0]
    overdue = [row for row in reversed(work) if row["days_left"] < 0]
    if unit.level == "municipality":
        # What is the municipality's own to do comes first; the sort keeps the order within.
        soon, overdue = (sorted(rows, key=lambda row: row["next_step_by"] != "kommune") for rows in (soon, overdue))
    late = own.cases("late_cases", unit.key)[::-1]
    missing = sum(row["count"] for rows in own.undeterminable.get(unit.key, {}).values() for row in rows)
    due = sum(duty.year.due_value or 0 for duty in duties)
    label, meaning = wording.quality_label(missing, due)
    return {
        "quality_label": label,
        "quality_meaning": meaning,
        "quality_counts": wording.quality_counts(missing, due),
        "work": [
            _work_part("Frist inden for 60 dage", "de nærmeste frister", own, unit, soon),
            _work_part("Overskredet, men kan stadig opfyldes", "de seneste frister", own, unit, overdue),
        ],
        "work_head": _without(WORK_COLUMNS, unit),
        "late_head": _without(LATE_COLUMNS, unit),
        "worklist_by_institution": _by_institution(own, work) if unit.level != "institution" else [],
        "late_cases": [_late_row(own, unit, row) for row in late[:ROWS_ON_A_PAGE]],
        "late_total": number(len(late)),
        "late_is_cut": len(late) > ROWS_ON_A_PAGE,
        "unit_rules": unit_rules(own, unit),
        "revisions": revisions(own, unit),
    }


def _rule_title(data: ReportData, rule_id: str) -> str:
    return data.titles().get(rule_id, rule_id)


def _name(data: ReportData, level: str, code: str | None) -> str:
    if not code:
        return "ukendt"
    known = data.units.get((level, code))
    return known.name if known else code


def contact(row: dict[str, Any]) -> str:
    """Return how to reach the institution of a case."""
    return row.get("institution_mail_address") or row.get("institution_phone") or "ikke oplyst"


WORK_COLUMNS = ("Sag", "Pligt", "Kommune", "Institution", "Ansvarlig", "Frist", "Dage til frist", "Kontakt")
LATE_COLUMNS = ("Sag", "Pligt", "Status", "Kommune", "Institution", "Frist", "Gjort", "Ansvarlig", "Kontakt")


def _without(columns: tuple[str, ...], unit: Unit) -> list[str]:
    """Return the columns that say something on a unit's page: not its own name, and how to reach an institution only
    where a municipality reads, for whom the number alone identifies no citizen.
    """
    left_out = {"municipality": ("Kommune",), "institution": ("Institution", "Kontakt")}.get(unit.level, ("Kontakt",))
    return [column for column in columns if column not in left_out]


def _work_part(title: str, first: str, data: ReportData, unit: Unit, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Return one half of the worklist: its heading, how many there are, and those that have room on a page."""
    total = len(rows)
    lead = f"{number(total)} {'pligt' if total == 1 else 'pligter'}."
    if total > ROWS_ON_A_PAGE:
        lead += f" Her står {number(ROWS_ON_A_PAGE)} med {first}; alle står i data.xlsx."
    return {
        "title": title,
        "lead": lead if total else "Ingen.",
        "rows": [_work_row(data, unit, row) for row in rows[:ROWS_ON_A_PAGE]],
    }


def party_of(row: dict[str, Any]) -> str:
    """Return who a duty stands with: who was late with it, else whose move is the next, else nobody's."""
    party = row.get("responsible") or row.get("next_step_by")
    return word(vocabulary.PARTIES, party) if party else "ingen"


def _work_row(data: ReportData, unit: Unit, row: dict[str, Any]) -> tuple[str, ...]:
    cells = _case_cells(data, row) | {
        "Ansvarlig": party_of(row),
        "Dage til frist": _days_left(row["days_left"]) + (", på plads indtil videre" if row.get("is_in_place") else ""),
    }
    return tuple(cells[column] for column in _without(WORK_COLUMNS, unit))


def _days_left(days: int) -> str:
    if days == 0:
        return "i dag"
    count = f"{number(abs(days))} {'dag' if abs(days) == 1 else 'dage'}"
    return count if days > 0 else f"{count} overskredet"


def _late_row(data: ReportData, unit: Unit, row: dict[str, Any]) -> tuple[str, ...]:
    cells = _case_cells(data, row) | {
        "Status": vocabulary.status_word(row["rule_id"], row["status"]),
        "Gjort": short_date(row["event_date"]) if row["event_date"] else vocabulary.STATUSES["missed"],
        "Ansvarlig": word(vocabulary.PARTIES, row["responsible"]),
    }
    return tuple(cells[column] for column in _without(LATE_COLUMNS, unit))


def _case_cells(data: ReportData, row: dict[str, Any]) -> dict[str, str]:
    return {
        "Sag": row["case_id"],
        "Pligt": _rule_title(data, row["rule_id"]),
        "Kommune": _name(data, "municipality", row["municipality_code"]),
        "Institution": _name(data, "institution", row["institution_code"]),
        "Frist": short_date(row["deadline"]),
        "Kontakt": contact(row),
    }


def _by_institution(data: ReportData, rows: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    counts: dict[str, list[int]] = {}
    for row in rows:
        pair = counts.setdefault(_name(data, "institution", row["institution_code"]), [0, 0])
        pair[row["days_left"] < 0] += 1
    ordered = sorted(counts.items(), key=lambda item: (-sum(item[1]), item[0]))
    return [(name, number(soon), number(overdue)) for name, (soon, overdue) in ordered]


def unit_rules(data: ReportData, unit: Unit) -> list[tuple[str, str, str, str, str]]:
    """Return the duties judged per municipality or area: title, norm, verdict, date, rule id."""
    by_id = {rule.rule_id: rule for rule in data.rules}
    rows = []
    for row in data.unit_rules:
        if (row["level"], row["unit_code"]) != unit.key or row["rule_id"] not in by_id:
            continue
        rule = by_id[row["rule_id"]]
        verdict = word(vocabulary.UNIT_STATUSES, row["status"])
        if row["reason"]:
            verdict = f"{verdict}: {reason_words(row['rule_id'], row['reason']).word}"
        rows.append(
            (
                rule.title,
                word(vocabulary.NORMS, rule.norm),
                verdict,
                short_date(row["date"]) if row["date"] else "ingen dato",
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
    """Return the figures that changed after they were first published, a quarter still open then left out."""
    changed = [row for row in data.revision.get(unit.key, []) if row["cause"] != "period_open"]
    changed.sort(key=lambda row: (row["period"], row["rule_id"]), reverse=True)
    # What a municipality was given right in is never the part of a long list that is cut off.
    changed.sort(key=lambda row: row["cause"] not in vocabulary.REPLY_CAUSES)
    return [_revision_row(data, row) for row in changed[:ROWS_ON_A_PAGE]]


def _revision_row(data: ReportData, row: dict[str, Any]) -> tuple[str, ...]:
    return (
        _rule_title(data, row["rule_id"]),
        quarters.name(row["period_type"], row["period"]),
        f"{number(row['first_met'])} af {number(row['first_due'])}",
        f"{number(row['met'])} af {number(row['due'])}",
        word(vocabulary.CAUSES, row["cause"]),
    )


def children(edition: Edition, data: ReportData, unit: Unit, root: str) -> dict[str, Any] | None:
    """Return the table of the units that lie in one: every municipality for the nation, its own for the others."""
    if unit.level not in ("national", "area", "region"):
        return None
    quarter = data.quarter
    rules = [
        rule for _anchor, _title, rules in rules_of(data, "municipality") for rule in rules if rule.norm == "statutory"
    ]
    inside = [
        one
        for one in page_units(edition, data)
        if one.level == "municipality" and (unit.level == "national" or one.code in data.members.get(unit.key, ()))
    ]
    upper = (
        [one for one in page_units(edition, data) if one.level in ("region", "area")]
        if unit.level == "national"
        else []
    )
    return {
        "rules": [(rule.title, root + rule_folder(rule.rule_id) + "index.html") for rule in rules],
        "rows": [_child_row(edition, data, one, rules, quarter, root) for one in inside],
        "upper": [_child_row(edition, data, one, rules, quarter, root) for one in upper],
        "institutions": [
            (one.name, word(vocabulary.INSTITUTION_KINDS, one.kind), root + unit_folder(one) + "index.html")
            for one in page_units(edition, data)
            if one.level == "institution" and (unit.level == "national" or one.area == unit.code)
        ]
        if unit.level in ("national", "area")
        else [],
    }


def _child_row(
    edition: Edition, data: ReportData, unit: Unit, rules: list[Rule], quarter: str, root: str
) -> tuple[str, str, str, list[present.Shown]]:
    absent = Figure(0, 0, 0, 0, None, None, None)
    region = data.units.get(("region", unit.region_code or ""))
    return (
        unit.name,
        root + unit_folder(unit) + "index.html",
        region.name.removeprefix("Region ") if region else "",
        [
            present.shown(
                data.figure(unit.key, rule.rule_id, "rolling4", quarter) or absent, SMALLEST_COMPARED, edition.decimals
            )
            for rule in rules
        ],
    )


def nation_share(data: ReportData, rule: Rule) -> float | None:
    """Return the nation's share under a rule in the rolling year."""
    figure = data.figure(NATION, rule.rule_id, "rolling4", data.quarter)
    if figure is None or not figure.due or figure.met is None:
        return None
    return figure.met / figure.due


def placement(data: ReportData, rule: Rule, figure: Figure | None) -> int | None:
    """Return where a municipality lies among the exact limits, or None where nothing is compared."""
    share = nation_share(data, rule)
    if share is None or figure is None or figure.due is None or figure.met is None or figure.due < SMALLEST_COMPARED:
        return None
    return statistics.position(figure.met, figure.due, share)
