"""The page of one case on a list: why each of its duties is late or open, and the delivered rows that say so.

Belongs here: where such a page lies, and putting an explanation on it. Does not belong here: the explanation itself
(``pipelines.rules``) and which cases have a page (those on the lists).

The page is the same in the Directorate's edition and in the municipality's pack, to the byte, so that the disk has it
once: it tells what the municipality may read, names it, and reaches only its neighbours, which both editions have.
"""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup, escape

from pipelines.danish import long_date, short_date
from pipelines.rules.explain import SOURCE
from pipelines.rules.listed_cases import DeliveredRow, ListedCase
from pipelines.units import code_folder, folder_of
from pipelines.vocabulary import NOTHING
from reports import html
from reports.figures.published_rows import RunRow
from reports.tasks import CASE_FOLDER
from reports.words import law

#: The style of these pages, beside them: the fonts of the other pages are left out, for each folder has a copy.
STYLE_FILE = "sag.css"


def case_file(case_id: str) -> str:
    """Return the name of a case's file."""
    return f"{code_folder(case_id)}.html"


def case_folder(municipality_code: str | None) -> str:
    """Return where the pages of a municipality's cases lie below an edition's folder; None: it is not known."""
    return f"{folder_of('municipality', municipality_code) if municipality_code else ''}{CASE_FOLDER}/"


def case_page(case: ListedCase, run: RunRow, place: str, form_file: str | None, answer_by: str) -> str:
    """Return the page. ``place`` is the municipality's name (or the nation's), ``answer_by`` the last day in words."""
    return (
        html.environment()
        .get_template("case.html.j2")
        .render(
            policy=html.STILL_POLICY,
            style_file=STYLE_FILE,
            case_id=case.case_id,
            place=place,
            is_synthetic=run.is_synthetic,
            as_of=long_date(run.as_of),
            batch=run.batch_id,
            code_version=run.code_version,
            outcomes=[
                {
                    "rule_id": one.rule_id,
                    "heading": one.heading,
                    "paragraph": _with_links(one.paragraph),
                    "facts": _items(one.facts),
                }
                for one in case.explanations
            ],
            rows=_rows(case.rows),
            form_file=form_file,
            answer_by=answer_by,
        )
    )


def _with_links(paragraph: str) -> Markup:
    """Return an explanation in which the law leads to its own text; its last sentence names it."""
    told, mark, source = paragraph.rpartition(SOURCE)
    return Markup("{}{}{}").format(told, mark, law.linked(source))


def _items(texts: Iterable[str]) -> Markup:
    """Return texts as the items of a list, escaped at once: there are many of them."""
    return Markup(str(escape("\0".join(texts))).replace("\0", "</li><li>"))


def _rows(rows: Iterable[DeliveredRow]) -> list[dict[str, str]]:
    return [
        {
            "file": row.file,
            "line": str(row.line),
            "number": row.number or NOTHING,
            "days": ", ".join(f"{name} {short_date(day)}" for name, day in row.days) or NOTHING,
        }
        for row in rows
    ]
