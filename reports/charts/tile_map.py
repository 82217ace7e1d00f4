"""The tile map: one equal tile per municipality, laid out like Denmark (``tile_map.csv``).

A tile map is used because boundary data cannot be shipped, and because equal tiles do not let the large and thinly
peopled municipalities speak louder than the others.

Belongs here: reading the layout and drawing it. Does not belong here: which value a municipality has.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from markupsafe import Markup, escape

LAYOUT = Path(__file__).with_name("tile_map.csv")
SIZE = 60
# Upper limits of the shades, in hundredths; the last shade is everything above.
CLASSES = (
    (20, "under 20"),
    (40, "20 til under 40"),
    (60, "40 til under 60"),
    (80, "60 til under 80"),
    (101, "80 til 100"),
)


class Place(NamedTuple):
    """Where a municipality's tile lies."""

    code: str
    name: str
    short: str
    row: int
    column: int


class Tile(NamedTuple):
    """What a tile says: the words in it, its shade (0 = no comparison), its full text and where it leads."""

    value: str
    shade: int
    words: str
    link: str | None


@cache
def places() -> tuple[Place, ...]:
    """Return the layout, by municipality code."""
    with LAYOUT.open(encoding="utf-8", newline="") as file:
        return tuple(
            Place(row["municipality_code"], row["name"], row["short"], int(row["row"]), int(row["column"]))
            for row in csv.DictReader(file)
        )


def shade(rate: float | None) -> int:
    """Return the shade of a share: 1 for the lowest class, 5 for the highest, 0 without a share."""
    if rate is None:
        return 0
    return next(index for index, (limit, _words) in enumerate(CLASSES, 1) if rate * 100 < limit)


def draw(tiles: Mapping[str, Tile], words: str, *, linked: bool = True) -> Markup:
    """Return the map. Its links serve the mouse only: the table beside it has the same ones for everybody."""
    width = (max(place.column for place in places()) + 1) * SIZE
    height = (max(place.row for place in places()) + 1) * SIZE
    hidden = 'aria-hidden="true"' if linked else f'role="img" aria-label="{escape(words)}"'
    parts = [f'<svg class="tiles" viewBox="0 0 {width} {height}" {hidden}>']
    for place in places():
        tile = tiles.get(place.code, Tile("–", 0, f"{place.name}: ingen oplysning", None))
        drawn = (
            f'<g class="t t{tile.shade}" transform="translate({place.column * SIZE} {place.row * SIZE})">'
            f'<title>{escape(tile.words)}</title><rect width="{SIZE}" height="{SIZE}" rx="4"/>'
            f'<text x="{SIZE // 2}" y="24">{escape(place.short)}</text>'
            f'<text class="v" x="{SIZE // 2}" y="43">{escape(tile.value)}</text></g>'
        )
        if linked and tile.link:
            drawn = f'<a href="{escape(tile.link)}" tabindex="-1">{drawn}</a>'
        parts.append(drawn)
    parts.append("</svg>")
    return Markup("".join(parts))
