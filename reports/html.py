"""Templates into HTML: one environment, one content security policy per kind of edition, and the shared files.

Belongs here: Jinja, what a page may load, and the bytes of the shared style sheet and scripts. Does not belong here:
what a page says.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Collection
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from reports import own_style
from reports.charts import svg
from reports.editions import Edition
from reports.table_columns import column_classes
from reports.words import glossary, law

HERE = Path(__file__).parent
FONTS = HERE / "fonts"
ASSETS = HERE / "assets"

# Where a template wants the contents of its page, which are read from the headings that it has become.
CONTENTS = "\ue001indhold\ue001"
# Where it wants its own style, of which only the rules that it needs are kept.
STYLE = "\ue001stil\ue001"
HEADING = re.compile(r'<h2 id="([^"]+)">(.*?)</h2>')
FEWEST_IN_CONTENTS = 4

# A page opened from a file share has the origin "null", for which 'self' matches nothing in some browsers; the scheme
# file: is named as well. Neither reaches another host. Plotly sets styles on elements, hence 'unsafe-inline' there.
LIVE_POLICY = Markup(
    "default-src 'none'; script-src 'self' file:; style-src 'self' file: 'unsafe-inline'; img-src 'self' data:; "
    "font-src data:; base-uri 'none'; form-action 'none'"
)
STILL_POLICY = Markup(
    "default-src 'none'; style-src 'self' file: 'unsafe-inline'; font-src data:; base-uri 'none'; form-action 'none'"
)
#: Plotly's bundle of the simple charts, a quarter of the whole (1.2 MB of 4.8): the pages' charts are lines and points.
#: Its licence (MIT) stands beside it and in its head.
LIBRARY = "plotly-basic.min.js"
#: The fonts of pages that hold their own style: a page that leaves its folder alone loses the face and nothing else.
FONTS_FILE = "skrift.css"


@cache
def environment() -> jinja2.Environment:
    """Return the one Jinja environment: everything escaped, an unknown name an error."""
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE / "templates", encoding="utf-8"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def render(
    template: str, edition: Edition, page: dict[str, Any], *, owner: str | None = None, formats: Collection[str] = ()
) -> str:
    """Return a page as HTML; ``formats`` are those in which the page's files lie beside it."""
    still = not edition.live_charts
    text = (
        environment()
        .get_template(template)
        .render(
            {
                "policy": STILL_POLICY if still else LIVE_POLICY,
                "inline_style": STYLE if still else None,
                "fonts_file": FONTS_FILE,
                "live": edition.live_charts,
                "owner": owner,
                "formats": formats,
                "uses_hidden": edition.name != "direktorat",
                "children": None,
                "map": None,
                "quality_label": None,
                "contents_here": CONTENTS,
                "term": glossary.term,
                "law": law.linked,
                "column_classes": column_classes,
                "own_row": "",
                **page,
            }
        )
    )
    text = text.replace(CONTENTS, contents(text)).replace("</main>", f"{glossary.explanations(text)}</main>")
    return text.replace(STYLE, own_style.needed(page_style(), text), 1) if still else text


def contents(text: str) -> str:
    """Return the contents of a page, a link to each of its headings; nothing for a page of few."""
    found = HEADING.findall(text)
    if len(found) < FEWEST_IN_CONTENTS:
        return ""
    links = "".join(f'<li><a href="#{anchor}">{heading}</a></li>' for anchor, heading in found)
    return f'<nav class="contents" aria-labelledby="paa-siden"><p id="paa-siden">På siden</p><ul>{links}</ul></nav>'


@cache
def font_faces() -> str:
    """Return the fonts as a style sheet that holds them: a font file of its own is not loaded from a file share."""
    faces = []
    for name, weight in (("Regular", 400), ("SemiBold", 600)):
        content = base64.b64encode((FONTS / f"IBMPlexSans-{name}-Latin1.woff2").read_bytes()).decode("ascii")
        faces.append(
            f"@font-face{{font-family:'IBM Plex Sans';font-weight:{weight};font-display:swap;"
            f"src:url(data:font/woff2;base64,{content}) format('woff2')}}"
        )
    return "".join(faces) + "\n"


@cache
def page_style() -> str:
    """Return the style of every page, without the fonts."""
    # The page's own rules come last, since they give the drawings other colours on a dark screen.
    return svg.STYLE + svg.TILE_STYLE + "\n" + (ASSETS / "side.css").read_text(encoding="utf-8")


def shared_files(edition: Edition) -> dict[str, bytes]:
    """Return the files that an edition's pages share, by their place below its folder."""
    if not edition.live_charts:
        return {}
    return {
        "assets/side.css": (font_faces() + page_style()).encode(),
        "assets/side.js": (ASSETS / "side.js").read_bytes(),
        "assets/hent.js": (ASSETS / "hent.js").read_bytes(),
        f"assets/{LIBRARY}": (ASSETS / LIBRARY).read_bytes(),
    }
