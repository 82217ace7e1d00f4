"""Equal files of publications: one on the disk, nobody's to write, and each publication whole without the others."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pipelines import equal_files, publications
from pipelines.layout import Output

SAME, ONE, OTHER = "skrift" * 4000, "en" * 4000, "to" * 4000


def publish(output: Output, day: str, files: Mapping[str, str]) -> publications.Publication:
    def write(folder: Path, _publication_id: str, _number: int) -> dict[str, Any]:
        for name, text in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8")
        return {}

    return publications.publish(output, date.fromisoformat(day), {"build_digest": day}, write)


def no_links(*_arguments: object, **_named: object) -> None:
    raise OSError


def test_a_file_of_an_earlier_publication_and_of_another_pack_is_one_file(output: Output) -> None:
    first = publish(output, "2026-06-30", {"kommune/101/skrift.css": SAME, "kommune/147/skrift.css": SAME, "a": ONE})
    second = publish(output, "2026-09-30", {"kommune/101/skrift.css": SAME, "a": OTHER})
    places = [first.folder / "kommune/101/skrift.css", second.folder / "kommune/101/skrift.css"]
    assert len({place.stat().st_ino for place in [*places, first.folder / "kommune/147/skrift.css"]}) == 1
    assert (first.folder / "a").stat().st_ino != (second.folder / "a").stat().st_ino
    assert equal_files.own_size(second.folder, [first.folder]) < len(SAME) < equal_files.own_size(second.folder)
    assert publications.differences(first.folder) == publications.differences(second.folder) == []


def test_no_published_file_can_be_written_to(output: Output) -> None:
    publish(output, "2026-06-30", {"a": SAME})
    publish(output, "2026-09-30", {"a": SAME, "b": ONE})
    files = [path for path in output.published.rglob("*") if path.is_file()]
    assert len(files) > 4
    assert not any(stat.S_IMODE(path.stat().st_mode) & 0o222 for path in files)


def test_a_file_that_is_replaced_leaves_the_earlier_publication_as_it_was(output: Output) -> None:
    first = publish(output, "2026-06-30", {"a": SAME})
    second = publish(output, "2026-09-30", {"a": SAME})
    (output.root / "new").write_text(ONE, encoding="utf-8")
    (output.root / "new").replace(second.folder / "a")
    assert publications.differences(first.folder) == []
    assert publications.differences(second.folder) == ["a er ændret"]


def test_an_earlier_file_that_is_no_longer_what_was_published_is_not_shared(output: Output) -> None:
    first = publish(output, "2026-06-30", {"a": SAME})
    (first.folder / "a").chmod(0o600)
    (first.folder / "a").write_text(SAME.replace("skrift", "skrefk"), encoding="utf-8")
    second = publish(output, "2026-09-30", {"a": SAME})
    assert (second.folder / "a").read_text(encoding="utf-8") == SAME
    assert publications.differences(second.folder) == []


def test_a_publication_stays_whole_when_the_others_are_gone_and_when_it_is_copied(
    output: Output, tmp_path: Path
) -> None:
    first = publish(output, "2026-06-30", {"a": SAME})
    second = publish(output, "2026-09-30", {"a": SAME})
    shutil.rmtree(first.folder)
    shutil.copytree(second.folder, tmp_path / "copy")
    assert publications.differences(second.folder) == publications.differences(tmp_path / "copy") == []


def test_where_hard_links_are_impossible_the_bytes_lie_once_in_a_store(
    output: Output, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "link", no_links)
    first = publish(output, "2026-06-30", {"a": SAME, "b": SAME})
    second = publish(output, "2026-09-30", {"a": SAME, "c": ONE})
    stored = list((output.published / equal_files.STORE).iterdir())
    assert len(stored) == 2
    assert equal_files.own_size(second.folder, [first.folder]) < len(SAME)
    shutil.copytree(second.folder, tmp_path / "copy")
    assert publications.differences(first.folder) == publications.differences(tmp_path / "copy") == []
    shutil.rmtree(second.folder)
    publications.settle(output)
    assert len(list((output.published / equal_files.STORE).iterdir())) == 1
    assert publications.differences(first.folder) == []


def test_where_no_links_are_possible_each_place_has_a_copy(output: Output, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "link", no_links)
    monkeypatch.setattr(Path, "symlink_to", no_links)
    publish(output, "2026-06-30", {"a": SAME})
    second = publish(output, "2026-09-30", {"a": SAME})
    assert not (second.folder / "a").is_symlink()
    assert publications.differences(second.folder) == []
