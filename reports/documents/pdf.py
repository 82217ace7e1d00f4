"""``rapport.pdf``: the unit's page as a tagged document (PDF/UA-1 and PDF/A-2a), set by typst.

Belongs here: turning a page's values into the plain JSON that ``report.typ`` reads, and compiling it. Does not belong
here: choosing figures, and fonts (``pipelines.typesetting``).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pipelines import typesetting, vocabulary
from reports.charts import svg
from reports.editions import Edition
from reports.figures.data import ReportData
from reports.pages.duties import CITIZENS, Duty
from reports.pages.work import ROWS_ON_A_PAGE
from reports.words import law
from reports.words.hidden import HIDDEN_IN_WORDS
from reports.words.present import HIDDEN_CELL

TEMPLATE = Path(__file__).with_name("report.typ")
# Columns of names and states share what is left beside those of numbers and dates.
ROOMY = ("Kommune", "Institution", "Ansvarlig", "Status", "Kontakt", "Dage til frist", "Næste skridt", "Hos")


def report_pdf(edition: Edition, data: ReportData, page: dict[str, Any], owner: str | None = None) -> bytes:
    """Return a unit's report as the bytes of a PDF."""
    return typesetting.compile_pdf(TEMPLATE, "data", document(edition, data, page, owner), _midnight(data))


def _midnight(data: ReportData) -> int:
    """Return the day of assessment as seconds: a document's date never comes from the clock."""
    return (data.run.as_of.toordinal() - 719163) * 86400


def text(value: Any) -> str:
    """Return a cell as plain text."""
    return vocabulary.HIDDEN if value is HIDDEN_CELL else str(value)


def document(edition: Edition, data: ReportData, page: dict[str, Any], owner: str | None) -> dict[str, Any]:
    """Return what the template reads."""
    run = data.run
    synthetic = " (syntetiske data)" if run.is_synthetic else ""
    quality = None
    if page.get("quality_label"):
        quality = f"Datakvalitet: {page['quality_label']}. {page['quality_meaning']} ({page['quality_counts']})"
    provisional = f" {page['provisional']} (*)." if page["provisional"] else ""
    public_year = f" {page['calendar_year']}" if page["is_public_municipality"] else ""
    return {
        "title": f"{page['title']} – God Løsladelse, {edition.title.lower()}{synthetic}",
        "author": owner or "God Løsladelse",
        "owner": owner,
        "name": page["title"],
        "notice": page["notice"],
        "edition": edition.title + synthetic,
        "marking": edition.marking,
        "year": run.as_of.year,
        "month": run.as_of.month,
        "day": run.as_of.day,
        "synthetic": run.is_synthetic,
        "kicker": page["level"] + (f" · {page['place']}" if page["place"] else ""),
        "lead": f"Opgjort pr. {page['as_of']}. Det seneste år er {page['year_name']}.{provisional}{public_year}",
        "summary": [{"label": line.label, "text": line.text} for line in page["summary"]],
        "quality": quality,
        "signs": (
            f"{vocabulary.NOTHING} = {vocabulary.NOTHING_IN_WORDS}; "
            f"{vocabulary.HIDDEN} = {HIDDEN_IN_WORDS}. "
            f"Andele på under {page['smallest']} frister siger for lidt til at stå alene; mellem andre står der "
            f"»{vocabulary.FEW}«."
        ),
        "overview": [_overview(edition, topic, page) for topic in page["topics"]],
        "topics": [
            {"title": topic["title"], "duties": [_duty(duty) for duty in topic["duties"] if not duty.empty]}
            for topic in page["topics"]
        ],
        "tables": _tables(edition, page),
        "reading": [
            "Andel til tiden er pligter opfyldt senest på fristens dag, delt med alle forfaldne. 95 pct.-intervallet "
            "(Wilson) viser, hvor stor en del af andelen der kan være tilfældig.",
            "Fordelingerne på institutioner står på siden og i data.xlsx.",
            "Lovkrav er fastsat i lov eller bekendtgørelse. Anbefalinger og indikatorer er ikke, og en overskredet "
            "dato dér er ikke et brud på loven.",
            f"Definitionerne står i metode.html. Leverance {run.batch_id}, beregning {run.code_version}.",
        ],
    }


def _overview(edition: Edition, topic: dict[str, Any], page: dict[str, Any]) -> dict[str, Any]:
    head = ["Pligt", "Norm", "Forfaldne", "Til tiden", "Andel, pct.", "95 pct.-interval", "Året før, pct."]
    widths = [0, 19, 17, 15, 16, 20, 16]
    if edition.full:
        head += ["Inden 60 dage", "Overskredet"]
        widths += [15, 19]
    rows = []
    for duty in topic["duties"]:
        year = duty.year
        title = f"{duty.rule.title}{duty.counted}"
        if duty.quality not in ("", "God"):
            title += f" {duty.quality}"
        row = [title, duty.norm, year.due, year.met, year.rate, year.interval]
        row.append(duty.before.rate if duty.before else vocabulary.NOT_SHOWN)
        if edition.full:
            row += [vocabulary.NOT_SHOWN if value is None else value for value in (duty.soon, duty.overdue)]
        rows.append([text(cell) for cell in row])
        if duty.citizens:
            all_due = duty.citizens
            shares = [all_due.rate, all_due.interval] if page["tells_mixed_rates"] else [vocabulary.NOT_SHOWN] * 2
            row = [f"{CITIZENS}{duty.rule.title}", vocabulary.NOTHING, all_due.due, all_due.met, *shares]
            rows.append([text(cell) for cell in row] + [""] * (len(head) - len(row)))
    return {"title": topic["title"], "head": head, "columns": widths, "rows": rows}


