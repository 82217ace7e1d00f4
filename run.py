#!/usr/bin/env python3
"""Set up what is missing and start the program: ``python3 run.py [test | check | fix | any sub-command ...]``.

Belongs here: making ``.venv`` from the lock file, with the standard library alone, and handing over. Does not belong
here: anything the program does once it is installed (``pipelines/cli.py``).

The program's own packages (``requirements.lock``) are installed; for ``test``, ``check`` and ``fix`` also those that
developers need (``requirements-dev.lock``, which holds the others at the same versions).

Without arguments the main job runs on a synthetic delivery that it makes first. ``test`` runs the tests (``test --all``
also the campaigns of whole runs, which take as long again; ``test --spark`` installs the second engine,
``requirements-spark.lock``, and builds on it too), ``check`` runs linters and type checker and changes nothing
(``check --all`` lints also the SQL that has not changed), ``fix`` formats and writes anew what is written from the
contract, the catalogue and the models; everything else is passed on to ``god-loesladelse``.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import venv
from pathlib import Path

PROJECT = Path(__file__).resolve().parent
ENVIRONMENT = PROJECT / ".venv"
BINARIES = ENVIRONMENT / ("Scripts" if os.name == "nt" else "bin")
PROGRAM_LOCK = PROJECT / "requirements.lock"
DEVELOPERS_LOCK = PROJECT / "requirements-dev.lock"
SPARK_LOCK = PROJECT / "requirements-spark.lock"
STAMP = ENVIRONMENT / "installed.sha256"
#: The modules that write files of the project from others of it, those first that another one reads.
GENERATORS = (
    "pipelines.contract.dbt_sources",
    "pipelines.warehouse.rule_models",
    "pipelines.contract.dictionary",
    "pipelines.rules.catalogue_page",
    "pipelines.rules.lineage",
)
# The installer itself is pinned; everything else is pinned, with hashes, in the lock file.
INSTALLER = "uv==0.13.9"


def wanted_stamp(lock: Path) -> str:
    """Return the digest of all that decides what must be installed."""
    digest = hashlib.sha256()
    for file in (lock, PROJECT / "pyproject.toml"):
        digest.update(file.read_bytes())
    digest.update(f"{PROJECT} {sys.version_info[:2]} {INSTALLER}".encode())
    return digest.hexdigest()


def say(text: str) -> None:
    """Tell the user what happens, on stderr so that a command's own output stays clean."""
    print(text, file=sys.stderr, flush=True)


def install(lock: Path) -> None:
    """Make ``.venv`` as the lock file says; ends the program with a clear message when that fails."""
    # What developers have holds all that the program needs.
    good_enough = (wanted_stamp(lock), wanted_stamp(DEVELOPERS_LOCK))
    if STAMP.exists() and STAMP.read_text(encoding="ascii") in good_enough:
        return
    if not (3, 11) <= sys.version_info[:2] < (3, 14):
        sys.exit("Python 3.11, 3.12 eller 3.13 er nødvendig. Denne er " + sys.version.split()[0] + ".")
    say("Gør klar: installerer programmets pakker i .venv (kun første gang, typisk under et minut) ...")
    STAMP.unlink(missing_ok=True)
    if not _is_usable():
        venv.EnvBuilder(with_pip=True, clear=True).create(ENVIRONMENT)
    has_installer = _succeeds([*_tool(has_installer=False), INSTALLER])
    if not has_installer:
        say("uv kunne ikke installeres; bruger pip, det tager lidt længere tid.")
    tool = _tool(has_installer=has_installer)
    # setuptools builds the project itself; it is in the lock file, so that the build fetches nothing by itself.
    # Python compiles what it imports and keeps it, once. Where it is told not to, every process would compile anew, and
    # starting takes twice as long: then all is compiled here (pip does so by itself).
    compiled = ["--compile-bytecode"] if has_installer and sys.dont_write_bytecode else []
    steps = (
        [*tool, *compiled, "--require-hashes", "-r", str(lock)],
        [*tool, "--no-deps", "--no-build-isolation", "--editable", str(PROJECT)],
    )
    for step in steps:
        if not _succeeds(step):
            sys.exit("Pakkerne kunne ikke installeres. Tjek netværket til pakkearkivet, og kør kommandoen igen.")
    STAMP.write_text(wanted_stamp(lock), encoding="ascii")


