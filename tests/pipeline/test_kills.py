"""A run killed while it receives leaves nothing half, and the next one ends as if nothing had happened."""

from __future__ import annotations

from pathlib import Path

from benchmarks import kills
from tests.small_delivery import SmallDelivery


def test_a_handful_of_kills_ends_as_an_undisturbed_run(landing: Path) -> None:
    SmallDelivery("2026-06-30", cases=20).write(landing)
    SmallDelivery("2026-09-30", cases=25).write(landing)
    counts = kills.campaign(landing, kills=4, seed=3)
    assert counts["while at work"] >= 2
    assert counts["other outcome"] == 0
