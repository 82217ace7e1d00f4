"""What a build is made of: the dbt project as its sources say it now, whatever was parsed in between.

On a project of one rule; ``benchmarks/whole_runs/test_parsed_project.py`` edits a rule of the program's own.
"""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import duckdb
import pytest

from pipelines.errors import UserError
from pipelines.warehouse import dbt_build, parsed_project
from pipelines.warehouse.dbt_command import invoke


def parse_by_hand(project: Path) -> None:
    """Give ``dbt parse`` in the project's folder, as a colleague would; it keeps what it parsed there."""
    invoke(["parse"], project, project.parent / "by-hand.duckdb", manifest=None)
    assert (project / "target" / "partial_parse.msgpack").exists()


@pytest.fixture(scope="module")
def first_copy(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A dbt project of one rule, and the cache folder with what was parsed of it."""
    root: Path = tmp_path_factory.mktemp("small")
    project = root / "dbt_project"
    for name, text in {
        "dbt_project.yml": "name: small\nprofile: small\nflags: {send_anonymous_usage_stats: false}\n",
        "profiles.yml": (
            "small: {target: build, outputs: {build: {type: duckdb, keep_open: false, "
            "path: \"{{ env_var('GOD_LOESLADELSE_BUILD') }}\"}}}\n"
        ),
        "seeds/rule_catalogue.csv": "rule_id,case_types,restricted\naid,sentence,false\n",
        "models/rules/rule_aid.sql": "select 14 as days",
    }.items():
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text(text, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(root / "cache"))
        patch.setattr(parsed_project, "DBT_PROJECT", project)
        parsed_project.load()
    return project, root / "cache"


@pytest.fixture
def small(first_copy: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same, as a copy of the test's own to damage; returns the kept copy's folder."""
    project, cache = first_copy
    shutil.copytree(project, tmp_path / "dbt_project")
    shutil.copytree(cache, tmp_path / "cache")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(parsed_project, "DBT_PROJECT", tmp_path / "dbt_project")
    (kept,) = (place for place in parsed_project.cache_folder().iterdir() if place.is_dir())
    return kept


@pytest.fixture
def made(first_copy: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Let the project be taken from the first copy where it would be parsed anew of the same sources, which takes
    seconds; return the places that it was made in.
    """
    (first,) = (place for place in (first_copy[1] / "god-loesladelse" / "dbt").iterdir() if place.is_dir())
    places: list[Path] = []

    def make(place: Path, wanted: str, sources: dict[str, bytes]) -> None:
        assert wanted.startswith(first.name) and sources
        shutil.copytree(first, place)
        places.append(place)

    monkeypatch.setattr(parsed_project, "_make", make)
    return places


def days(folder: Path) -> int:
    target = folder / "built" / "warehouse.duckdb"
    target.parent.mkdir()
    dbt_build.build(target, target.parent)
    with duckdb.connect(str(target), read_only=True) as connection:
        return int(connection.execute("select days from rule_aid").fetchall()[0][0])


def test_a_kept_copy_is_used_again_while_nothing_has_changed(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parsed_project, "_make", lambda *_: pytest.fail("parsed anew"))
    assert parsed_project.load().folder == small / "project"


@pytest.mark.parametrize("damaged", ["partial_parse.msgpack", "project/models/rules/rule_aid.sql", "stamp.json"])
def test_a_kept_copy_that_was_changed_is_made_anew(small: Path, damaged: str, tmp_path: Path, made: list[Path]) -> None:
    before = (small / damaged).read_bytes()
    digest = json.loads((small / "stamp.json").read_text(encoding="utf-8"))["digest"]
    changed = before.replace(b"14 as days", b"99 as days") if b"14 as days" in before else before[:-9]
    assert changed != before
    (small / damaged).write_bytes(changed)
    assert days(tmp_path) == 14
    assert parsed_project.load().digest == digest
    assert made == [small], "once"


def test_a_dbt_command_given_in_the_kept_copy_changes_nothing(small: Path, tmp_path: Path) -> None:
    rule = small / "project" / "models" / "rules" / "rule_aid.sql"
    rule.write_text("select 99 as days", encoding="utf-8")
    parse_by_hand(small / "project")
    rule.write_text("select 14 as days", encoding="utf-8")
    assert days(tmp_path) == 14


def test_an_edited_rule_is_parsed_and_has_another_digest(small: Path, tmp_path: Path) -> None:
    before = parsed_project.load().digest
    rule = tmp_path / "dbt_project" / "models" / "rules" / "rule_aid.sql"
    rule.write_text("select 99 as days", encoding="utf-8")
    assert days(tmp_path) == 99
    assert parsed_project.load().digest != before


def test_what_an_account_has_set_for_its_own_dbt_commands_does_not_reach_a_build(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DBT_EMPTY", "1")
    monkeypatch.setenv("DBT_EXCLUDE", "rule_aid")
    assert days(tmp_path) == 14
    assert os.environ["DBT_EMPTY"] == "1"


def test_without_a_folder_to_keep_it_in_the_project_is_parsed_for_one_process(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, made: list[Path]
) -> None:
    (tmp_path / "no-folder").write_text("a file", encoding="utf-8")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "no-folder"))
    assert days(tmp_path) == 14
    assert (tmp_path / "no-folder").read_text(encoding="utf-8") == "a file"
    assert len(made) == 1 and tmp_path not in made[0].parents


def test_a_project_that_dbt_cannot_parse_ends_in_a_message(small: Path, tmp_path: Path) -> None:
    (tmp_path / "dbt_project" / "models" / "rules" / "rule_aid.sql").write_text("{{ ref('nowhere') }}", "utf-8")
    with pytest.raises(UserError, match="dbt kunne ikke køre"):
        parsed_project.load()
