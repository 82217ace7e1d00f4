"""A delivery that is not what its manifest and the contract say is refused, by the contract's name for the fault."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.receiving import landing as landing_folder
from pipelines.receiving.refusal import DeliveryRefused
from tests.small_delivery import SmallDelivery

CASES, CONTACTS = "afsoningssager.csv", "kommunekontakter.csv"


def read(folder: Path) -> list[landing_folder.RawTable]:
    """Read a delivery whole."""
    manifest = landing_folder.read_manifest(folder)
    return list(landing_folder.tables(landing_folder.read_delivery(folder, manifest)))


def refusal_of(folder: Path) -> DeliveryRefused:
    """Return why the delivery is refused."""
    with pytest.raises(DeliveryRefused) as caught:
        read(folder)
    return caught.value


def change(name: str, old: bytes, new: bytes, count: int = 1) -> Callable[[SmallDelivery], None]:
    """Return a change of a file's bytes, with checksums that fit."""

    def apply(delivery: SmallDelivery) -> None:
        data = delivery.bytes_of(name)
        assert old in data
        delivery.files[name] = data.replace(old, new, count)

    return apply


def in_manifest(**fields: object) -> Callable[[SmallDelivery], None]:
    """Return a change of the manifest's fields; None removes one."""
    return lambda delivery: delivery.manifest.update(fields)


def without(name: str) -> Callable[[SmallDelivery], None]:
    """Return the leaving out of a file."""
    return lambda delivery: delivery.left_out.add(name)


def counted(name: str, rows: int) -> Callable[[SmallDelivery], None]:
    """Return a wrong row count in the manifest."""
    return lambda delivery: delivery.row_counts.update({name: rows})


def entry(**fields: object) -> Callable[[SmallDelivery], None]:
    """Return a manifest whose only file entry is this."""
    return in_manifest(files=[{"file": CASES, "rows": 1, "sha256": "0" * 64, **fields}])


FAULTS = [
    ("manifest_missing", "encoding", in_manifest(encoding=None)),
    ("manifest_missing", "encoding", in_manifest(encoding="utf-16")),
    ("manifest_missing", "date_format", in_manifest(date_format="mdy")),
    ("manifest_missing", "extract_date", in_manifest(extract_date="30-09-2026")),
    ("manifest_missing", "extract_date", in_manifest(extract_date="2026-02-30")),
    ("manifest_missing", "batch_id", in_manifest(batch_id="2026-09-29")),
    ("manifest_missing", "batch_id", in_manifest(extract_date="2026-09-29")),
    ("manifest_missing", "source_system", in_manifest(source_system="010170-1234")),
    ("manifest_missing", "files", in_manifest(files={})),
    ("manifest_missing", "files", entry(rows="1")),
    ("manifest_missing", "files", entry(rows=True)),
    ("manifest_missing", "files", entry(sha256="abc")),
    ("unsafe_file", "sti", entry(file="../../x.csv")),
    ("unsafe_file", "sti", entry(file="/etc/passwd")),
    ("unsafe_file", "sti", entry(file="..\\x.csv")),
    ("unsafe_file", "sti", entry(file="C:x.csv")),
    ("file_missing", CONTACTS, without(CONTACTS)),
    ("row_count_mismatch", CASES, counted(CASES, 4)),
    ("row_count_mismatch", "institutioner.xlsx", counted("institutioner.xlsx", 1)),
    ("row_count_mismatch", "institutioner.xlsx", counted("institutioner.xlsx", 3)),
    ("column_missing", "sags_id", change(CASES, b"sags_id;", b"sagsid;")),
    ("column_missing", "sags_id", change(CASES, b"sags_id;", b"SAGS_ID;")),
    ("malformed_file", "sags_id", change(CASES, b"cpr;", b"sags_id;")),
    ("malformed_file", "linje 2", change(CASES, b"A-0000;", b"A-0000;;")),
    ("malformed_file", "linje 3", change(CASES, b"A-0001;", b"\nA-0001;")),
    ("malformed_file", "citationstegn", change(CASES, b"A-0001;", b'"A-0001;')),
    ("malformed_file", "citationstegn", change(CASES, b'""aftale""', b'"aftale"')),
    ("malformed_file", "CR", change(CASES, b"A-0001;", b"A-00\r01;")),
    ("column_missing", "institution_kode", change(CASES, b";", b",", 10_000)),
    ("unsafe_file", "NUL", change(CASES, b"A-0001;", b"A-\x0001;")),
    ("unsafe_file", "linje 3 er over 1 MB", change(CASES, b"A-0001;", b"A" * 1_000_001 + b";")),
    ("undecodable", "linje 3", change(CASES, b"A-0001;", b"A-\xe6001;")),
    ("malformed_file", "tom", lambda delivery: delivery.files.update({CASES: b"\n"})),
    ("malformed_file", "xlsx", lambda delivery: delivery.files.update({"institutioner.xlsx": b"PK\x03\x04 no zip"})),
]


