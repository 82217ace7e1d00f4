"""The files for a server: systemd takes the units, the container gives away no rights, and both name what exists."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from pipelines import cli
from tests.conventions.test_repository import PROJECT

SERVER = PROJECT / "docs" / "server"
UNITS = sorted(SERVER.glob("*.service"))
CONTAINERFILE = SERVER / "Containerfile"


def entries(unit: Path) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in unit.read_text(encoding="utf-8").splitlines():
        if "=" in line and not line.startswith("#"):
            name, _, value = line.partition("=")
            found.setdefault(name, []).append(value)
    return found


def instructions() -> list[tuple[str, str]]:
    text = CONTAINERFILE.read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [(line.split(maxsplit=1)[0], line.split(maxsplit=1)[1]) for line in lines]


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
def test_systemd_takes_every_unit(tmp_path: Path) -> None:
    # What the units start and whom they run as is not on this machine; all else is as it is.
    for unit in [*UNITS, *SERVER.glob("*.timer")]:
        text = re.sub(r"/opt/god-loesladelse/bin/god-loesladelse", "/bin/true", unit.read_text(encoding="utf-8"))
        text = re.sub(r"^(User|Group)=.*$", r"\1=daemon", text, flags=re.MULTILINE)
        (tmp_path / unit.name).write_text(text, encoding="utf-8")
    said = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *map(str, sorted(tmp_path.iterdir()))],
        capture_output=True,
        text=True,
    )
    about_ours = [line for line in said.stderr.splitlines() if "god-loesladelse" in line]
    assert about_ours == []


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_a_service_has_an_account_of_its_own_and_writes_in_its_own_folders_only(unit: Path) -> None:
    found = entries(unit)
    assert found["User"] == ["godloesladelse"] and found["UMask"] == ["0077"]
    assert found["ProtectSystem"] == ["strict"] and found["NoNewPrivileges"] == ["yes"]
    assert found["CapabilityBoundingSet"] == [""] and "ReadWritePaths" not in found
    assert {one.partition(":")[0] for one in found["LoadCredential"]} == {"pseudonym_key", "smtp_password"}
    assert not any("KEY" in one or "PASSWORD" in one for one in found["Environment"])


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_a_service_starts_a_command_that_exists(unit: Path) -> None:
    [line] = entries(unit)["ExecStart"]
    program, *words = shlex.split(re.sub(r"\$\{(\w+)\}|%i", "3000", line))
    assert program == "/opt/god-loesladelse/bin/god-loesladelse"
    assert cli.build_parser(words[0]).parse_args(words).command == words[0]
    for told in entries(unit).get("OnFailure", []):
        assert (SERVER / f"{told.partition('@')[0]}@.service").exists() and told.endswith("@%n.service")
    assert ("OnFailure" in entries(unit)) == (unit.stem != "god-loesladelse-alert@")
    variables = set(re.findall(r"\$\{(\w+)\}", line))
    given = {one.partition("=")[0] for one in (SERVER / "god-loesladelse.conf").read_text("utf-8").splitlines()}
    assert variables <= given


def test_the_container_has_an_account_of_its_own_no_secret_and_a_health_check() -> None:
    told = instructions()
    last = max(number for number, (kind, _) in enumerate(told) if kind == "FROM")
    runtime = told[last:]
    kinds = [kind for kind, _ in runtime]
    assert dict(runtime)["USER"] == "10001:10001" and kinds.index("USER") > kinds.index("COPY")
    assert "HEALTHCHECK" in kinds and "ADD" not in {kind for kind, _ in told}
    assert not any(kind in ("ENV", "ARG") and re.search("KEY|PASSWORD", text) for kind, text in told)
    bases = [text.split()[0] for kind, text in told if kind == "FROM"]
    assert all(re.fullmatch(r"\S+:\d+\.\d+\S*", base) for base in bases) and len(set(bases)) == 1
    installing = [text for kind, text in told if kind == "RUN" and "pip install" in text]
    assert all("--no-cache-dir" in text and ("--require-hashes" in text or "--no-deps" in text) for text in installing)


def test_the_container_holds_the_program_and_starts_a_command_that_exists() -> None:
    told = instructions()
    copied = {word for kind, text in told if kind == "COPY" and "--from" not in text for word in text.split()[:-1]}
    assert all((PROJECT / name).exists() for name in copied)
    assert {"pipelines", "reports", "expectations", "dbt_project", "pyproject.toml", "requirements.lock"} <= copied
    [(_, words)] = [one for one in told if one[0] == "CMD"]
    assert cli.build_parser("ui").parse_args([*re.findall(r'"([^"]*)"', words)]).address == "0.0.0.0"
