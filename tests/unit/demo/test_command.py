"""``god-loesladelse demo`` makes a synthetic delivery once, of the size that is asked for, and works on it again."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import pytest

from pipelines.commands import demo
from pipelines.demo import delivery
from pipelines.errors import UserError


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What each delivery was made with; nothing is written, and no main job runs."""
    calls: list[dict[str, Any]] = []

    def write(landing: Path, **world: Any) -> None:
        landing.mkdir(parents=True)
        calls.append(world)

    monkeypatch.setattr(delivery, "write_synthetic_delivery", write)
    monkeypatch.setattr(demo, "run_main_job", lambda request: 0)
    return calls


def command(output: Path, *words: str) -> int:
    """The command with these words."""
    parser = argparse.ArgumentParser()
    demo.configure(parser)
    return demo.execute(parser.parse_args(["--output", str(output), *words]))


def test_without_a_size_the_delivery_is_as_large_as_the_country(made: list[dict[str, Any]], tmp_path: Path) -> None:
    assert command(tmp_path) == 0
    assert made == [{}]


def test_a_size_is_handed_on(made: list[dict[str, Any]], tmp_path: Path) -> None:
    command(tmp_path, "--years", "2", "--sentence-cases", "300", "--supervision-cases", "0", "--seed", "7")
    assert made == [{"years": 2, "sentence_cases": 300, "supervision_cases": 0, "seed": 7}]


def test_a_delivery_that_is_there_is_worked_on_again(made: list[dict[str, Any]], tmp_path: Path) -> None:
    for words in (("--years", "2"), ("--years", "2"), ()):
        assert command(tmp_path, *words) == 0
    assert len(made) == 1


def test_another_size_needs_another_folder(made: list[dict[str, Any]], tmp_path: Path) -> None:
    command(tmp_path)
    with pytest.raises(UserError, match="Vælg en anden mappe"):
        command(tmp_path, "--years", "2")
    assert len(made) == 1


@pytest.mark.parametrize("words", [("--years", "0"), ("--sentence-cases", "-1"), ("--supervision-cases", "mange")])
def test_a_size_that_is_none_is_wrong_use(words: tuple[str, str], tmp_path: Path) -> None:
    with pytest.raises(SystemExit):
        command(tmp_path, *words)
