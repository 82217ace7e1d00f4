"""The publications that there are: the one under way and those before it.

Belongs here: names and days. Does not belong here: finding publications (``pipelines.publications``) and words.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import NamedTuple


class KnownPublication(NamedTuple):
    """One publication: its name, the day that it is about, and the duties whose figures it told to be unsafe.

    None: it did not keep which (a publication by an earlier version of the program).
    """

    publication_id: str
    as_of: datetime.date
    unsafe: tuple[str, ...] | None = None


@dataclass(frozen=True)
class PublicationCalendar:
    """The publication under way, and the earlier ones in the order they were published."""

    current: KnownPublication
    earlier: tuple[KnownPublication, ...] = ()

    @property
    def before(self) -> KnownPublication | None:
        """The newest earlier publication that is about a day before this one's; else the newest of the same day."""
        of_other_days = [one for one in self.earlier if one.as_of < self.current.as_of]
        known = of_other_days or list(self.earlier)
        return max(known, key=lambda one: (one.as_of, self.earlier.index(one))) if known else None

    @property
    def newest_first(self) -> tuple[KnownPublication, ...]:
        """Every publication, the one under way first."""
        return (self.current, *reversed(self.earlier))
