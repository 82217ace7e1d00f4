"""What has been read: figures, and places that nothing is known of. Belongs here: the two shapes of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from .places import Place


class Figure(NamedTuple):
    """A figure as a file gives it.

    ``measure``  due, met, own_due or own_met; or rate, low or high, in per cent (with ``own_`` before it).
    ``period``   as in ``pipelines.disclosure.model.Key``; two years that are added up have a plus between them.
    ``value``    None where the mark for hidden stands.
    """

    rule: str
    level: str
    unit: str
    period: str
    measure: str
    value: float | None
    file: str


@dataclass
class Reading:
    """All that was read."""

    figures: list[Figure] = field(default_factory=list)
    not_understood: list[Place] = field(default_factory=list)


class NotUnderstood(ValueError):
    """A place has a digit and does not say of what."""
