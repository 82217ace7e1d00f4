"""What changed between the list a municipality was last sent and the one it gets now.

Belongs here: comparing two lists and saying it in Danish. Does not belong here: which list was sent last (the ledger).
"""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.mailing.message import contact_list
from pipelines.mailing.message.contact_register import Institution
from pipelines.vocabulary import INSTITUTION_SECTIONS, NOT_STATED

_FIELDS = {
    "name": "navn",
    "kind": "art",
    "area": "område",
    "address": "adresse",
    "postal_code": "postnummer",
    "town": "by",
    "phone": "telefon",
    "mail": "mail",
}


@dataclass(frozen=True)
class FieldChange:
    """One field of one institution: its Danish name, the text before and the text now."""

    field: str
    before: str
    after: str


@dataclass(frozen=True)
class Changes:
    """New, gone and changed institutions, each in the list's order; ``since`` names the earlier list, None = first."""

    since: str | None
    new: tuple[Institution, ...] = ()
    gone: tuple[Institution, ...] = ()
    changed: tuple[tuple[Institution, tuple[FieldChange, ...]], ...] = ()

    @property
    def count(self) -> int:
        """How many institutions are new, gone or changed."""
        return len(self.new) + len(self.gone) + len(self.changed)

    def lines(self) -> list[str]:
        """Return the changes in Danish, a line each; one line says so when there are none."""
        if self.since is None:
            return ["Dette er den første liste herfra, så der er ingen tidligere at sammenligne med."]
        found = [f"Ny: {one.name}" for one in self.new]
        found += [f"Udgået: {one.name}" for one in self.gone]
        for one, fields in self.changed:
            told = "; ".join(f"{field.field} fra „{field.before}“ til „{field.after}“" for field in fields)
            found.append(f"Ændret: {one.name}: {told}")
        return found or ["Ingen ændringer."]


def between(before: tuple[Institution, ...] | None, after: tuple[Institution, ...], since: str | None) -> Changes:
    """Compare the earlier list with today's; without an earlier list there is nothing to compare."""
    if before is None:
        return Changes(None)
    earlier = {one.code: one for one in before}
    later = {one.code: one for one in after}
    ordered = contact_list.in_order(after)
    return Changes(
        since,
        new=tuple(one for one in ordered if one.code not in earlier),
        gone=tuple(one for one in contact_list.in_order(before) if one.code not in later),
        changed=tuple(
            (one, _fields(earlier[one.code], one))
            for one in ordered
            if one.code in earlier and earlier[one.code] != one
        ),
    )


def _fields(before: Institution, after: Institution) -> tuple[FieldChange, ...]:
    return tuple(
        FieldChange(danish_name, _shown(name, before), _shown(name, after))
        for name, danish_name in _FIELDS.items()
        if getattr(before, name) != getattr(after, name)
    )


def _shown(name: str, institution: Institution) -> str:
    value = str(getattr(institution, name))
    return (INSTITUTION_SECTIONS.get(value, value) if name == "kind" else value) or NOT_STATED
