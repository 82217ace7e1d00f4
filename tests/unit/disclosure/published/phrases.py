"""What has a digit on a published page and is no figure, each kind with its reason.

Belongs here: patterns, as narrow as they can be. Does not belong here: reading figures.
"""

from __future__ import annotations

import re
from functools import lru_cache

from .places import Place

_MONTHS = "januar|februar|marts|april|maj|juni|juli|august|september|oktober|november|december"
_ENGLISH = "January|February|March|April|May|June|July|August|September|October|November|December"

_REASONS: dict[str, tuple[str, ...]] = {
    "where a duty is written down": (
        r"§§? ?\d+(?:-\d+)?(?: [a-z](?=[ ,.)]))?",
        r"\bstk\. \d+(?:-\d+)?",
        r"\b[Gg]uide \d+(?:\.\d+)*(?:(?:,| og) \d+(?:\.\d+)+)*",
        r"\bBEK nr\. \d+ af \d\d/\d\d/\d{4}",
        r"\bPDF/UA-1\b|\bWCAG \d\.\d|\bEN \d+ \d+",
    ),
    "days, quarters, years and versions": (
        r"https?://\S+",
        rf"\b\d{{1,2}}\. (?:{_MONTHS})(?: \d{{4}})?",
        rf"\b\d{{1,2}} (?:{_ENGLISH}) \d{{4}}",
        r"\b\d{4}-\d\d-\d\d(?:T[\d:]+Z?)?(?:-\d+)?(?![\d-])",
        r"\b\d\d-\d\d-\d{4}\b",
        r"D:\d{14}Z",
        r"\btag:kriminalforsorgen\.dk,2025:",
        r"\b\d\. (?:kvt\.|kvartal) (?:\d{4}|\d\d)(?: til \d\. kvt\. \d{4})?",
        r"\b20\d\d-Q\d\b",
        r"(?<![\d.,])20\d\d(?![\d.,]*\d)(?! af )",
        r"\b\d+\.\d+\.\d+(?:\+[0-9a-f]+)?\b",
    ),
    "how long a duty gives": (
        r"\b\d+ (?:dages?|dag|år|måneders?|days?|years?|months?|application_days)\b",
        r"\bog \d+ til besked",
        r"\bdag \d+\b",
        r"\(1 = mandag\): \d",
    ),
    "the same words wherever something is hidden, few or left to chance": (
        r"\bunder 5 eller ingen\b",
        r"\b(?:[Uu]nder|[Mm]indst) 20 (?:frister|i mindst et af årene)\b",
        r"\bmindst 5 (?:frister|til tiden)\b|\b5 ikke til tiden\b",
        r"\bfewer than 20 deadlines\b",
        r"\b5 procentpoint\b",
        r"\bop til 8 i alt\b",
        r"\b(?:95|99,8) pct\.-(?:grænse(?:n|r)\b|interval(?:let)?(?! \d))|\b95% interval",
        r"\((?:95|99,8|95 og 99,8) pct\.\)",
        r"\bpå højst 2 af 100 sider\b",
        r"\b1 ud af (?:20|500)\b",
        r"\bnærmeste 100\b",
        r"^(?:under 20|\d0 til (?:under )?\d0\d?)$",
        r"^050100$",
        r"\b\d: (?=Indsatte|Under |Foranstaltning)",
    ),
    "how many duties or units a page shows or compares; it can be counted on the pages": (
        r"\b\d+ af \d+ (?:pligter|kommuner|er nye)\b",
        r"\b\d+ (?:andre |anden |egne )?(?:pligter|pligt|kommuner|kommune|enheder|enhed)\b",
        r"\bde \d+ andre\b",
        r"\bfor \d+ (?:er tallene|af dem)\b",
    ),
}
NO_FIGURES = tuple(re.compile(pattern) for patterns in _REASONS.values() for pattern in patterns)

_FOLDER = r"(?:kommune/\d{3}|region/\d{4})"
_STRUCTURE = tuple(
    (re.compile(name), re.compile(value))
    for name, value in (
        (r"\w+ tabindex", r"-1|0"),
        (r"t[hd] (?:colspan|rowspan)", r"\d"),
        (r"meta charset", r"utf-8"),
        (r"meta content", r"width=device-width, initial-scale=1"),
        (
            r"\w+ (?:href|src)",
            r"(?:\.\./)*(?:(?:kommune/\d{3}|region/\d{4})/|pligt/\w+/)?[a-z_.-]*(?:#kommune-\d{3}|#[\w-]*[a-z_])?",
        ),
        (r"a href", r"https://www\.retsinformation\.dk/eli/lta/\d{4}/\d+"),
        (r"tr id", r"kommune-\d{3}"),
        (r"tr data-names", r"\d{3}(?:\|[^\d|]+)*"),
        (r"\w+ data-years", r"2"),
        (r"\w+ class", r"(?:k k|t t)\d"),
        (r"svg(?: mark| tiles)?", r"viewBox=0 0 \d+ \d+|viewbox=0 0 \d+ \d+"),
        (r"path c-g", r"d=(?:[MLHV][\d.]+(?: [\d.]+)?)+"),
        (r"g t t\d", r"transform=translate\(\d*0 \d*0\)"),
        (r"rect", r"width=60 height=60 rx=4"),
        (r"text(?: v| c-s)?", r"x=[\d.]+ y=[\d.]+"),
        (r"name|path|@id|dcat:.*|.*URL", rf"{_FOLDER}/[a-z-]+\.\w+|(?:kommune|region)-\d{{3,4}}-data(?:-aar)?"),
        (r"minimum|encoding|format|version|profile|name", r"0|CC-BY-4\.0|utf-8(?:-sig)?|\d+\.\d+"),
        (r"text c-s|axis", r"(?:(?:\d\. kvt\. \d\d|100 pct\.) ?)+|0|25|50|75|100 pct\.|[125][0.]+|\d\. kvt\. \d\d"),
        (r"", rf"{_FOLDER}/(?:index\.html|data(?:-aar)?\.(?:csv|xlsx)|rapport\.pdf)"),
        (r"workbookViewId|tabSelected|ySplit|xSplit|sheetId|localSheetId|hidden|fullCalcOnLoad", r"\d+"),
        (r"defaultRowHeight|left|right|top|bottom|header|footer", r"15|0\.\d+"),
        (r"lastEdited|lowestEdited|rupBuild|defaultThemeVersion|calcId", r"4|4505|124226|124519"),
        (r"xWindow|yWindow|windowWidth|windowHeight", r"240|15|16095|9660"),
        (r"id", r"rId\d+"),
        (r"type", r"dcterms:W3CDTF"),
        (r"size|i4|DocSecurity|AppVersion", r"\d|12\.0000"),
        (r"definedName", r"'?[\w ]+'?!\$A\$1:\$[A-Z]+\$\d+"),
        (r"/Contents", r"“[^”]+” side \d+"),
        (r"a", r"(?:href=\S+ )?tabindex=-1"),
    )
)


@lru_cache(maxsize=100_000)
def without_phrases(text: str) -> str:
    """Return a text with a sign in the place of every phrase that has a digit and is no figure."""
    for pattern in NO_FIGURES:
        text = pattern.sub("¤", text)
    return text


def is_structure(place: Place) -> bool:
    """Return whether an attribute or a stroke only lays out or links a page: known by its name and its few values."""
    return any(name.fullmatch(place.column) and value.fullmatch(place.text) for name, value in _STRUCTURE)