@pytest.mark.parametrize(("reason", "words", "spoil"), FAULTS)
def test_a_faulty_delivery_is_refused_for_that_fault(
    landing: Path, reason: str, words: str, spoil: Callable[[SmallDelivery], None]
) -> None:
    delivery = SmallDelivery()
    spoil(delivery)
    refused = refusal_of(delivery.write(landing))
    assert refused.reason == reason, refused.message
    assert words in refused.message
    assert "A-000" not in refused.message and "010170" not in refused.message and str(landing) not in refused.message


def test_a_file_changed_after_the_manifest_was_written_is_refused(landing: Path) -> None:
    folder = SmallDelivery().write(landing)
    with (folder / CASES).open("ab") as file:
        file.write(b"\n")
    refused = refusal_of(folder)
    assert refused.reason == "checksum_mismatch" and CASES in refused.message


def test_utf_8_text_declared_as_windows_1252_is_refused(landing: Path) -> None:
    refused = refusal_of(_declared(landing, "windows-1252"))
    assert refused.reason == "undecodable" and "UTF-8" in refused.message


def test_windows_1252_text_declared_as_utf_8_is_refused(landing: Path) -> None:
    refused = refusal_of(_declared(landing, "utf-8", written="windows-1252"))
    assert refused.reason == "undecodable" and "afsoningssager.csv linje 2" in refused.message


def _declared(landing: Path, encoding: str, written: str = "utf-8") -> Path:
    delivery = SmallDelivery(encoding=written)
    delivery.manifest["encoding"] = encoding
    return delivery.write(landing)


def test_a_delivery_without_a_manifest_or_with_an_unreadable_one_is_refused(landing: Path) -> None:
    folder = SmallDelivery().write(landing)
    manifest = folder / "manifest.json"
    whole = manifest.read_bytes()
    spoiled = (
        b"",
        b"{",
        b"[]",
        b"\xff\xfe",
        b'{"a": 1, "a": 2}',
        b"[" * 100_000,
        whole + b" " * 1_000_000,
        b"1" * 9999,
    )
    for content in spoiled:
        manifest.write_bytes(content)
        assert refusal_of(folder).reason == "manifest_missing"
    manifest.unlink()
    assert "mangler" in refusal_of(folder).message
    manifest.symlink_to("/dev/zero")
    assert refusal_of(folder).reason == "manifest_missing"


def test_the_two_optional_files_may_be_left_out_and_no_other(landing: Path) -> None:
    delivery = SmallDelivery()
    delivery.left_out = {"infohus.csv", "mentorforloeb.csv"}
    assert len(read(delivery.write(landing))) == 12


def test_a_file_that_is_there_but_not_listed_is_refused_also_when_optional(landing: Path) -> None:
    delivery = SmallDelivery()
    delivery.left_out = {"infohus.csv"}
    folder = delivery.write(landing)
    (folder / "infohus.csv").write_text("sags_id;markeret;underrettet\n")
    assert refusal_of(folder).reason == "file_missing"


