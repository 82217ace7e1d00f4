"""What an examination finds: one sentence about one thing, and whether it is in order.

Belongs here: the form of a finding. Does not belong here: what is examined (``machine``, ``safekeeping``, ``results``).
"""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Severity(enum.Enum):
    """How a thing stands; the words are what the user reads."""

    SOUND = "i orden"
    NOTE = "bemærk"
    WARNING = "advarsel"
    FAULT = "fejl"


@dataclass(frozen=True)
class DoctorFinding:
    """One finding: about what, how it stands, what was seen, what to do ("" for nothing); all Danish."""

    about: str
    level: Severity
    text: str
    remedy: str = ""


def sound(about: str, text: str) -> DoctorFinding:
    """Return a finding that nothing needs to be done about."""
    return DoctorFinding(about, Severity.SOUND, text)


def note(about: str, text: str, remedy: str = "") -> DoctorFinding:
    """Return a finding that a person should know."""
    return DoctorFinding(about, Severity.NOTE, text, remedy)


def warning(about: str, text: str, remedy: str) -> DoctorFinding:
    """Return a finding that will be a fault one day."""
    return DoctorFinding(about, Severity.WARNING, text, remedy)


def fault(about: str, text: str, remedy: str) -> DoctorFinding:
    """Return a finding that keeps the program from working, or data from being safe."""
    return DoctorFinding(about, Severity.FAULT, text, remedy)
