"""Telling the user how far a run has come: one living line on a terminal, one line per stage elsewhere.

Belongs here: showing progress. Does not belong here: results and errors (the commands print those).
"""

from __future__ import annotations

import sys
import time
from typing import TextIO


class Progress:
    """Shows stages and, on a terminal, the steps inside them; writes to stderr so that output stays clean."""

    def __init__(self, stream: TextIO | None = None) -> None:
        """Show on the stream (stderr when none is given)."""
        self._stream = stream or sys.stderr
        self._is_terminal = self._stream.isatty()
        self._stage = ""
        self._started = time.monotonic()

    def stage(self, text: str) -> None:
        """Begin a stage, for example "Læser leverancer"."""
        self.finish()
        self._stage = text
        self._started = time.monotonic()
        if self._is_terminal:
            self._write(f"{text} ...")

    def step(self, text: str) -> None:
        """Show where inside the stage the run is, for example "42 af 106"; only a terminal shows it."""
        if self._is_terminal and self._stage:
            self._write(f"\r\033[K{self._stage}: {text}")

    def note(self, text: str) -> None:
        """Say something that stays on the screen."""
        if self._is_terminal:
            self._write("\r\033[K")
        self._write(f"{text}\n")

    def finish(self, result: str = "") -> None:
        """End the stage, with its result and its seconds."""
        if not self._stage:
            return
        seconds = f"{time.monotonic() - self._started:.1f}".replace(".", ",")
        end = f": {result}" if result else ""
        lead = "\r\033[K" if self._is_terminal else ""
        self._write(f"{lead}{self._stage}{end} ({seconds} s)\n")
        self._stage = ""

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()
