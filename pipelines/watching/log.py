"""What a run says, as lines of JSON for a log: one object a line, with when, kind, text and counts.

Belongs here: that form, and choosing it. Does not belong here: what is said (the runs say it through ``Progress``).

A text that looks like a civil registration number is masked on the way out, as in the audit trail; the texts name file,
row and reason, and never a value.
"""

from __future__ import annotations

import json
import sys
import time
from datetime import UTC, datetime
from typing import Any, TextIO

from pipelines.configuration import settings
from pipelines.errors import UserError
from pipelines.privacy.civil_registration import mask_numbers
from pipelines.progress import Progress


class LoggedProgress(Progress):
    """Progress as lines of JSON: a stage when it begins and when it ends, and everything noted on the way."""

    def __init__(self, stream: TextIO | None = None) -> None:
        """Write on the stream (stderr when none is given)."""
        super().__init__(stream)
        self._name = ""
        self._begun = 0.0

    def stage(self, text: str) -> None:
        """Begin a stage."""
        self.finish()
        self._name, self._begun = text, time.monotonic()
        write("stage_started", stage=text, stream=self._stream)

    def step(self, text: str) -> None:
        """Say nothing: a log has no living line."""

    def note(self, text: str) -> None:
        """Say something that a person should see."""
        write("note", text=text, stream=self._stream)

    def finish(self, result: str = "") -> None:
        """End the stage, with its result and its seconds."""
        if self._name:
            seconds = round(time.monotonic() - self._begun, 2)
            write("stage_ended", stage=self._name, result=result, seconds=seconds, stream=self._stream)
            self._name = ""


def is_structured() -> bool:
    """Whether the settings ask for lines of JSON; while they cannot be read, they do not."""
    try:
        return settings().watching.log_format == "json"
    except UserError:
        return False


def progress() -> Progress:
    """Return what a run tells its progress to."""
    return LoggedProgress() if is_structured() else Progress()


def write(event: str, *, stream: TextIO | None = None, level: str = "info", **facts: Any) -> None:
    """Write one line."""
    masked = {name: mask_numbers(fact) if isinstance(fact, str) else fact for name, fact in facts.items()}
    entry = {"when": datetime.now(UTC).isoformat(timespec="milliseconds"), "level": level, "event": event, **masked}
    target = stream or sys.stderr
    target.write(json.dumps(entry, ensure_ascii=False, default=str) + "\n")
    target.flush()
