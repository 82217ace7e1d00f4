"""Small pieces of SVG and the one style sheet that all drawings share, on pages and in documents alike.

Belongs here: how a line, a mark or a text is written. Does not belong here: what a chart shows (``charts``).
"""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import escape

# Contrast with white is at least 4.5:1 for text and 3:1 for marks; the five shades differ in lightness, so that they
# keep their order in print and for the colour-blind.
STYLE = (
    ".c-t{font:12px 'IBM Plex Sans',sans-serif;fill:#3d4752}"
    ".c-s{font:10.5px 'IBM Plex Sans',sans-serif;fill:#3d4752}"
    ".c-b{font:600 12px 'IBM Plex Sans',sans-serif;fill:#0b3c5d}"
    ".c-g{stroke:#dfe4ea;stroke-width:1;fill:none}"
    ".c-a{stroke:#8a96a3;stroke-width:1;fill:none}"
    ".c-w{stroke:#7a8896;stroke-width:1.5;fill:none}"
    ".c-p{fill:#fff;stroke:#51606f;stroke-width:2}"
    ".c-f{fill:#51606f;stroke:#51606f;stroke-width:2}"
    ".c-l{stroke:#0b5a8a;stroke-width:2.5;fill:none;stroke-linejoin:round}"
    ".c-m{fill:#0b5a8a}"
    ".c-e{fill:#0b5a8a;fill-opacity:.55;stroke:#0b5a8a}"
    ".c-x{fill:#a63603;stroke:#a63603}"
    ".c-n{stroke:#0b3c5d;stroke-width:1.5;stroke-dasharray:5 4;fill:none}"
    ".c-i{stroke:#51606f;stroke-width:1.25;fill:none}"
    ".c-o{stroke:#8a96a3;stroke-width:1.25;stroke-dasharray:2 3;fill:none}"
)

TILE_STYLE = (
    ".t rect{stroke:#fff;stroke-width:2}"
    ".t text{font:10px 'IBM Plex Sans',sans-serif;text-anchor:middle}"
    ".t .v{font-weight:600;font-size:13px}"
    ".t1 rect{fill:#e3eef6}.t2 rect{fill:#b5d3e7}.t3 rect{fill:#78aed1}.t4 rect{fill:#2a6f9e}.t5 rect{fill:#0b3c5d}"
    ".t1 text,.t2 text,.t3 text{fill:#10202d}.t4 text,.t5 text{fill:#fff}"
    ".t0 rect{fill:#f4f4f2;stroke:#b9bfc6;stroke-width:1}.t0 text{fill:#4a5560}"
    ".t0 .v{font-weight:400}"
)


def coordinate(value: float) -> str:
    """Return a coordinate with one decimal at most; more would only make the file larger."""
    return f"{value:.1f}".rstrip("0").rstrip(".")


def text(x: float, y: float, content: str, style: str = "", anchor: str = "start") -> str:
    """Return one line of text; without a style of its own it has that of its group."""
    place = "" if anchor == "start" else f' text-anchor="{anchor}"'
    named = f' class="{style}"' if style else ""
    return f'<text{named} x="{coordinate(x)}" y="{coordinate(y)}"{place}>{escape(content)}</text>'


def path(points: list[tuple[float, float]], style: str) -> str:
    """Return an open line through points."""
    steps = "L".join(f"{coordinate(x)} {coordinate(y)}" for x, y in points)
    return f'<path class="{style}" d="M{steps}"/>'


def segments(lines: list[tuple[float, float, float, float]], style: str) -> str:
    """Return many separate straight lines as one element."""
    return f'<path class="{style}" d="{"".join(_segment(*line) for line in lines)}"/>'


def _segment(x1: float, y1: float, x2: float, y2: float) -> str:
    if x1 == x2:
        end = f"V{coordinate(y2)}"
    elif y1 == y2:
        end = f"H{coordinate(x2)}"
    else:
        end = f"L{coordinate(x2)} {coordinate(y2)}"
    return f"M{coordinate(x1)} {coordinate(y1)}{end}"


def circle(x: float, y: float, radius: float) -> str:
    """Return a round mark, which has its style from a group."""
    return f'<circle cx="{coordinate(x)}" cy="{coordinate(y)}" r="{coordinate(radius)}"/>'


def square(x: float, y: float, half: float) -> str:
    """Return a square mark around a point as steps of a path."""
    side = coordinate(2 * half)
    return f"M{coordinate(x - half)} {coordinate(y - half)}h{side}v{side}h-{side}z"


def squares(points: Iterable[tuple[float, float]], half: float, style: str) -> str:
    """Return square marks around points as one element."""
    return f'<path class="{style}" d="{"".join(square(x, y, half) for x, y in points)}"/>'


def group(parts: Iterable[str], style: str, anchor: str = "") -> str:
    """Return parts that have their style, and where their text stands, in common."""
    place = f' text-anchor="{anchor}"' if anchor else ""
    return f'<g class="{style}"{place}>{"".join(parts)}</g>'


def drawing(width: float, height: float, parts: list[str], label: str) -> str:
    """Return a whole drawing for a page, where the page's own style sheet holds ``STYLE``."""
    size = f"0 0 {coordinate(width)} {coordinate(height)}"
    return f'<svg viewBox="{size}" role="img" aria-label="{escape(label)}">{"".join(parts)}</svg>'


def standalone(drawn: str) -> str:
    """Return a page's drawing as a file of its own, with the style sheet inside."""
    head, body = drawn.split(">", 1)
    return f'{head} xmlns="http://www.w3.org/2000/svg"><style>{STYLE}{TILE_STYLE}</style>{body}'
