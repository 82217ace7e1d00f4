"""What the last run came to and what is due next, for a person, a program, a log and a monitoring system."""

from __future__ import annotations

import io
import json
import re
import stat
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from pipelines import audit_trail, cli
from pipelines.layout import Output
from pipelines.runs import main_job
from pipelines.watching import log, metrics, status, status_text
from tests.small_delivery import SmallDelivery

NOW = datetime(2026, 10, 5, 9, 0, tzinfo=UTC)


def received(landing: Path, output: Output, *days: str, progress: log.LoggedProgress | None = None) -> None:
    """Receive deliveries through a run that ends after its first stage."""
    for day in days:
        SmallDelivery(day).write(landing)
    stages = progress or log.LoggedProgress(io.StringIO())
    with main_job.start(main_job.Request(output, landing), stages) as run:
        run.receive()


@pytest.fixture
def settings_of_watching(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Ask for lines of JSON and for measurements; returns the file of these."""
    folder = tmp_path / "collector"
    folder.mkdir()
    file, measured = tmp_path / "configuration.toml", folder / "god_loesladelse.prom"
    file.write_text(f'[watching]\nlog_format = "json"\nmetrics_file = "{measured}"\n', encoding="utf-8")
    monkeypatch.setenv("GOD_LOESLADELSE_CONFIGURATION", str(file))
    return measured


def test_an_empty_folder_has_a_status(output: Output) -> None:
    found = status.read(output, NOW)
    assert found.newest is None and not found.has_failed
    told = "\n".join(status_text.as_lines(found))
    assert "der har ikke været nogen" in told and "Udgivelse   ingen endnu" in told
    assert (
        "05-10-2026" not in told and "01-10-2026: kontaktlisten for 4. kvartal 2026 forberedes  (dagen er gået)" in told
    )


def test_the_newest_delivery_its_quality_and_the_stages_are_told(landing: Path, output: Output) -> None:
    received(landing, output, "2026-07-31", "2026-08-31", "2026-09-30")
    found = status.read(output, NOW)
    assert found.newest is not None and found.newest.batch_id == "2026-09-30"
    assert found.quality is not None and found.quality.rows == found.quality.loaded > 30
    assert found.quality.expectations is None
    told = "\n".join(status_text.as_lines(found))
    assert "Leverance   2026-09-30, modtaget " in told and "(3 i alt)" in told and "ikke bedømt endnu" in told
    assert re.search(r"modtaget \d+,\d s \(\d+ rækker\)", told)
    assert "30-10-2026: den næste leverance ventes" in told
    entry = [entry for entry in audit_trail.entries(output) if entry["event"] == "run"][-1]
    rows = sum(sum(file["rows"] for file in batch.receipt["files"]) for batch in found.batches)
    assert entry["stages"]["received"]["rows"] == rows and entry["stages"]["received"]["seconds"] > 0


def test_a_refused_delivery_is_told_until_a_newer_one_is_received(landing: Path, output: Output) -> None:
    bad = SmallDelivery("2026-09-30")
    bad.rows["afsoningssager.csv"] = []
    folder = bad.write(landing)
    (folder / "manifest.json").write_text("{", encoding="utf-8")
    received(landing, output)
    found = status.read(output, NOW)
    assert list(found.refused) == ["2026-09-30"] and found.has_failed
    assert "afvist siden: 2026-09-30" in "\n".join(status_text.as_lines(found))
    received(landing, output, "2026-09-30-2")
    assert list(status.read(output, NOW).refused) == [] and not status.read(output, NOW).has_failed


def test_a_failed_run_says_why_and_when_one_last_ended_well(
    landing: Path, output: Output, capsys: pytest.CaptureFixture[str]
) -> None:
    received(landing, output, "2026-09-30")
    assert cli.main(["status", "--output", str(output.root)]) == 0
    audit_trail.record(output, "run_failed", message="Drevet er fuldt.")
    capsys.readouterr()
    assert cli.main(["status", "--output", str(output.root)]) == 1
    told = capsys.readouterr().out
    assert "mislykkedes. Drevet er fuldt." in told and "den seneste gennemførte var" in told


def test_the_same_is_there_for_a_program(landing: Path, output: Output, capsys: pytest.CaptureFixture[str]) -> None:
    received(landing, output, "2026-09-30")
    capsys.readouterr()
    assert cli.main(["status", "--json", "--output", str(output.root)]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["batch"]["batch_id"] == "2026-09-30" and told["quality"]["quarantined"] == 0
    assert told["last_run"]["event"] == "run" and told["has_failed"] is False


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ([], None),
        ([date(2026, 9, 30)], None),
        ([date(2026, 3, 31), date(2026, 6, 30), date(2026, 9, 30)], date(2026, 12, 31)),
        ([date(2026, 9, 28), date(2026, 9, 29), date(2026, 9, 29), date(2026, 9, 30)], date(2026, 10, 1)),
    ],
)
def test_the_next_delivery_is_expected_after_the_usual_time(days: list[date], expected: date | None) -> None:
    assert status.next_delivery(days) == expected


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 10, 5), 60, date(2031, 10, 5)),
        (date(2026, 11, 30), 1, date(2026, 12, 30)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
    ],
)
def test_months_are_counted_to_the_end_of_a_short_one(day: date, months: int, expected: date) -> None:
    assert status._months_after(day, months) == expected


def test_the_measurements_follow_the_format_and_everybody_may_read_them(
    landing: Path, output: Output, settings_of_watching: Path
) -> None:
    received(landing, output, "2026-09-30")
    text = settings_of_watching.read_text(encoding="utf-8")
    assert stat.S_IMODE(settings_of_watching.stat().st_mode) == 0o644
    assert [path.name for path in settings_of_watching.parent.iterdir()] == ["god_loesladelse.prom"]
    typed = set()
    for line in text.splitlines():
        if line.startswith("# TYPE "):
            assert line.endswith(" gauge") and line.split()[2] not in typed
            typed.add(line.split()[2])
        elif not line.startswith("# HELP "):
            match = re.fullmatch(r'([a-z_]+)(\{[a-z]+="[a-z]+"\})? [0-9.e+-]+', line)
            assert match and match[1] in typed, line
    assert 'god_loesladelse_batch_rows{state="quarantined"} 0' in text
    assert 'god_loesladelse_stage_seconds{stage="received"}' in text
    assert "god_loesladelse_last_run_failed 0" in text


def test_measurements_that_cannot_be_written_fail_no_run(
    landing: Path, output: Output, settings_of_watching: Path
) -> None:
    settings_of_watching.parent.rmdir()
    said = io.StringIO()
    received(landing, output, "2026-09-30", progress=log.LoggedProgress(said))
    assert "metrics_file i [watching]" in said.getvalue()
    assert metrics.write(output, NOW) is not None


def test_a_log_has_one_object_a_line_and_no_personal_data(
    landing: Path, output: Output, settings_of_watching: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    progress = log.progress()
    assert isinstance(progress, log.LoggedProgress)
    progress.stage("Modtager leverancer")
    progress.step("1 af 14")
    progress.note("Afvist: 010170-1234 i linje 3")
    progress.finish("1 indlæst")
    with pytest.raises(SystemExit):
        cli.main(["batch", "list", "--output"])
    assert cli.main(["batch", "list", "--output", str(output.root / "nix")]) == 1
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines() if line.startswith("{")]
    assert [line["event"] for line in lines] == ["stage_started", "note", "stage_ended", "failed"]
    assert lines[1]["text"] == "Afvist: [personnummer skjult] i linje 3"
    assert lines[2]["stage"] == "Modtager leverancer" and lines[2]["seconds"] >= 0
    assert lines[3]["level"] == "error" and "findes ikke" in lines[3]["text"]


def test_without_the_setting_a_person_reads_text(capsys: pytest.CaptureFixture[str], output: Output) -> None:
    assert not isinstance(log.progress(), log.LoggedProgress)
    assert cli.main(["batch", "list", "--output", str(output.root / "nix")]) == 1
    assert capsys.readouterr().err.startswith("Fejl: ")
