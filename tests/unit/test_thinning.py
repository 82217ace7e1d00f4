"""Old publications made thin: what stays, what goes, what is freed, and that nothing else is allowed to be missing."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pipelines import publications
from pipelines.commands import publication as command
from pipelines.errors import UserError, WrongUse
from pipelines.layout import Output
from pipelines.publishing import thinning

SAME = "skrift" * 9000
KEPT = ("direktorat/grundlag/figures.parquet", "direktorat/grundlag/attest.json.gz")


def publish(output: Output, day: str, files: Mapping[str, str]) -> publications.Publication:
    def write(folder: Path, _publication_id: str, _number: int) -> dict[str, Any]:
        for name, text in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8")
        return {}

    grounds = {"build_digest": day, "batch_id": day, "code_version": "1.0.0+0123456789ab", "inputs": []}
    return publications.publish(output, date.fromisoformat(day), grounds, write)


@pytest.fixture
def three(output: Output) -> list[publications.Publication]:
    """Three publications a year apart that have their fonts in common."""
    return [
        publish(
            output,
            f"{year}-12-31",
            {"delt/skrift.css": SAME, "delt/index.html": f"{year}" * 9000} | {name: f"{name} {year}" for name in KEPT},
        )
        for year in (2024, 2025, 2026)
    ]


def execute(output: Output, step: str, **options: object) -> int:
    return command.execute(argparse.Namespace(step=step, output=output.root, **options))


def test_figures_proof_and_sums_stay_and_pages_go(output: Output, three: list[publications.Publication]) -> None:
    sums = (three[0].folder / "release.json").read_bytes()
    done = thinning.thin(output, date(2025, 12, 1), dry_run=False)
    assert [one.publication_id for one in done.publications] == ["2024-12-31"] and done.files == 2
    left = {path.relative_to(three[0].folder).as_posix() for path in three[0].folder.rglob("*") if path.is_file()}
    assert left == {*KEPT, "release.json", publications.THINNED}
    assert (three[0].folder / "release.json").read_bytes() == sums
    assert not (three[0].folder / "delt").exists()
    assert all(publications.differences(one.folder) == [] for one in three)
    assert publications.current(output) == three[2]


def test_only_what_no_other_publication_has_is_counted_as_freed(
    output: Output, three: list[publications.Publication]
) -> None:
    told = thinning.thin(output, date(2025, 12, 1), dry_run=True)
    assert len("2024" * 9000) <= told.size < len("2024" * 9000) + 4096 * 2
    assert (three[0].folder / "delt/index.html").exists(), "a dry run deletes nothing"
    thinning.thin(output, date(2025, 12, 1), dry_run=False)
    assert (three[1].folder / "delt/skrift.css").read_text(encoding="utf-8") == SAME


def test_what_a_thinned_publication_still_has_must_be_as_it_was(
    output: Output, three: list[publications.Publication]
) -> None:
    thinning.thin(output, date(2025, 12, 1), dry_run=False)
    (three[0].folder / KEPT[0]).unlink()
    assert publications.differences(three[0].folder) == [f"{KEPT[0]} mangler"]


def test_thinning_that_was_cut_short_is_finished_by_the_next(
    output: Output, three: list[publications.Publication], monkeypatch: pytest.MonkeyPatch
) -> None:
    unlink = Path.unlink

    def cut(path: Path, missing_ok: bool = False) -> None:
        if path.name == "skrift.css":
            raise KeyboardInterrupt
        unlink(path, missing_ok=missing_ok)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", cut)
        with pytest.raises(KeyboardInterrupt):
            thinning.thin(output, date(2025, 12, 1), dry_run=False)
    assert publications.differences(three[0].folder) == []
    assert (three[0].folder / "delt/skrift.css").exists()
    assert thinning.thin(output, date(2025, 12, 1), dry_run=False).files == 1
    assert publications.thinned_files(three[0].folder) == {"delt/skrift.css", "delt/index.html"}
    assert thinning.thin(output, date(2025, 12, 1), dry_run=False).publications == ()


def test_the_newest_is_never_thinned(output: Output, three: list[publications.Publication]) -> None:
    assert len(thinning.thin(output, date(2099, 1, 1), dry_run=True).publications) == 2


def test_the_command_tells_before_and_after(
    output: Output, three: list[publications.Publication], capsys: pytest.CaptureFixture[str]
) -> None:
    assert execute(output, "thin", older_than="12", dry_run=True) == 0
    assert "2024-12-31, opgjort pr. 31-12-2024: tyndes ud" in capsys.readouterr().out
    assert execute(output, "thin", older_than="2025-01-01", dry_run=False) == 0
    said = capsys.readouterr().out
    assert "2024-12-31, opgjort pr. 31-12-2024: tyndet ud" in said and "er slettet" in said
    assert '"publications_thinned"' in output.audit_log.read_text(encoding="utf-8")
    execute(output, "list")
    assert [line.split()[-1] for line in capsys.readouterr().out.splitlines()[1:]] == ["ud", "hel", "nyeste"]


@pytest.mark.parametrize("limit", ["to år", "2025-13-01", "-3"])
def test_a_limit_that_is_neither_months_nor_a_day_is_wrong_use(
    output: Output, three: list[publications.Publication], limit: str
) -> None:
    with pytest.raises(WrongUse, match="older-than"):
        execute(output, "thin", older_than=limit, dry_run=True)


def test_a_publication_of_another_version_says_which_version_makes_it_again(
    output: Output, three: list[publications.Publication], tmp_path: Path
) -> None:
    with pytest.raises(UserError, match=r"lavet af programmets version 1\.0\.0\+0123456789ab"):
        execute(output, "again", publication="2024-12-31", to=tmp_path / "igen")


def test_a_pack_that_is_not_there_is_told(
    output: Output, three: list[publications.Publication], tmp_path: Path
) -> None:
    with pytest.raises(UserError, match="ingen pakke til 101"):
        execute(output, "pack", municipalities=["101"], publication=None, to=tmp_path)
