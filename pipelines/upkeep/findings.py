"""What an examination finds: one sentence about one thing, and whether it is in order.

Belongs here: the form of a finding. Does not belong here: what is examined (``machine``, ``safekeeping``, ``results``).
"""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Level(enum.Enum):
    """How a thing stands; the words are what the user reads."""

    SOUND = "i orden"
    NOTE = "bemærk"
    WARNING = "advarsel"
    FAULT = "fejl"


@dataclass(frozen=True)
class Finding:
    """One finding: about what, how it stands, what was seen, what to do ("" for nothing); all Danish."""

    about: str
    level: Level
    text: str
    remedy: str = ""


def sound(about: str, text: str) -> Finding:
    """Return a finding that nothing needs to be done about."""
    return Finding(about, Level.SOUND, text)


def note(about: str, text: str, remedy: str = "") -> Finding:
    """Return a finding that a person should know."""
    return Finding(about, Level.NOTE, text, remedy)


def warning(about: str, text: str, remedy: str) -> Finding:
    """Return a finding that will be a fault one day."""
    return Finding(about, Level.WARNING, text, remedy)


def fault(about: str, text: str, remedy: str) -> Finding:
    """Return a finding that keeps the program from working, or data from being safe."""
    return Finding(about, Level.FAULT, text, remedy)
