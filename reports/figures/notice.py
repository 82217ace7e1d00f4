"""What a later publication about the same day corrects, said on the pages of the units it concerns.

Belongs here: which duties changed for which units, and the Danish words for it. Does not belong here: finding out what
changed (``pipelines.publishing.correction``) and later changes of old quarters, which have a table of their own.

A page of a unit for which nothing changed carries no notice, so that it stays the page it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from pipelines.danish import number
from pipelines.units import Key


@dataclass(frozen=True)
class Notice:
    """A correction, the publication it corrects, and the duties (rule ids, in order) whose figures changed, by unit."""

    publication_id: str
    corrects: str
    changed: Mapping[Key, tuple[str, ...]] = field(default_factory=dict)

    def only(self, keys: Iterable[Key]) -> Notice | None:
        """Return what the notice says of some units; None when nothing changed for them."""
        kept = {key: self.changed[key] for key in keys if key in self.changed}
        return replace(self, changed=kept) if kept else None

    def about(self, rule_id: str) -> Notice | None:
        """Return what the notice says of one duty; None when its figures did not change."""
        kept = {key: (rule_id,) for key, rules in self.changed.items() if rule_id in rules}
        return replace(self, changed=kept) if kept else None

    def units_by_duty(self) -> dict[str, int]:
        """Return for each duty that changed the number of units for which it did."""
        counts: dict[str, int] = {}
        for rules in self.changed.values():
            for rule in rules:
                counts[rule] = counts.get(rule, 0) + 1
        return counts


def unit_words(notice: Notice | None, key: Key, titles: Mapping[str, str]) -> str | None:
    """Return the notice of a unit's page; None when its figures are those of the publication that is corrected."""
    if notice is None or key not in notice.changed:
        return None
    duties = [f"»{titles[rule]}«" for rule in notice.changed[key] if rule in titles]
    if not duties:
        return None
    listed = duties[0] if len(duties) == 1 else f"{', '.join(duties[:-1])} og {duties[-1]}"
    return f"Udgivelsen {notice.publication_id} retter udgivelsen {notice.corrects}. Her er tal ændret for {listed}."


def edition_words(notice: Notice | None, titles: Mapping[str, str]) -> str | None:
    """Return the notice of an edition as a whole: every duty that changed, and for how many units."""
    if notice is None:
        return None
    parts = [
        f"»{titles[rule]}« ({number(count)} {'enhed' if count == 1 else 'enheder'})"
        for rule, count in sorted(notice.units_by_duty().items(), key=lambda item: titles.get(item[0], ""))
        if rule in titles
    ]
    changes = f"Tal er ændret for {', '.join(parts)}." if parts else "Ingen af de viste tal er ændret."
    return f"Udgivelsen {notice.publication_id} retter udgivelsen {notice.corrects}. {changes}"
