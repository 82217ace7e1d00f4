"""The judge in its own process is told of each delivery once, however early it was asked."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from pipelines.errors import PassingError
from pipelines.layout import Output
from pipelines.runs.delivery_checks import Judge


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put a process that notes what it is asked in the judge's place; it fails when it is asked about "fails"."""
    notes, program = tmp_path / "asked", tmp_path / "judge"
    program.write_text(f'#!/bin/sh\ncat > "{notes}"\n! grep -q fails "{notes}"\n', encoding="utf-8")
    program.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(program))
    return notes


def test_a_delivery_asked_about_early_is_not_asked_about_again(asked: Path, tmp_path: Path) -> None:
    output, judge = Output(tmp_path / "output"), Judge()
    judge.ask(output, "2026-06-30")
    judge.ask(output, "2026-09-30")
    judge.judge(output, ["2026-03-31", "2026-09-30"])
    batches = [line.partition("\t")[2] for line in asked.read_text(encoding="utf-8").splitlines()]
    assert batches == ["2026-06-30", "2026-09-30", "2026-03-31"]


def test_a_judge_that_fails_at_what_it_was_asked_early_is_told_of(asked: Path, tmp_path: Path) -> None:
    judge = Judge()
    judge.ask(Output(tmp_path / "output"), "fails")
    with pytest.raises(PassingError, match="kør igen"):
        judge.judge(Output(tmp_path / "output"), [])


def test_a_judge_that_has_died_is_told_of_by_those_who_wait_for_it(asked: Path, tmp_path: Path) -> None:
    judge = Judge()
    judge._process.kill()
    judge._process.wait()
    judge.ask(Output(tmp_path / "output"), "2026-09-30")
    with pytest.raises(PassingError, match="kør igen"):
        judge.judge(Output(tmp_path / "output"), ["2026-09-30"])
