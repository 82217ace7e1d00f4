"""Every way in which a delivery can lie wrong on the disk ends in a message for the sender or the operator."""

from __future__ import annotations

import io
import os
import shutil
import zipfile
from pathlib import Path

import pytest

from pipelines import cli
from pipelines.layout import Output
from pipelines.receiving import landing as landing_folder
from tests.small_delivery import SmallDelivery, receive

CONTACTS = "kommunekontakter.csv"


def refusal(folder: Path, output: Output) -> str:
    ((_, message),) = receive(folder, output).refused
    assert "ventet fejl" not in message and "udviklerne" not in message and len(message) < 500
    return message


@pytest.mark.parametrize("name", [CONTACTS, "institutioner.xlsx", "manifest.json"])
def test_a_folder_where_a_file_should_be_is_told(name: str, tmp_path: Path, output: Output) -> None:
    folder = SmallDelivery().write(tmp_path / "landing")
    (folder / name).unlink()
    (folder / name).mkdir()
    assert name in refusal(tmp_path / "landing", output)


def test_a_file_that_vanishes_while_the_delivery_is_read_is_told(
    tmp_path: Path, output: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = SmallDelivery().write(tmp_path / "landing")
    read = landing_folder.read_manifest

    def then_gone(read_folder: Path) -> landing_folder.Manifest:
        manifest = read(read_folder)
        (folder / CONTACTS).unlink()
        return manifest

    monkeypatch.setattr(landing_folder, "read_manifest", then_gone)
    assert CONTACTS in refusal(folder, output)


def test_a_delivery_that_vanishes_while_it_is_read_is_told(
    tmp_path: Path, output: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = SmallDelivery().write(tmp_path / "landing")
    read = landing_folder.read_manifest

    def then_gone(read_folder: Path) -> landing_folder.Manifest:
        manifest = read(read_folder)
        shutil.rmtree(folder)
        return manifest

    monkeypatch.setattr(landing_folder, "read_manifest", then_gone)
    assert "ligger ikke i mappen" in refusal(tmp_path / "landing", output)


def test_a_file_that_changes_after_its_sum_was_made_is_told(tmp_path: Path, output: Output) -> None:
    folder = SmallDelivery().write(tmp_path / "landing")
    with (folder / CONTACTS).open("ab") as file:
        file.write(b"K;\n")
    assert "sha256" in refusal(tmp_path / "landing", output)


@pytest.mark.parametrize("rows", [10**9, 10**19, 10**400])
@pytest.mark.parametrize("name", [CONTACTS, "institutioner.xlsx"])
def test_a_row_count_of_many_digits_is_told(rows: int, name: str, tmp_path: Path, output: Output) -> None:
    delivery = SmallDelivery()
    delivery.row_counts[name] = rows
    delivery.write(tmp_path / "landing")
    assert "rows (antal under en milliard)" in refusal(tmp_path / "landing", output)


def test_a_hundred_thousand_extra_columns_are_refused_in_one_line(tmp_path: Path, output: Output) -> None:
    delivery = SmallDelivery()
    header, *rows = delivery.bytes_of(CONTACTS).splitlines()
    more = b"".join(b";k%d" % n for n in range(100_000))
    delivery.files[CONTACTS] = b"\n".join([header + more, *(row + b";" * 100_000 for row in rows), b""])
    delivery.write(tmp_path / "landing")
    message = refusal(tmp_path / "landing", output)
    assert "100.000 kolonner mere" in message and "\n" not in message


@pytest.mark.parametrize("name", ["xl/workbook.xml", "XL/Workbook.xml"])
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_workbook_with_the_same_part_twice_is_refused(name: str, tmp_path: Path, output: Output) -> None:
    delivery = SmallDelivery()
    content = io.BytesIO(delivery.bytes_of("institutioner.xlsx"))
    with zipfile.ZipFile(content, "a") as archive:
        archive.writestr(name, archive.read("xl/workbook.xml"))
    delivery.files["institutioner.xlsx"] = content.getvalue()
    delivery.write(tmp_path / "landing")
    assert "samme navn" in refusal(tmp_path / "landing", output)


@pytest.mark.parametrize("place", ["--landing", "--output"])
def test_a_path_longer_than_the_system_allows_is_told(
    place: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    SmallDelivery().write(tmp_path / "landing")
    places = {"--landing": tmp_path / "landing", "--output": tmp_path / "output"}
    places[place] = tmp_path / ("x" * 300)
    assert cli.main(["run", *(str(word) for pair in places.items() for word in pair)]) == 1
    told = capsys.readouterr().err
    assert "længere, end systemet tillader" in told and "ventet fejl" not in told


def test_a_file_that_the_account_may_not_read_is_told(
    tmp_path: Path, output: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = SmallDelivery().write(tmp_path / "landing")
    opened = os.open

    def closed(path: object, *more: int, **named: int) -> int:
        if str(path).endswith(CONTACTS):
            raise PermissionError(13, "Permission denied", str(path))
        return opened(path, *more, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "open", closed)
    assert f"{CONTACTS} kan ikke læses" in refusal(folder, output)