def test_a_link_instead_of_a_file_is_refused(landing: Path, tmp_path: Path) -> None:
    folder = SmallDelivery().write(landing)
    (folder / CASES).rename(tmp_path / "elsewhere.csv")
    (folder / CASES).symlink_to(tmp_path / "elsewhere.csv")
    assert refusal_of(folder).reason == "unsafe_file"


def test_columns_in_another_order_and_unknown_ones_are_read_by_name(landing: Path) -> None:
    delivery = SmallDelivery()
    rows = [line.split(";") for line in delivery.bytes_of(CONTACTS).decode().splitlines()]
    turned = "\n".join(";".join([*reversed(row), "ekstra" if place == 0 else "x"]) for place, row in enumerate(rows))
    delivery.files[CONTACTS] = turned.encode()
    table = next(table for table in read(delivery.write(landing)) if table.file.name == CONTACTS)
    assert table.columns["kontakt_id"] == ["K-0000", "K-0001", "K-0002"]
    assert table.unknown_columns == ["ekstra"]
    assert "ekstra" not in table.columns


def test_a_registration_number_as_a_column_name_is_not_shown(landing: Path) -> None:
    delivery = SmallDelivery()
    change(CONTACTS, b"kontakt_id;", b"kontakt_id;010170-1234;")(delivery)
    delivery.files[CONTACTS] = delivery.files[CONTACTS].replace(b"\nK", b"\nx;K")
    table = next(table for table in read(delivery.write(landing)) if table.file.name == CONTACTS)
    assert table.unknown_columns == ["[personnummer skjult]"]


def test_each_row_knows_the_line_it_begins_on(landing: Path) -> None:
    delivery = SmallDelivery()
    delivery.rows[CASES][0]["bolig_begrundelse"] = 'to\nlinjer; og "mere"'
    delivery.rows[CASES][1]["bolig_begrundelse"] = "tre\r\nlinjer\n"
    delivery.files[CASES] = delivery.bytes_of(CASES) + b"\n\n"
    table = next(table for table in read(delivery.write(landing)) if table.file.name == CASES)
    assert list(table.lines) == [2, 4, 7]
    assert table.columns["bolig_begrundelse"][0] == 'to\nlinjer; og "mere"'


def test_formula_and_html_text_is_only_text(landing: Path) -> None:
    delivery = SmallDelivery()
    odd = ["=cmd|' /C calc'!A0", "<script>alert(1)</script>", "@SUM(1)"]
    for row, text in zip(delivery.rows[CASES], odd, strict=True):
        row["bolig_begrundelse"] = text
    table = next(table for table in read(delivery.write(landing)) if table.file.name == CASES)
    assert list(table.columns["bolig_begrundelse"]) == odd


def test_a_delivery_is_refused_before_anything_heavy_is_imported(landing: Path, tmp_path: Path) -> None:
    delivery = SmallDelivery(cases=40)
    for row in delivery.rows[CONTACTS]:
        row["emne"] = "vejr"
    delivery.write(landing)
    program = (
        "import sys, json, pathlib; from pipelines.batches import intake; from pipelines.layout import Output;"
        "result = intake.receive(pathlib.Path(sys.argv[1]), Output(pathlib.Path(sys.argv[2])));"
        "heavy = {'pandas', 'duckdb', 'pyarrow', 'numpy', 'dagster', 'dbt', 'great_expectations'} & set(sys.modules);"
        "print(json.dumps([result.refused, sorted(heavy)]))"
    )
    command = [sys.executable, "-c", program, str(landing), str(tmp_path / "output")]
    refused, heavy = json.loads(subprocess.run(command, capture_output=True, check=True, text=True).stdout)
    assert "40 af 40 rækker" in refused[0][1] and heavy == []
