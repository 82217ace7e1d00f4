"""A wheel holds everything that the program needs, and works from a folder that it cannot write in.

Installing it in an empty environment takes longer than the other tests together: ``benchmarks/installed.py`` does that.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.code_version import code_version
from pipelines.layout import PROGRAM, PROJECT


def sources() -> list[Path]:
    """Return the program's files, those not yet committed among them; names that begin with a dot are for tools."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", *PROGRAM]
    listed = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True).stdout.splitlines()
    files = [Path(name) for name in listed if not Path(name).name.startswith(".")]
    return [file for file in files if (PROJECT / file).exists()]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The wheel's content, in a folder that may only be read."""
    folder = tmp_path_factory.mktemp("wheel")
    copy = folder / "sources"
    for file in [*sources(), Path("pyproject.toml"), Path("README.md")]:
        (copy / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(PROJECT / file, copy / file)
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run([*command, "--wheel-dir", str(folder), str(copy)], check=True)
    place = folder / "installed"
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as wheel:
        wheel.extractall(place)
    for path in [*place.rglob("*"), place]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    yield place
    for path in (path for path in [place, *place.rglob("*")] if path.is_dir()):
        path.chmod(0o755)


def asked(installed: Path, own: Path, program: str) -> list[str]:
    """Run a program with the wheel's content in place of the sources; returns the lines that it prints."""
    environment = {"PYTHONPATH": str(installed), "HOME": str(own), "PATH": "/usr/bin:/bin"}
    code = f"import pipelines\nassert pipelines.__file__.startswith({str(installed)!r})\n{program}"
    result = subprocess.run(
        [sys.executable, "-B", "-c", code], cwd=own, env=environment, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr
    return result.stdout.splitlines()


def test_every_file_of_the_program_is_in_the_wheel(installed: Path) -> None:
    wanted = {file.as_posix() for file in sources()}
    assert len([name for name in wanted if not name.endswith(".py")]) > 150
    assert wanted - {path.relative_to(installed).as_posix() for path in installed.rglob("*")} == set()
    for name in wanted:
        assert (installed / name).read_bytes() == (PROJECT / name).read_bytes(), name


def test_nothing_else_is_in_the_wheel(installed: Path) -> None:
    found = {path.relative_to(installed).as_posix() for path in installed.rglob("*") if path.is_file()}
    more = {name for name in found - {file.as_posix() for file in sources()} if ".dist-info/" not in name}
    assert more == set()


def test_the_installed_program_starts_and_is_the_same_version(installed: Path, tmp_path: Path) -> None:
    before = sorted(installed.rglob("*"))
    program = "from pipelines import cli\nfrom pipelines.code_version import code_version\nprint(code_version())\n"
    told = asked(installed, tmp_path, f"{program}cli.main(['batch', 'list', '--output', '.'])\n")
    assert told[0] == code_version()
    assert told[1].startswith("Der er ingen leverancer i ")
    assert sorted(installed.rglob("*")) == before