def _duty(duty: Duty) -> dict[str, Any]:
    year = duty.year
    lead = f"{text(year.met)} af {text(year.due)} til tiden{duty.counted} i det seneste år"
    if year.value is not None:
        lead += f": {text(year.rate)} pct. (95 pct.-interval {text(year.interval)} pct.)"
    notes = [duty.provisional, *duty.notes] if duty.provisional else list(duty.notes)
    if duty.parties:
        notes.append("Ikke til tiden, efter ansvarlig: " + ", ".join(f"{name} {count}" for name, count in duty.parties))
    return {
        "title": duty.rule.title,
        "source": f"{duty.norm} · Ansvarlig: {duty.party} · ",
        "law": [[one.text, one.address] for one in law.pieces(duty.rule.source)],
        "lead": f"{lead}.",
        "sentences": [str(sentence) for sentence in duty.sentences],
        "chart": svg.standalone(str(duty.chart.drawing)) if duty.chart else None,
        "words": duty.chart.words if duty.chart else "",
        "key": duty.chart.key if duty.chart else "",
        "head": ["Opgørelse", *duty.headings],
        "rows": [[name, *(text(cell) for cell in cells)] for name, cells in duty.rows],
        "comparison": [
            [name, text(cell.due), text(cell.met), text(cell.rate), text(cell.interval)]
            for name, _link, cell in duty.comparison
        ],
        "two": [list(row) for row in duty.two_rates],
        "splits": [
            [f"{title}: {name}", text(cell.due), text(cell.met), text(cell.rate), text(cell.interval)]
            for title, rows in duty.splits
            if title != vocabulary.capital(vocabulary.RATE_DIMENSIONS["institution"])
            for name, cell in rows
        ],
        "causes": [[f"{title}: {name}", *counts] for title, rows in duty.causes for name, *counts in rows],
        "notes": notes,
    }


def _part(
    title: str, lead: str | None, caption: str, head: list[str], rows: list[Any], wide: int, numeric: list[int]
) -> dict[str, Any]:
    return {
        "title": title,
        "lead": lead,
        "caption": caption,
        "head": head,
        "rows": [[text(cell) for cell in row] for row in rows],
        "columns": [3 if index == wide else 2 if name in ROOMY else 0 for index, name in enumerate(head)],
        "numeric": numeric,
    }


def _tables(edition: Edition, page: dict[str, Any]) -> list[dict[str, Any]]:
    parts = []
    for table in page["children"]:
        head = [table["first"]]
        for title, _link in table["rules"]:
            head += [f"{title}: frister", "pct."]
        rows = [[row[0], *(cell for one in row[3] for cell in (one.due, one.rate))] for row in table["rows"]]
        caption = f"Egne pligter efter {table['first'].lower()}, {table['year_name']}"
        numbers = list(range(1, len(head)))
        parts.append(_part(table["title"], "Der rangordnes ikke.", caption, head, rows, 0, numbers))
    releases = page["releases"]
    if releases:
        lead = " ".join(part for part in (releases["lead"], releases["doubt"]) if part)
        numbers = list(releases["numeric"])
        parts.append(_part("Løsladelserne", lead, releases["caption"], releases["head"], releases["rows"], 1, numbers))
    if not edition.full:
        return parts
    today = f"{page['work_lead']} »I dag« er {page['work_today']}."
    parts.append(
        _part(
            "Det, der kan nås endnu",
            today,
            "Næste skridt",
            page["work_steps_head"],
            page["work_steps"],
            1,
            [2, 3, 4, 5, 6],
        )
    )
    if page["work"]:
        lead = f"De {len(page['work'])} mest presserende af {page['work_total']}; alle står i data.xlsx."
        parts.append(_part("Arbejdsliste", lead, "Arbejdsliste", page["work_head"], page["work"], 1, []))
    if page["cooperation"]:
        told = page["cooperation"]
        title = "Samarbejdet med kommunerne"
        parts.append(_part(title, " ".join(told["sentences"]), title, told["head"], told["rows"], 0, [3, 4, 5]))
    if page["unit_rules"]:
        rows = [row[:4] for row in page["unit_rules"]]
        parts.append(_part("Samarbejdet", None, "Samarbejdet", ["Pligt", "Norm", "Status", "Dato"], rows, 0, []))
    if page["meetings"]:
        head = ["Kommune", "Seneste møde", "Næste møde senest", "Status"]
        parts.append(_part("Samarbejdsmøder med kommunerne", None, "Samarbejdsmøder", head, page["meetings"], 0, []))
    lead = "Ingen." if not page["late_cases"] else f"{page['late_total']} tilfælde; de nyeste frister vises her."
    title = "Ikke til tiden i de seneste fire kvartaler"
    parts.append(_part(title, lead, "Sager", page["late_head"], page["late_cases"][:ROWS_ON_A_PAGE], 1, []))
    return parts
