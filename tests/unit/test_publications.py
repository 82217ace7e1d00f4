"""Publications: whole or not there, never changed, and the pointer moves last."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pipelines import publications
from pipelines.commands import verify
from pipelines.errors import UserError
from pipelines.layout import Output

DAY = date(2026, 9, 30)


def write_page(folder: Path, publication_id: str, number: int) -> dict[str, Any]:
    (folder / "direktorat").mkdir()
    (folder / "direktorat" / "index.html").write_text(f"{publication_id} {number}", encoding="utf-8")
    return {"audit": {"green": True}}


def publish(output: Output, **description: Any) -> publications.Publication:
    return publications.publish(output, DAY, {"build_digest": "x", **description}, write_page)


def test_a_publication_is_found_through_the_pointer(tmp_path: Path) -> None:
    output = Output(tmp_path)
    publication = publish(output)
    assert publication.publication_id == "2026-09-30"
    assert publications.current(output) == publication
    assert (output.published / "current" / "direktorat" / "index.html").read_text() == "2026-09-30 1"
    assert publication.description["audit"] == {"green": True}


def test_a_second_publication_about_the_same_day_stands_beside_the_first(tmp_path: Path) -> None:
    output = Output(tmp_path)
    first = publish(output)
    before = (first.folder / "release.json").read_bytes()
    second = publish(output)
    assert second.publication_id == "2026-09-30-2"
    assert publications.current(output) == second
    assert (first.folder / "release.json").read_bytes() == before
    assert [publication.publication_id for publication in publications.all_publications(output)] == [
        "2026-09-30",
        "2026-09-30-2",
    ]


def test_a_publication_that_fails_half_way_leaves_everything_as_it_was(tmp_path: Path) -> None:
    output = Output(tmp_path)
    first = publish(output)

    def fail(folder: Path, publication_id: str, number: int) -> dict[str, Any]:
        (folder / "half.html").write_text("half", encoding="utf-8")
        raise UserError("en prøve")

    with pytest.raises(UserError):
        publications.publish(output, DAY, {"build_digest": "y"}, fail)
    assert publications.current(output) == first
    publications.settle(output)
    assert sorted(path.name for path in output.published.iterdir()) == ["2026-09-30", "current"]


@pytest.mark.parametrize("change", ["changed", "missing", "added"])
def test_verify_names_what_differs(tmp_path: Path, change: str, capsys: pytest.CaptureFixture[str]) -> None:
    publication = publish(Output(tmp_path))
    page = publication.folder / "direktorat" / "index.html"
    if change == "changed":
        page.write_text("other", encoding="utf-8")
    elif change == "missing":
        page.unlink()
    else:
        page.with_name("new.html").write_text("new", encoding="utf-8")
    assert len(publications.differences(publication.folder)) == 1
    import argparse

    assert verify.execute(argparse.Namespace(publication=publication.folder)) == 1
    assert "direktorat/" in capsys.readouterr().err


def test_an_untouched_publication_verifies(tmp_path: Path) -> None:
    assert publications.differences(publish(Output(tmp_path)).folder) == []


def test_a_folder_that_is_no_publication_is_said_to_be_none(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="ingen udgivelse"):
        publications.differences(tmp_path)


def test_where_links_are_impossible_current_is_a_page_that_leads_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Path, target: str, target_is_directory: bool = False) -> None:
        raise OSError

    monkeypatch.setattr(Path, "symlink_to", refuse)
    output = Output(tmp_path)
    publication = publish(output)
    assert "../2026-09-30/direktorat/index.html" in (output.published / "current" / "index.html").read_text()
    assert publications.current(output) == publication
