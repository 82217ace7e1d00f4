"""What changed is written down: the version of the program, and every rule of a later version than its first."""

from __future__ import annotations

import csv
import re
import tomllib

from tests.conventions.test_repository import PROJECT

CHANGELOG = (PROJECT / "docs" / "CHANGELOG.md").read_text(encoding="utf-8")


def test_the_version_in_use_stands_first_with_what_changed_in_method_and_program() -> None:
    version = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    first, *_ = re.split(r"^## ", CHANGELOG, flags=re.MULTILINE)[1:]
    assert first.splitlines()[0] == version
    assert re.findall(r"^### (.*)$", first, flags=re.MULTILINE) == ["Metode", "Program"]


def test_each_changed_rule_is_named_with_its_version() -> None:
    with (PROJECT / "dbt_project" / "seeds" / "rule_catalogue.csv").open(encoding="utf-8", newline="") as file:
        changed = [row["rule_id"] for row in csv.DictReader(file) if int(row["version"]) > 1]
    assert [rule for rule in changed if f"`{rule}`" not in CHANGELOG] == []


def test_the_licence_is_named_alike_everywhere() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["license"] == "EUPL-1.2" and project["license-files"] == ["docs/LICENCE.txt"]
    text = (PROJECT / "docs" / "LICENCE.txt").read_text(encoding="utf-8")
    assert text.startswith("EUROPEAN UNION PUBLIC LICENCE v. 1.2") and "Appendix" in text
    for file in ("README.md", "docs/CONTRIBUTING.md", "docs/server/Containerfile"):
        assert "EUPL-1.2" in (PROJECT / file).read_text(encoding="utf-8"), file
