"""Whatever is thrown at it, a delivery ends in a clear refusal or a clean load, quickly and in little memory."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.batches import intake
from pipelines.contract import contract
from pipelines.layout import Output
from pipelines.receiving.plain_text import plain
from tests.hostile_texts import CORPORA, without_control_characters
from tests.shared_material import needs_shared
from tests.small_delivery import SmallDelivery, file_facts

CONTACTS = "kommunekontakter.csv"
_DANISH = re.compile(r"[a-zæøå]+ .*[a-zæøå]+", re.IGNORECASE)


def received(delivery: SmallDelivery, root: Path) -> str:
    """Receive the delivery in this process; return "" when loaded, the message when refused."""
    output = Output(root / "output")
    delivery.write(root / "landing")
    result = intake.receive(root / "landing", output)
    if result.loaded:
        for facts in file_facts(output).values():
            assert facts["rows"] == facts["loaded"] + facts["quarantined"]
        return ""
    ((batch_id, message),) = result.refused
    assert batch_id == "2026-09-30" and _DANISH.search(message) and "Traceback" not in message
    return message


def wrapped(data: bytes, name: str = CONTACTS) -> SmallDelivery:
    """Return a sound delivery in which one file is these bytes, and the manifest says so."""
    delivery = SmallDelivery()
    delivery.files[name] = data or b"\n"
    delivery.row_counts[name] = max(data.count(b"\n") - 1, 0)
    return delivery


@needs_shared
@pytest.mark.parametrize("suite", ["csv-spectrum", "frictionless", "blns", "payloads", "ftfy", "catala-dates"])
def test_no_file_of_other_projects_gets_in_as_ours(suite: str, tmp_path: Path) -> None:
    files = [file for file in sorted((CORPORA / suite).rglob("*")) if file.is_file() and "LICENSE" not in file.name]
    assert files
    for place, file in enumerate(files):
        name = "institutioner.xlsx" if file.suffix in (".xlsx", ".xls", ".ods") else CONTACTS
        message = received(wrapped(file.read_bytes(), name), tmp_path / str(place))
        assert message.startswith(name), (file.name, message)


@needs_shared
def test_odd_texts_in_a_text_column_are_loaded_made_plain(tmp_path: Path) -> None:
    from pyarrow import parquet

    texts = list(without_control_characters())
    assert len(texts) > 800
    delivery = SmallDelivery()
    good = delivery.rows["bolighaendelser.csv"][0]
    delivery.rows["bolighaendelser.csv"] += [
        {**good, "haendelse_id": f"X-{place}", "opskrivning_id": text} for place, text in enumerate(texts)
    ]
    assert received(delivery, tmp_path) == ""
    file = tmp_path / "output" / "staged" / "2026-09-30" / "loaded" / "bolighaendelser.parquet"
    stored = parquet.read_table(file).column("opskrivning_id").to_pylist()[3:]
    assert len(stored) == len(texts)
    same = sum(one == plain(other) for one, other in zip(stored, texts, strict=True))
    assert same > 0.9 * len(texts)  # the rest held what looks like a registration number


@needs_shared
def test_odd_texts_as_codes_and_keys_are_set_aside_or_loaded_never_lost(tmp_path: Path) -> None:
    texts = list(without_control_characters())
    delivery = SmallDelivery(cases=3)
    good = delivery.rows[CONTACTS][0]
    delivery.rows[CONTACTS] = [{**good, "kontakt_id": f"K{n}"} for n in range(3000)]
    for place, column in enumerate(("kontakt_id", "dato", "retning", "emne", "kommunekode", "kanal")):
        for row, text in zip(delivery.rows[CONTACTS][place * 4 : place * 4 + 4], texts[place * 50 :: 97], strict=False):
            row[column] = text
    assert received(delivery, tmp_path) == ""


def columns(name: str) -> bytes:
    """Return a file's header line."""
    return ";".join(contract().file(name).column_names).encode() + b"\n"


GOOD = b"K-1;A-0000;2026-01-15;ud;handleplan;101;mail;J\n"
MADE: dict[str, tuple[bytes, str]] = {
    "ragged": (columns(CONTACTS) + GOOD + GOOD.replace(b";J", b""), "felter"),
    "quotes inside quotes": (columns(CONTACTS) + GOOD.replace(b"mail", b'"ma"il"'), "citationstegn"),
    "open quote": (columns(CONTACTS) + GOOD.replace(b"mail", b'"mail'), "citationstegn"),
    "NUL": (columns(CONTACTS) + GOOD.replace(b"mail", b"ma\0il"), "NUL"),
    "repeated header": (columns(CONTACTS).replace(b"emne", b"dato") + GOOD, "to gange"),
    "UTF-16": ((columns(CONTACTS) + GOOD).decode().encode("utf-16"), "NUL"),
    "latin in utf-8": (columns(CONTACTS) + GOOD.replace(b"K-1", b"K-\xf8"), "utf-8"),
    "old Mac lines": ((columns(CONTACTS) + GOOD).replace(b"\n", b"\r"), "CR"),
    "tabs": ((columns(CONTACTS) + GOOD).replace(b";", b"\t"), "mangler kolonnen"),
    "no header": (GOOD, "mangler kolonnen"),
    "only blanks": (b" \n\n \n", "mangler kolonnen"),
    "very many columns": (b";".join(b"c%d" % n for n in range(100_000)) + b"\n", "kolonner mere"),
    "a quote left open early in a large file": (
        columns(CONTACTS) + GOOD.replace(b"K-1", b'"K-1') + GOOD * 100_000,
        "citationstegn",
    ),
}


