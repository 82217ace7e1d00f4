"""Modes and groups of what the program writes: its owner's alone, or a group of operators' too."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from pipelines import audit_trail, durable_files, locks
from pipelines.errors import UserError
from pipelines.layout import Output
from pipelines.people import operators

pytestmark = pytest.mark.skipif(os.name != "posix", reason="modes and groups of POSIX")


@pytest.fixture(autouse=True)
def own_umask() -> object:
    """Let the test change umask and environment, and put both back."""
    before, group = os.umask(0o022), os.environ.pop(durable_files.GROUP_VARIABLE, None)
    os.umask(before)
    yield
    os.umask(before)
    os.environ.pop(durable_files.GROUP_VARIABLE, None)
    if group is not None:
        os.environ[durable_files.GROUP_VARIABLE] = group


def modes(output: Output) -> dict[str, int]:
    """Write one of everything and return the modes."""
    folder = durable_files.make_folder(output.root / "a" / "b")
    durable_files.write_file(folder / "file", b"x")
    durable_files.write_file(folder / "kept", b"x", mode=0o400)
    durable_files.append_line(folder / "lines", "x")
    audit_trail.record(output, "tried")
    with locks.exclusive(folder / "lock"):
        pass
    return {path.name: stat.S_IMODE(path.stat().st_mode) for path in [output.root, *output.root.rglob("*")]}


def test_without_a_group_everything_is_its_owners_alone(output: Output) -> None:
    assert modes(output) == {
        "output": 0o700,
        "a": 0o700,
        "b": 0o700,
        "file": 0o600,
        "kept": 0o400,
        "lines": 0o600,
        "lock": 0o600,
        "audit.jsonl": 0o600,
    }


def settings(folder: Path, monkeypatch: pytest.MonkeyPatch, group: str) -> None:
    file = folder / "configuration.toml"
    file.write_text(f'[people]\noperators_group = "{group}"\n', encoding="utf-8")
    monkeypatch.setenv("GOD_LOESLADELSE_CONFIGURATION", str(file))


def own_group() -> str:
    import grp

    return grp.getgrgid(os.getegid()).gr_name


def test_with_a_group_everything_is_the_groups_too_and_nobody_elses(
    output: Output, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings(tmp_path, monkeypatch, own_group())
    operators.work_in_turn(output)
    expected = {
        "output": 0o2770,
        "a": 0o2770,
        "b": 0o2770,
        "file": 0o660,
        "kept": 0o440,
        "lines": 0o660,
        "lock": 0o660,
        "audit.jsonl": 0o660,
    }
    assert modes(output) == expected
    (output.root / "by a library").write_bytes(b"x")
    assert stat.S_IMODE((output.root / "by a library").stat().st_mode) & 0o007 == 0


def test_a_folder_from_before_the_group_becomes_the_groups_with_all_that_is_in_it(
    output: Output, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    modes(output)
    (output.root / "current").symlink_to("a")
    settings(tmp_path, monkeypatch, own_group())
    operators.work_in_turn(output)
    for path in [output.root, *output.root.rglob("*")]:
        status = path.lstat()
        if not stat.S_ISLNK(status.st_mode):
            assert status.st_mode & 0o040 and not status.st_mode & 0o007, path
    assert stat.S_IMODE((output.root / "a" / "b" / "kept").stat().st_mode) == 0o440


def test_an_unknown_group_and_an_account_outside_it_are_told(
    output: Output, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings(tmp_path, monkeypatch, "findes-ikke")
    with pytest.raises(UserError, match="findes ikke på maskinen"):
        operators.work_in_turn(output)
    settings(tmp_path, monkeypatch, own_group())
    monkeypatch.setattr(os, "getegid", lambda: 4_000_000)
    monkeypatch.setattr(os, "getgroups", lambda: [])
    with pytest.raises(UserError, match="ikke medlem af gruppen"):
        operators.work_in_turn(output)
    assert durable_files.operators_group() is None
