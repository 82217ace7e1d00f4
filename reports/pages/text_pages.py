"""The pages of text: method, quality of the data, accessibility statement, news and summary in English.

Belongs here: choosing what each of them is given. Does not belong here: what they say (``method``, ``quality``, the
templates).
"""

from __future__ import annotations

from collections.abc import Sequence

from pipelines import configuration, vocabulary
from reports import html
from reports.editions import Edition
from reports.figures.data import ReportData
from reports.pages import page_header
from reports.tasks import Sources


def text_page(
    edition: Edition,
    data: ReportData,
    kind: str,
    sources: Sources,
    formats: Sequence[str],
    owner: str | None = None,
) -> str:
    """Return one of the pages of text; of ``sources`` it reads what is no figure about a case."""
    if kind == "method":
        from reports.pages.method import method_page

        norms = [
            (code, (vocabulary.word(vocabulary.NORMS, code), vocabulary.NORMS_EXPLAINED[code]))
            for code in vocabulary.NORMS
        ]
        page = method_page(edition, data, sources.explanations) | {"norms": norms}
    elif kind == "quality":
        from reports.pages.quality import quality_page

        page = quality_page(edition, data, sources.full.quality)
        page |= {"open_data": "csv" in formats and edition.name == "delt"}
    elif kind == "news":
        from reports.pages.news import news_page

        page = news_page(edition, data, sources.publications, sources.full.quality)
    elif kind == "english":
        from reports.pages.english import english_page

        page = english_page(edition, data)
    else:
        page = page_header.header(edition, data, "", "Tilgængelighedserklæring")
        page |= {"authority": configuration.settings().authority}
    return html.render(f"{kind}.html.j2", edition, page, formats=formats, owner=owner)