@pytest.mark.parametrize("kind", MADE)
def test_made_bad_files_are_refused_with_their_reason(kind: str, tmp_path: Path) -> None:
    data, words = MADE[kind]
    message = received(wrapped(data), tmp_path)
    assert CONTACTS in message and words in message


def line_of_100_megabytes(folder: Path) -> None:
    """Make the contacts one line of 100 MB."""
    _replace(folder, CONTACTS, columns(CONTACTS) + b"K" * 100_000_000)


def manifest_of_100_megabytes(folder: Path) -> None:
    """Make the manifest 100 MB large."""
    with (folder / "manifest.json").open("ab") as file:
        file.write(b" " * 100_000_000)


def deep_manifest(folder: Path) -> None:
    """Make the manifest a deep nest."""
    (folder / "manifest.json").write_bytes(b'{"a":' * 150_000)


def many_rows_of_one_field(folder: Path) -> None:
    """Make the contacts five million short lines."""
    _replace(folder, CONTACTS, columns(CONTACTS) + b"K\n" * 5_000_000)


def workbook_of_many_cells(folder: Path) -> None:
    """Make the institutions a sheet that unpacks to nearly what is allowed."""
    import io
    import zipfile

    with zipfile.ZipFile(folder / "institutioner.xlsx") as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    row = "".join(f'<c r="{column}{{n}}" t="inlineStr"><is><t>x{{n}}</t></is></c>' for column in "ABCDEFGHI")
    rows = "".join(f'<row r="{n}">{row.format(n=n)}</row>' for n in range(1, 300_000))
    head = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    parts["xl/worksheets/sheet1.xml"] = f"{head}{rows}</sheetData></worksheet>".encode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    _replace(folder, "institutioner.xlsx", buffer.getvalue())


def _replace(folder: Path, name: str, data: bytes) -> None:
    (folder / name).write_bytes(data)
    manifest = json.loads((folder / "manifest.json").read_text())
    for entry in manifest["files"]:
        if entry["file"] == name:
            entry["sha256"] = hashlib.sha256(data).hexdigest()
    (folder / "manifest.json").write_text(json.dumps(manifest))


PROGRAM = """
import sys, pathlib, json, resource
from pipelines.batches import intake
from pipelines.layout import Output
result = intake.receive(pathlib.Path(sys.argv[1]), Output(pathlib.Path(sys.argv[2])))
used = resource.getrusage(resource.RUSAGE_SELF)
seconds = used.ru_utime + used.ru_stime
# Not ru_maxrss: that keeps what the test's own process held before this program took its place.
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(json.dumps([result.loaded, result.refused, seconds, int(peak.split()[1]) / 1000]))
"""


LARGE = (
    (line_of_100_megabytes, "linje 2 er over 1 MB"),
    (manifest_of_100_megabytes, "over 1 MB"),
    (deep_manifest, "kan ikke læses"),
    (many_rows_of_one_field, "linje 2 har 1 felter"),
    (workbook_of_many_cells, "institutioner.xlsx"),
)


@pytest.mark.parametrize(("spoil", "words"), LARGE)
def test_large_bad_input_is_refused_in_500_megabytes(
    landing: Path, tmp_path: Path, spoil: Callable[[Path], None], words: str
) -> None:
    """How long that takes is measured by ``benchmarks/corpora.py``."""
    loaded, refused, _, megabytes = received_apart(spoil, landing, tmp_path / "output")
    assert loaded == [] and words in refused[0][1], refused
    assert megabytes <= 500


def received_apart(
    spoil: Callable[[Path], None], landing: Path, output: Path
) -> tuple[list[str], list[list[str]], float, float]:
    """Receive a spoiled delivery in a process of its own; return what was loaded and refused, seconds and megabytes."""
    spoil(SmallDelivery().write(landing))
    command = [sys.executable, "-c", PROGRAM, str(landing), str(output)]
    done = subprocess.run(command, capture_output=True, check=True, text=True)
    assert done.stderr == ""
    loaded, refused, seconds, megabytes = json.loads(done.stdout)
    return loaded, refused, seconds, megabytes
