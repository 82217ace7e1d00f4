"""The shared edition as open data: a program can read every file by its description alone."""

from __future__ import annotations

import csv
import json
import re
import shutil
from pathlib import Path
from typing import Any

from pipelines import configuration
from reports.documents.data_package import catalogue, data_package
from reports.editions import SHARED, page_units
from tests.reports.rendering import sources


def read(folder: Path, resource: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the rows of a file, each value of the type that its description gives; whatever differs from it fails."""
    dialect, schema = resource["dialect"], resource["schema"]
    with (folder / resource["path"]).open(encoding=resource["encoding"], newline="") as file:
        lines = csv.reader(file, delimiter=dialect["delimiter"], quotechar=dialect["quoteChar"])
        assert next(lines) == [field["name"] for field in schema["fields"]]
        return [
            {field["name"]: value(text, field, schema) for field, text in zip(schema["fields"], line, strict=True)}
            for line in lines
        ]


def value(text: str, field: dict[str, Any], schema: dict[str, Any]) -> Any:
    constraints = field.get("constraints", {})
    if text in schema["missingValues"]:
        assert not constraints.get("required"), field
        return None
    assert text in constraints.get("enum", [text])
    if field["type"] == "string":
        return text
    number = int(text) if field["type"] == "integer" else float(text.replace(field["decimalChar"], "."))
    assert number >= constraints["minimum"]
    return number


def test_every_file_can_be_read_by_its_description_alone(site: Path) -> None:
    package = json.loads((site / "delt" / "datapackage.json").read_text(encoding="utf-8"))
    assert package["licenses"][0]["name"] and package["licenses"][0]["path"].startswith("https://")
    found = 0
    for resource in package["resources"]:
        assert resource["schema"]["fields"] and all(field["description"] for field in resource["schema"]["fields"])
        # The sample has some of the units' pages; a whole publication has them all.
        if (site / "delt" / resource["path"]).exists():
            rows = read(site / "delt", resource)
            keys = [tuple(row[name] for name in resource["schema"]["primaryKey"]) for row in rows]
            assert rows and len(keys) == len(set(keys)), resource["path"]
            found += 1
    assert found == len(list((site / "delt").rglob("*.csv"))) > 2


def test_the_description_and_its_files_are_valid_by_frictionless_and_a_wrong_file_is_not(
    site: Path, tmp_path: Path
) -> None:
    from frictionless import validate

    package = json.loads((site / "delt" / "datapackage.json").read_text(encoding="utf-8"))
    package["resources"] = [one for one in package["resources"] if (site / "delt" / one["path"]).exists()]
    for one in package["resources"]:
        (tmp_path / one["path"]).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(site / "delt" / one["path"], tmp_path / one["path"])
    described = tmp_path / "datapackage.json"
    described.write_text(json.dumps(package), encoding="utf-8")
    report = validate(str(described))
    assert report.valid, report.flatten(["type", "note"])[:5]
    assert len(report.tasks) == len(package["resources"]) > 2
    spoiled = tmp_path / package["resources"][0]["path"]
    lines = spoiled.read_text(encoding="utf-8").splitlines(keepends=True)
    names = [field["name"] for field in package["resources"][0]["schema"]["fields"]]
    cells = lines[1].split(";")
    cells[names.index("forfaldne")] = "mange"
    spoiled.write_text("".join([lines[0], ";".join(cells), *lines[2:]]), encoding="utf-8")
    assert [error for error, _note in validate(str(described)).flatten(["type", "note"])] == ["type-error"]


def test_every_unit_has_its_file_under_a_name_that_stays() -> None:
    data = sources().shared
    assert data is not None
    package = json.loads(data_package(data, configuration.settings().authority))
    paths = {one["path"] for one in package["resources"]}
    assert "data.csv" in paths and "kommune/851/data.csv" in paths and "region/1081/data.csv" in paths
    assert len(paths) >= len(page_units(SHARED, data))
    names = [one["name"] for one in package["resources"]]
    assert len(names) == len(set(names)) and all(re.fullmatch(r"[a-z0-9._-]+", name) for name in names)


def test_the_catalogue_names_publisher_licence_theme_and_every_file() -> None:
    data, authority = sources().shared, configuration.settings().authority
    assert data is not None
    dataset = json.loads(catalogue(data, authority.model_copy(update={"site_address": "https://a.example/delt/"})))
    assert dataset["dct:publisher"]["foaf:name"] == authority.name
    assert dataset["dct:accrualPeriodicity"]["@id"].endswith("/frequency/QUARTERLY")
    files = {one["dcat:downloadURL"]["@id"] for one in dataset["dcat:distribution"]}
    assert "https://a.example/delt/kommune/851/data.csv" in files
    package = json.loads(data_package(data, authority))
    assert len(files) == len(package["resources"])
    assert all(one["dct:license"]["@id"] == authority.licence_address for one in dataset["dcat:distribution"])
