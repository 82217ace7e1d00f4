"""What must hold for the repository itself."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest

from tests.conftest import LONGEST_FIRST

PROJECT = Path(__file__).resolve().parents[2]


def tracked(*patterns: str) -> list[Path]:
    listed = subprocess.run(["git", "ls-files", *patterns], cwd=PROJECT, capture_output=True, text=True, check=True)
    return [PROJECT / line for line in listed.stdout.splitlines()]


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock", "requirements-spark.lock"])
def test_a_lock_file_names_no_package_index_and_has_a_hash_for_everything(name: str) -> None:
    text = (PROJECT / name).read_text(encoding="utf-8")
    assert "://" not in text
    assert not re.search(r"--(extra-)?index-url|--find-links", text)
    packages = locked(name)
    assert len(packages) > 50
    assert all("--hash=sha256:" in package for package in packages.values())


def test_every_direct_dependency_is_pinned_in_its_lock_file() -> None:
    import tomllib

    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = {
        "requirements.lock": project["dependencies"],
        "requirements-dev.lock": [*project["dependencies"], *project["optional-dependencies"]["dev"]],
        "requirements-spark.lock": [*project["dependencies"], *project["optional-dependencies"]["spark"]],
    }
    for name, requirements in wanted.items():
        names = {re.split(r"[<>=\[ ]", requirement)[0].lower() for requirement in requirements}
        assert names - locked(name).keys() == set(), name


def test_the_program_runs_with_the_versions_that_it_is_tested_with() -> None:
    program, developers = locked("requirements.lock"), locked("requirements-dev.lock")
    assert program.items() <= developers.items()
    for tool in ("pytest", "mypy", "ruff", "playwright", "hypothesis", "sqlfluff"):
        assert tool in developers and tool not in program


def test_the_second_engine_is_added_to_what_the_developers_have_and_changes_none_of_it() -> None:
    spark, developers = locked("requirements-spark.lock"), locked("requirements-dev.lock")
    assert locked("requirements.lock").items() <= spark.items()
    assert {"pyspark", "dbt-spark"} <= spark.keys() - developers.keys()
    assert {name: developers[name] for name in spark.keys() & developers.keys()}.items() <= spark.items()


def locked(name: str) -> dict[str, str]:
    """Return each package of a lock file with its version, its condition and its sums."""
    text = (PROJECT / name).read_text(encoding="utf-8").lower()
    packages = re.findall(r"^[a-z0-9].*?(?=^[a-z0-9]|\Z)", text, flags=re.MULTILINE | re.DOTALL)
    return {re.split(r"[=\[ ]", package)[0]: package for package in packages}


def test_no_module_asks_the_clock_for_the_day_of_assessment() -> None:
    for file in tracked("dbt_project/*.sql", "reports/*.py"):
        text = file.read_text(encoding="utf-8").lower()
        assert "current_date" not in text and "date.today" not in text and "now()" not in text, file


def test_every_python_module_says_what_belongs_in_it() -> None:
    for file in tracked("pipelines/*.py", "reports/*.py", "expectations/*.py"):
        assert file.read_text(encoding="utf-8").lstrip().startswith('"""'), file


def test_where_a_module_sends_a_line_to_there_is_such_a_place() -> None:
    """What does not belong in a module is said with the name of the place where it does."""
    there = {"dbt_project", "marts", "tests", *(file.stem for file in tracked("dbt_project/models/*.sql"))}
    for file in tracked("pipelines/*", "reports/*", "expectations/*"):
        there |= {file.name, file.stem, *file.relative_to(PROJECT).parts}
    unknown = []
    for file in tracked("pipelines/*.py", "reports/*.py", "expectations/*.py"):
        text = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""
        elsewhere = text.partition("Does not belong here:")[2].partition("\n\n")[0]
        for places in re.findall(r"\((``[^)]*)\)", elsewhere):
            for name in re.findall(r"``([^`]+)``", places):
                # Of ``batch_list.choose`` or ``pipelines/people`` the place that it begins with.
                if name not in there and re.split(r"[./]", name)[0] not in there:
                    unknown.append((file.name, name))
    assert unknown == []


def test_one_formatter_writes_all_of_it() -> None:
    mark = "# fmt" + ":"
    assert [file for file in tracked("*.py") if mark in file.read_text(encoding="utf-8")] == []


def test_no_module_has_grown_beyond_one_subject() -> None:
    for file in tracked("pipelines/*.py", "reports/*.py", "expectations/*.py"):
        assert len(file.read_text(encoding="utf-8").splitlines()) <= 450, file


def test_no_file_names_a_place_on_somebodys_machine() -> None:
    for file in tracked("*.py", "*.sql", "*.yml", "*.yaml", "*.toml", "*.md", ".ci/run"):
        text = file.read_text(encoding="utf-8")
        assert not re.search(r"(?<![\w.])/(work|root|home)/", text), file


def test_the_files_that_tests_begin_with_exist() -> None:
    assert [name for name in LONGEST_FIRST if not (PROJECT / name).is_file()] == []
