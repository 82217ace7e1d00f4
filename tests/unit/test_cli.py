"""The command line: exit status and one clear Danish message."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from pipelines import cli
from pipelines.code_version import code_version
from pipelines.errors import UserError, WrongUse
from pipelines.layout import Output


def test_every_command_has_its_module_and_danish_help(capsys: pytest.CaptureFixture[str]) -> None:
    for command in cli.COMMANDS:
        with pytest.raises(SystemExit) as ended:
            cli.main([command, "--help"])
        assert ended.value.code == 0
        text = capsys.readouterr().out
        assert "brug:" in text
        assert "usage" not in text
        assert "show this help" not in text


def test_an_unknown_command_is_wrong_use(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["flyv"])
    assert ended.value.code == 2
    assert "ugyldigt valg" in capsys.readouterr().err


def test_a_missing_argument_is_wrong_use(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["run"])
    assert ended.value.code == 2
    assert "der mangler --landing, --output" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["backup", "--keep", "tre"], "argumentet --keep: er ikke et helt tal: 'tre'"),
        (["run", "--landing", "a", "--output", "b", "--publish=1"], "tager ingen værdi, men fik '1'"),
        (["run", "--land", "a", "--output", "b"], "der mangler --landing"),
        (["run", "--landing"], "argumentet --landing: kræver en værdi"),
        (["verify", "a", "b"], "ukendte argumenter: b"),
    ],
)
def test_wrong_use_is_told_in_danish(words: list[str], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(words)
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert told in said
    assert not any(word in said for word in ("invalid", "ignored", "expected", "argument ", "could", "value", "option"))


def test_a_number_of_a_person_that_was_typed_is_not_repeated(
    output: Output, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        cli.main(["verify", "x", "010180-1234"])
    assert cli.main(["explain", "0101801234", "--output", str(output.root)]) == 1
    said = capsys.readouterr().err
    assert "0101801234" not in said and "010180" not in said and said.count("\n") >= 2


@pytest.mark.parametrize(("problem", "status"), [(UserError("rækken er væk"), 1), (WrongUse("hov"), 2)])
def test_errors_become_one_line_and_a_status(
    problem: Exception, status: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(arguments: object) -> int:
        raise problem

    monkeypatch.setattr("pipelines.commands.verify.execute", fail)
    assert cli.main(["verify", "x"]) == status
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize(
    ("built_by", "told"), [("0.9.0+older", "bygget af programmets version 0.9.0"), ("", "uventet")]
)
def test_a_warehouse_of_another_version_that_lacks_what_is_asked_for_is_told_as_such(
    built_by: str, told: str, output: Output, capsys: pytest.CaptureFixture[str]
) -> None:
    output.root.mkdir()
    with duckdb.connect(str(output.warehouse)) as connection:
        connection.execute("create schema raw; create schema intermediate")
        connection.execute(
            "create table raw.run as select 'b' as batch_id, date '2026-09-30' as as_of, 'd' as build_digest, "
            "? as code_version",
            [built_by or code_version()],
        )
        connection.execute("create table intermediate.int_cases as select 'A-1' as case_number")
    assert cli.main(["explain", "A-1", "--output", str(output.root)]) == 1
    message = capsys.readouterr().err
    assert told in message and ("god-loesladelse run" in message) == bool(built_by)


def test_an_unforeseen_error_shows_type_and_place_but_no_value(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(arguments: object) -> int:
        raise ValueError("0101581234")

    monkeypatch.setattr("pipelines.commands.verify.execute", fail)
    assert cli.main(["verify", "x"]) == 1
    message = capsys.readouterr().err
    assert "ValueError ved " in message
    assert "0101581234" not in message


def test_help_starts_without_heavy_libraries() -> None:
    code = "import sys; from pipelines import cli\ntry:\n    cli.main(['run', '--help'])\nexcept SystemExit: pass\n"
    code += "print([name for name in ('pandas', 'dagster', 'dbt', 'duckdb', 'plotly') if name in sys.modules])"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.splitlines()[-1] == "[]"


def test_a_landing_folder_that_is_not_there_is_wrong_use(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["run", "--landing", str(tmp_path / "nix"), "--output", str(tmp_path / "out")]) == 2
    assert "findes ikke" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_reader_that_has_seen_enough_is_no_error(tmp_path: Path) -> None:
    program = (
        "import sys, time\nfrom pipelines import cli\nimport pipelines.commands.batch as batch\n"
        "def many(arguments):\n    sys.stdin.read()\n    print('en linje\\n' * 100000)\n    return 0\n"
        "batch.execute = many\nsys.exit(cli.main(['batch', 'list', '--output', sys.argv[1]]))"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdin and process.stdout and process.stderr
        process.stdout.close()
        process.stdin.close()
        said = process.stderr.read().decode()
    assert process.returncode == 0
    assert said == ""
