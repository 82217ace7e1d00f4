"""A wheel installed in an empty environment that its account cannot write in, and the demonstration run from there.

Run ``.venv/bin/python -m benchmarks.installed``. Printed are the seconds and the size of the installation, and the
seconds of the first run; it fails when a command does, or when anything was written in the program's folder. As root
the program runs without root's right to write where the modes say no (``setpriv``).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
FOLDERS = ("pipelines", "reports", "expectations", "dbt_project")
SMALL = ("--years", "1", "--sentence-cases", "120", "--supervision-cases", "60")
WITHOUT_ROOTS_RIGHTS = ["setpriv", "--bounding-set", "-dac_override,-dac_read_search", "--inh-caps=-all"]


def timed(what: str, command: list[str], **options: object) -> None:
    """Run a command and print its seconds; ends the program when it fails."""
    begin = time.perf_counter()
    result = subprocess.run(command, capture_output=True, text=True, check=False, **options)  # type: ignore[call-overload]
    if result.returncode:
        raise SystemExit(f"{what} failed:\n{result.stdout[-2000:]}{result.stderr[-4000:]}")
    print(f"{what:<45} {time.perf_counter() - begin:6.1f} s", flush=True)


def build_wheel(folder: Path) -> Path:
    """Build the wheel of a copy of the sources, since building leaves its own files where it works."""
    copy = folder / "sources"
    for name in FOLDERS:
        shutil.copytree(PROJECT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__", "target", "logs"))
    for name in ("pyproject.toml", "README.md", "requirements.lock"):
        shutil.copy(PROJECT / name, copy / name)
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    timed("the wheel is built", [*command, "--wheel-dir", str(folder), str(copy)])
    return next(folder.glob("*.whl"))


def tree(folder: Path) -> dict[str, int]:
    """Return every path below the folder with its time of change."""
    return {path.relative_to(folder).as_posix(): path.lstat().st_mtime_ns for path in folder.rglob("*")}


def main() -> None:
    """Build, install, run, and compare the program's folder with what it was."""
    with tempfile.TemporaryDirectory(prefix="god-loesladelse-installed-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        wheel = build_wheel(folder)
        environment, own = folder / "program", folder / "account"
        python = str(environment / "bin" / "python")
        timed("an empty environment", [sys.executable, "-m", "venv", "--without-pip", str(environment)])
        install = [
            str(Path(sys.executable).with_name("uv")),
            "pip",
            "install",
            "--quiet",
            "--link-mode",
            "copy",
            "--compile-bytecode",
        ]
        install += ["--python", python]
        timed("the locked packages", [*install, "--require-hashes", "-r", str(PROJECT / "requirements.lock")])
        timed("the program itself", [*install, "--no-deps", str(wheel)])
        size = sum(path.lstat().st_size for path in environment.rglob("*"))
        print(f"{'on disk':<45} {size / 1e6:6.0f} MB", flush=True)
        for path in environment.rglob("*"):
            if not path.is_symlink():
                path.chmod(path.stat().st_mode & ~0o222)
        before = tree(environment)
        own.mkdir()
        options: dict[str, object] = {"cwd": own, "env": {"HOME": str(own), "PATH": "/usr/bin:/bin"}}
        program = [*(WITHOUT_ROOTS_RIGHTS if os.geteuid() == 0 else []), str(environment / "bin" / "god-loesladelse")]
        timed("the first run, on a small synthetic delivery", [*program, "demo", "--output", "demo", *SMALL], **options)
        timed("the same again, nothing new", [*program, "demo", "--output", "demo"], **options)
        timed("the publication is whole", [*program, "verify", "demo/published/current"], **options)
        if tree(environment) != before:
            raise SystemExit("something was written in the program's folder")
        print("nothing was written in the program's folder")


if __name__ == "__main__":
    main()
