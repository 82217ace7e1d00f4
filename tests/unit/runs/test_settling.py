"""A run killed between two steps: the next one finishes what was whole and writes what the audit trail lacks."""

from __future__ import annotations

import os
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from pipelines import audit_trail, durable_files, publications
from pipelines.batches import clearance, intake, retention
from pipelines.layout import Output
from pipelines.runs import main_job, output_state, settling
from tests.small_delivery import SmallDelivery, receive

DAY = date(2026, 9, 30)


class Killed(BaseException):
    """Stands for the kill."""


def killed(*arguments: Any, **named: Any) -> None:
    raise Killed


def events(output: Output) -> list[tuple[str, bool]]:
    return [(entry["event"], entry.get("settled", False)) for entry in audit_trail.entries(output)]


def publish(output: Output, page: str = "side") -> publications.Publication:
    def write(folder: Path, publication_id: str, number: int) -> dict[str, Any]:
        (folder / "index.html").write_text(page, encoding="utf-8")
        return {}

    return publications.publish(output, DAY, {"build_digest": page}, write)


@pytest.mark.parametrize("earlier", [False, True])
def test_a_whole_publication_that_is_not_pointed_at_becomes_the_current_one(
    output: Output, monkeypatch: pytest.MonkeyPatch, earlier: bool
) -> None:
    if earlier:
        publish(output, "første")
    before = publications.current(output)
    with monkeypatch.context() as patch:
        patch.setattr(publications, "point_at", killed)
        with pytest.raises(Killed):
            publish(output, "anden")
    assert publications.current(output) == before and not settling.is_settled(output_state.read(output))
    told = settling.settle(output_state.read(output))
    now = publications.current(output)
    assert now is not None and now.description["build_digest"] == "anden" and now.publication_id in told[0]
    assert settling.is_settled(output_state.read(output))
    assert ("publication", True) in events(output)
    assert settling.settle(output_state.read(output)) == []


def test_a_publication_that_is_not_whole_is_not_pointed_at(output: Output, monkeypatch: pytest.MonkeyPatch) -> None:
    first = publish(output, "første")
    monkeypatch.setattr(publications, "point_at", killed)
    with pytest.raises(Killed):
        publish(output, "anden")
    monkeypatch.undo()
    (output.published / "2026-09-30-2" / "index.html").write_text("andet")
    settling.settle(output_state.read(output))
    assert publications.current(output) == first


def test_an_unfinished_publication_is_removed(output: Output, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "rename", killed)
    with pytest.raises(Killed):
        publish(output)
    monkeypatch.undo()
    assert not settling.is_settled(output_state.read(output))
    settling.settle(output_state.read(output))
    assert list(output.published.iterdir()) == [] and settling.is_settled(output_state.read(output))


def test_a_full_drive_while_the_pointer_moves_leaves_the_earlier_publication_untouched(
    output: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = publish(output, "første")

    def full(self: Path, target: str, target_is_directory: bool = False) -> None:
        raise OSError(28, "no space left")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "symlink_to", full)
        with pytest.raises(publications.UserError, match="hel"):
            publish(output, "anden")
    assert publications.current(output) == first and publications.differences(first.folder) == []
    settling.settle(output_state.read(output))
    now = publications.current(output)
    assert now is not None and now.publication_id == "2026-09-30-2"


def test_what_is_done_and_not_in_the_audit_trail_is_written_there_once(
    landing: Path, output: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    SmallDelivery("2026-06-30").write(landing)
    SmallDelivery("2026-09-30").write(landing)
    with monkeypatch.context() as patch:
        patch.setattr(audit_trail, "record", lambda *arguments, **named: None)
        receive(landing, output)
        retention.withdraw(output, "2026-06-30", "forkert udtræk")
        publish(output)
    assert not settling.is_settled(output_state.read(output))
    settling.settle(output_state.read(output))
    assert sorted(events(output)) == [
        ("delivery_received", True),
        ("delivery_received", True),
        ("delivery_withdrawn", True),
        ("publication", True),
    ]
    assert settling.is_settled(output_state.read(output))
    settling.settle(output_state.read(output))
    assert len(events(output)) == 4


def test_a_half_cleared_landing_folder_is_cleared_by_the_next_run(
    landing: Path, output: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    SmallDelivery().write(landing)
    receive(landing, output)
    request = main_job.Request(output, landing, clear_landing=True)
    assert not clearance.is_cleared(landing, output, of_received=True)
    with monkeypatch.context() as patch:
        patch.setattr(clearance.shutil, "rmtree", killed)
        with pytest.raises(Killed):
            clearance.clear_landing(landing, output)
    (left,) = landing.iterdir()
    assert left.name == ".modtaget-2026-09-30"
    assert not main_job.is_nothing_new(main_job.Request(output, landing)) and not main_job.is_nothing_new(request)
    assert clearance.finish_clearing(landing, output) == ["2026-09-30"]
    assert list(landing.iterdir()) == [] and clearance.is_cleared(landing, output, of_received=True)


def test_a_refusal_is_in_the_audit_trail_before_its_bytes_are_skipped(
    landing: Path, output: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    delivery = SmallDelivery()
    delivery.files["tilsynssager.csv"] = b"x\n"
    delivery.write(landing)
    with monkeypatch.context() as patch:
        patch.setattr(intake.archive, "note_refused", killed)
        with pytest.raises(Killed):
            receive(landing, output)
    assert ("delivery_refused", False) in events(output)
    assert intake.has_news(landing, output)  # so the next run judges it again


def test_a_run_writes_what_came_of_it(landing: Path, output: Output) -> None:
    from pipelines.progress import Progress

    SmallDelivery().write(landing)
    with main_job.start(main_job.Request(output, landing), Progress(StringIO())) as run:
        run.receive()
    with pytest.raises(publications.UserError), main_job.start(main_job.Request(output, landing), Progress(StringIO())):
        raise publications.UserError("en prøve")
    entries = [entry for entry in audit_trail.entries(output) if entry["event"].startswith("run")]
    assert [entry["event"] for entry in entries] == ["run", "run_failed"]
    assert entries[0]["loaded"] == ["2026-09-30"] and entries[0]["build_digest"] and entries[0]["manifest_sha256"]
    assert entries[1]["message"] == "en prøve"


def test_bytes_that_a_killed_run_was_writing_are_removed(
    landing: Path, output: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    SmallDelivery().write(landing)
    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", killed)
        with pytest.raises(Killed):
            receive(landing, output)
    (output.staged / "2026-09-30").mkdir(parents=True)
    (output.staged / "2026-09-30" / ".staged.json.17").write_text("{")
    left = durable_files.unfinished_files(output)
    assert len(left) >= 2 and not settling.is_settled(output_state.read(output))
    settling.settle(output_state.read(output))
    assert durable_files.unfinished_files(output) == [] and settling.is_settled(output_state.read(output))
    assert receive(landing, output).loaded == ["2026-09-30"]
