"""The contract is the one place: it agrees with the shared one, and what is written from it agrees with it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from pipelines.contract import CONTRACT_FILE, contract
from pipelines.contract.dbt_sources import SOURCES_FILE, sources_text
from pipelines.contract.dictionary import DICTIONARY_FILE, dictionary_text
from pipelines.errors import UserError
from tests.shared_material import SHARED, needs_shared


def test_the_committed_dbt_sources_are_what_the_contract_says() -> None:
    assert SOURCES_FILE.read_text(encoding="utf-8") == sources_text(), "run: python -m pipelines.contract.dbt_sources"


def test_the_committed_data_dictionary_is_what_the_contract_says() -> None:
    assert DICTIONARY_FILE.read_text(encoding="utf-8") == dictionary_text(), (
        "run: python -m pipelines.contract.dictionary"
    )
    for file in contract().files:
        for column in file.columns:
            assert f"| `{column.name}` |" in dictionary_text()


def test_an_undescribed_column_stops_everything(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    text = CONTRACT_FILE.read_text(encoding="utf-8")
    silent = tmp_path / "silent.yaml"
    silent.write_text(text.replace("beskrivelse: Institutionens navn.", 'beskrivelse: " "'), encoding="utf-8")
    monkeypatch.setattr("pipelines.contract.CONTRACT_FILE", silent)
    with pytest.raises(UserError, match="navn"):
        contract.__wrapped__()


@needs_shared
def test_the_contract_is_the_agreed_one() -> None:
    agreed = yaml.safe_load((SHARED / "contract" / "extracts.yaml").read_text(encoding="utf-8"))
    own = yaml.safe_load(CONTRACT_FILE.read_text(encoding="utf-8"))
    assert set(agreed["files"]) == set(own["files"])
    for name, file in agreed["files"].items():
        assert file["key"] == own["files"][name]["key"]
        columns: dict[str, Any] = {}
        for column, details in own["files"][name]["columns"].items():
            columns[column] = {key: value for key, value in details.items() if key not in ("beskrivelse", "planned")}
            if "values" in details:
                columns[column]["values"] = list(details["values"])
        assert columns == file["columns"], name
        assert list(columns) == list(file["columns"])
    assert list(own["quarantine_row"]) == list(agreed["quarantine_row"])
    assert list(own["warn_row"]) == list(agreed["warn_row"])
    assert set(own["refuse_batch"]) == set(agreed["refuse_batch"]) | {"changed_content"}


def test_everything_is_described_in_a_sentence() -> None:
    for file in contract().files:
        assert len(file.description) > 20
        for column in file.columns:
            assert len(column.description) > 12 and column.description.endswith("."), (file.name, column.name)
            assert len(column.stored_description) > 12
    texts = [*contract().refusals.values(), *contract().row_faults.values()]
    assert all(text.endswith(".") for text in texts)


def test_files_stand_in_an_order_in_which_references_can_be_checked() -> None:
    seen: set[str] = set()
    for file in contract().files:
        wanted = {reference.table for column in file.columns for reference in column.references}
        wanted |= {file.not_also_in.table} if file.not_also_in else set()
        assert wanted <= seen
        seen.add(file.table)


def test_another_wording_is_the_same_contract_and_another_code_is_not(
    monkeypatch: pytest.MonkeyPatch, tmp_path
) -> None:
    text = CONTRACT_FILE.read_text(encoding="utf-8")
    versions = []
    for changed in (
        text,
        text.replace("Sagen, som", "Den sag, som").replace("hjemloes: hjem", "hjemloes: uden h"),
        text.replace("hjemloes: hjem", "hjemlos: hjem"),
    ):
        file = tmp_path / "extracts.yaml"
        file.write_text(changed, encoding="utf-8")
        monkeypatch.setattr("pipelines.contract.CONTRACT_FILE", file)
        contract.cache_clear()
        versions.append(contract().version)
    monkeypatch.undo()
    contract.cache_clear()
    assert versions[0] == versions[1] != versions[2]


def test_personal_columns_are_stored_under_another_name_or_apart() -> None:
    cases = contract().file("afsoningssager")
    assert "cpr" not in cases.stored_names and "client_key" in cases.stored_names
    assert "bolig_begrundelse" not in cases.stored_names and "bolig_begrundelse_findes" in cases.stored_names
    assert [column.name for column in contract().file("samarbejdsaftaler").contact_columns] == ["kontakt_navn"]
    sources = sources_text()
    raw = sources[: sources.index("name: restricted")]
    assert "kontakt_navn" not in raw and "name: infohus" not in raw
