"""A failure nobody foresaw leaves the developers what they need, and nothing of a delivery."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from pipelines import cli, failure_report
from pipelines.errors import UserError
from pipelines.privacy.containment import ContainedError, contained

SECRET = "Åse Ørsted 010190-1234"


@contained
def spoiled(rows: list[str]) -> int:
    try:
        return int(rows[0])
    except ValueError as error:
        raise KeyError(rows[0]) from error


def report_named_in(message: str) -> dict:
    (file,) = re.findall(r"rapporten (\S+\.json)", message)
    assert Path(file).stat().st_mode & 0o777 == 0o600
    text = Path(file).read_text(encoding="utf-8")
    assert "Ørsted" not in text and "1234" not in text
    return json.loads(text)


def test_the_message_names_a_report_with_type_place_lines_and_versions_and_no_value() -> None:
    with pytest.raises(ContainedError) as failed:
        spoiled([SECRET])
    assert "Uventet fejl (KeyError ved tests/unit/test_failure_report.py linje" in str(failed.value)
    assert "Ørsted" not in str(failed.value)
    report = report_named_in(str(failed.value))
    assert [error["type"] for error in report["errors"]] == ["builtins.KeyError", "builtins.ValueError"]
    assert any("in spoiled" in line or "i spoiled: raise KeyError" in line for line in report["errors"][0]["stack"])
    assert report["program"].startswith("1.") and report["packages"]["duckdb"] and report["python"]


def test_the_command_line_keeps_a_report_of_what_nobody_foresaw(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    from pipelines.commands import batch

    def fails(_: object) -> int:
        raise RuntimeError(SECRET)

    monkeypatch.setattr(batch, "execute", fails)
    assert cli.main(["batch", "list", "--output", str(tmp_path)]) == 1
    told = capsys.readouterr().err
    assert "uventet fejl (RuntimeError ved tests/unit/test_failure_report.py" in told and "Ørsted" not in told
    assert report_named_in(told)["errors"][0]["type"] == "builtins.RuntimeError"


def test_where_no_report_can_be_kept_the_message_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "a file").write_text("", encoding="utf-8")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "a file"))
    monkeypatch.setattr(failure_report.tempfile, "gettempdir", lambda: str(tmp_path / "a file"))
    assert "kunne ikke gemmes" in failure_report.keep(KeyError(SECRET))


def test_a_failure_of_one_document_names_the_unit_and_the_document() -> None:
    about = failure_report.about
    with pytest.raises(UserError) as failed, about("direktorat/unit/municipality/101"), about("rapport.pdf"):
        raise ZeroDivisionError(SECRET)
    assert str(failed.value).startswith("direktorat/unit/municipality/101: rapport.pdf kunne ikke laves: ZeroDivision")
    report_named_in(str(failed.value))
