"""What must hold for the repository itself."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]


def tracked(*patterns: str) -> list[Path]:
    listed = subprocess.run(["git", "ls-files", *patterns], cwd=PROJECT, capture_output=True, text=True, check=True)
    return [PROJECT / line for line in listed.stdout.splitlines()]


def test_the_lock_file_names_no_package_index_and_has_a_hash_for_everything() -> None:
    text = (PROJECT / "requirements.lock").read_text(encoding="utf-8")
    assert "://" not in text
    assert not re.search(r"--(extra-)?index-url|--find-links", text)
    packages = re.findall(r"^[a-z0-9].*?(?=^[a-z0-9]|\Z)", text, flags=re.MULTILINE | re.DOTALL)
    assert len(packages) > 50
    assert all("--hash=sha256:" in package for package in packages)


def test_every_direct_dependency_is_pinned_in_the_lock_file() -> None:
    import tomllib

    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    locked = (PROJECT / "requirements.lock").read_text(encoding="utf-8").lower()
    for requirement in wanted:
        name = re.split(r"[<>=\[ ]", requirement)[0].lower()
        assert re.search(rf"^{re.escape(name)}(\[.*\])?==", locked, flags=re.MULTILINE), name


def test_no_module_asks_the_clock_for_the_day_of_assessment() -> None:
    for file in tracked("dbt_project/*.sql", "reports/*.py"):
        text = file.read_text(encoding="utf-8").lower()
        assert "current_date" not in text and "date.today" not in text and "now()" not in text, file


def test_every_python_module_says_what_belongs_in_it() -> None:
    for file in tracked("pipelines/*.py", "reports/*.py", "expectations/*.py"):
        assert file.read_text(encoding="utf-8").lstrip().startswith('"""'), file


def test_no_module_has_grown_beyond_one_subject() -> None:
    for file in tracked("pipelines/*.py", "reports/*.py", "expectations/*.py"):
        assert len(file.read_text(encoding="utf-8").splitlines()) <= 450, file


def test_no_file_names_a_place_on_somebodys_machine() -> None:
    for file in tracked("*.py", "*.sql", "*.yml", "*.yaml", "*.toml", "*.md", ".ci/run"):
        text = file.read_text(encoding="utf-8")
        assert not re.search(r"(?<![\w.])/(work|root|home)/", text), file