def install_spark() -> None:
    """Add the second engine to ``.venv``: the developers' versions of all that it shares with them."""
    say("Gør klar: installerer Spark i .venv (en halv gigabyte, kun første gang) ...")
    tool = _tool(has_installer=(BINARIES / "uv").exists())
    if not _succeeds([*tool, "--require-hashes", "-r", str(SPARK_LOCK)]):
        say("Spark kunne ikke installeres (tjek netværket til pakkearkivet); dets tests siger, at de er sprunget over.")


def _tool(*, has_installer: bool) -> list[str]:
    """Return the beginning of a command that installs into ``.venv``: uv's where it is there, else pip's."""
    python = str(BINARIES / "python")
    if has_installer:
        return [str(BINARIES / "uv"), "pip", "install", "--quiet", "--python", python]
    return [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]


def _is_usable() -> bool:
    return (BINARIES / "python").exists() and _succeeds([str(BINARIES / "python"), "-m", "pip", "--version", "--quiet"])


def _succeeds(command: list[str]) -> bool:
    return subprocess.run(command, cwd=PROJECT, stdout=subprocess.DEVNULL).returncode == 0


def changed_sql() -> list[str]:
    """Return the SQL files that differ from where this branch left the main one, the uncommitted ones among them.

    To lint all takes minutes, since each file is templated; ``check --all`` does it. That every model and macro works
    is seen by the tests, which build them all. Without git, or without a main branch, all files are meant.
    """
    for main_branch in ("origin/HEAD", "origin/main", "main"):
        base = _git("merge-base", "HEAD", main_branch)
        if base:
            names = _git("diff", "--name-only", "--diff-filter=d", base[0], "--", "dbt_project/*.sql")
            names += _git("ls-files", "--others", "--exclude-standard", "--", "dbt_project/*.sql")
            return sorted(set(names))
    return ["dbt_project"]


def _tests(words: list[str]) -> list[str]:
    """Return what is told to pytest: ``--all`` stands for the tests and the campaigns of whole runs, ``--spark`` for
    the tests and the one campaign that builds on the second engine.
    """
    meanings = {
        "--all": ("tests", "benchmarks/whole_runs"),
        "--spark": ("tests", "benchmarks/whole_runs/test_second_engine.py"),
    }
    return list(dict.fromkeys(part for word in words for part in meanings.get(word, (word,))))


def _git(*words: str) -> list[str]:
    try:
        return subprocess.run(["git", *words], cwd=PROJECT, capture_output=True, text=True, check=True).stdout.split()
    except (OSError, subprocess.CalledProcessError):
        return []


def main(arguments: list[str]) -> int:
    """Install when needed, then run the wanted command and return its exit status."""
    is_developers = arguments[:1] in (["test"], ["check"], ["fix"])
    install(DEVELOPERS_LOCK if is_developers else PROGRAM_LOCK)
    if arguments[:1] == ["test"] and "--spark" in arguments:
        install_spark()
    python = str(BINARIES / "python")
    environment = os.environ | {"PATH": f"{BINARIES}{os.pathsep}{os.environ.get('PATH', '')}"}
    if arguments[:1] == ["test"]:
        # The tests start some hundred processes, each of which would compile the program's own modules.
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        commands = [[python, "-m", "pytest", *_tests(arguments[1:])]]
    elif arguments in (["check"], ["check", "--all"]):
        sql = ["dbt_project"] if "--all" in arguments else changed_sql()
        commands = [
            [python, "-m", "ruff", "check"],
            [python, "-m", "ruff", "format", "--check"],
            [python, "-m", "mypy"],
            *([[python, "-m", "sqlfluff", "lint", "--processes", "2", *sql]] if sql else []),
        ]
    elif arguments == ["fix"]:
        sql = changed_sql()
        commands = [
            [python, "-m", "ruff", "check", "--fix"],
            [python, "-m", "ruff", "format"],
            *([[python, "-m", "sqlfluff", "fix", "--processes", "2", *sql]] if sql else []),
            *([python, "-m", module] for module in GENERATORS),
        ]
    else:
        commands = [[str(BINARIES / "god-loesladelse"), *(arguments or ["demo"])]]
        if os.name != "nt":
            os.execve(commands[0][0], commands[0], environment)
    folder = PROJECT if is_developers else None
    return max(subprocess.run(command, cwd=folder, env=environment).returncode for command in commands)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
