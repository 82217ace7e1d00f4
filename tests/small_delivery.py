"""A small sound delivery that a test makes unsound in one way, and how it is received in a test.

Belongs here: a few good rows of every file and writing them in every form the contract allows. Does not belong here:
what must come of it; each test says that itself.
"""

from __future__ import annotations

import copy
import csv
import datetime
import hashlib
import io
import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl

from pipelines.batches import batch_list, intake
from pipelines.contract import contract
from pipelines.layout import Output

KEY = "a key that only the tests know, long enough to be one"
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_PROPERTIES = "docProps/core.xml"
_SECOND_OF_SAVING = re.compile(rb"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z")
_SAVED = "2026-01-01T00:00:00Z"


def good_rows(cases: int = 3) -> dict[str, list[dict[str, str]]]:
    """Return the rows of a sound delivery: ``cases`` sentence cases and as many supervision cases."""
    numbers = range(cases)
    sentences = [
        {
            "sags_id": f"A-{n:04}",
            "cpr": f"0101{n % 100:02}-{n:04}",
            "institution_kode": "I001",
            "maalgruppe": "1",
            "varetaegt": "N",
            "udvist": "N",
            "handleplanspligt": "J",
            "straf_dage": "90",
            "straf_ivaerksat": "2026-01-05",
            "bolig_behov": "J",
            "bolig_behov_afklaret": "2026-01-20",
            "bolig_begrundelse": 'ønsker ikke; ældre "aftale"',
            "engangshjaelp_behov": "N",
            "tilsyn_vilkaar": "N",
        }
        for n in numbers
    ]
    supervision = [
        {
            "sags_id": f"T-{n:04}",
            "cpr": f"1512{n % 100:02}{n:04}",
            "institution_kode": "I002",
            "modtaget": "2026-02-01",
            "art": "betinget_dom",
            "handleplanspligt": "J",
        }
        for n in numbers
    ]

    def per_case(**values: str) -> list[dict[str, str]]:
        rows = [{"sags_id": f"A-{n:04}", **values} for n in numbers]
        return [{name: value.format(n=n) for name, value in row.items()} for n, row in enumerate(rows)]

    return {
        "institutioner.xlsx": [
            {"institution_kode": "I001", "navn": "Fængslet Ærø", "art": "faengsel", "omraade": "Øst"},
            {"institution_kode": "I002", "navn": "KiF Åby", "art": "kif", "omraade": "Vest", "mail": "kif@example.dk"},
        ],
        "afsoningssager.csv": sentences,
        "tilsynssager.csv": supervision,
        "loesladelsesdatoer.csv": per_case(registreret="2026-01-05", forventet_loesladelse="2027-04-05"),
        "handlekommuner.csv": per_case(gyldig_fra="2026-01-06", kommunekode="101"),
        "kommunekontakter.csv": per_case(
            kontakt_id="K-{n:04}", dato="2026-01-15", retning="ud", emne="handleplan", kommunekode="101", kanal="mail"
        ),
        "bolighaendelser.csv": per_case(
            haendelse_id="H-{n:04}",
            opskrivning_id="O-{n:04}",
            dato="2026-02-01",
            haendelse="opskrevet",
            udlejer_art="almen",
        ),
        "engangshjaelp.csv": per_case(
            ansoegning_id="E-{n:04}",
            kommunekode="147",
            sendt="2026-03-01",
            afgjort="2026-03-20",
            afgoerelse="bevilget",
            udbetalt="2026-04-01",
            beloeb="1234,50",
        ),
        "loesladelsesmoeder.csv": per_case(moede_id="M-{n:04}", indkaldt="2026-03-01", kommune_inviteret="J"),
        "huslejehjaelp.csv": per_case(ansoegning_id="L-{n:04}", kommunekode="147", behov_konstateret="2026-01-07"),
        "infohus.csv": per_case(markeret="2026-02-02")[:1],
        "mentorforloeb.csv": per_case(mentor_id="T-{n:04}", ordning="kommune", tilknyttet="2026-02-03"),
        "samarbejdsmoeder.csv": [
            {"moede_id": "S1", "dato": "2026-04-01", "omraade": "Øst", "kommunekode": "101", "kommune_deltog": "J"},
            {"moede_id": "S1", "dato": "2026-04-01", "omraade": "Øst", "kommunekode": "147", "kommune_deltog": "N"},
        ],
        "samarbejdsaftaler.xlsx": [
            {"kommunekode": "101", "opdateret": "2026-05-18", "kontakt_navn": "Åse Ørsted", "postkasse": "x@k101.dk"},
            {"kommunekode": "147", "opdateret": "2025-05-18", "kontakt_navn": "Bo Bæk"},
        ],
    }


class SmallDelivery:
    """A delivery to be written; change ``rows``, ``files`` (raw bytes) or ``manifest`` before writing."""

    def __init__(self, batch_id: str = "2026-09-30", cases: int = 3, **form: Any) -> None:
        self.batch_id = batch_id
        self.form = {"encoding": "utf-8", "date_format": "iso", "line_end": "\n", "mark": False, **form}
        self.rows = good_rows(cases)
        self.files: dict[str, bytes] = {}
        self.row_counts: dict[str, int] = {}
        self.manifest: dict[str, Any] = {}
        self.left_out: set[str] = set()
        self.date_cell: Callable[[datetime.date], Any] = lambda day: day

    def copy(self) -> SmallDelivery:
        """Return a copy to change."""
        return copy.deepcopy(self)

    def write(self, landing: Path) -> Path:
        """Write the batch folder and return it."""
        folder = landing / self.batch_id
        folder.mkdir(parents=True)
        listed = []
        for file in contract().files:
            if file.name in self.left_out:
                continue
            data = self.files.get(file.name) or self.bytes_of(file.name)
            (folder / file.name).write_bytes(data)
            rows = self.row_counts.get(file.name, len(self.rows[file.name]))
            listed.append({"file": file.name, "rows": rows, "sha256": hashlib.sha256(data).hexdigest()})
        manifest = {
            "batch_id": self.batch_id,
            "extract_date": self.batch_id[:10],
            "source_system": "klientsystem",
            "encoding": self.form["encoding"],
            "date_format": self.form["date_format"],
            "files": listed,
            **self.manifest,
        }
        text = json.dumps({name: value for name, value in manifest.items() if value is not None})
        (folder / "manifest.json").write_text(text, encoding="utf-8")
        return folder

    def bytes_of(self, name: str) -> bytes:
        """Return the bytes of one file in the delivery's form."""
        return self._workbook(name) if name.endswith(".xlsx") else self._csv(name)

    def _csv(self, name: str) -> bytes:
        buffer = io.StringIO(newline="")
        columns = contract().file(name).column_names
        writer = csv.writer(buffer, delimiter=";", lineterminator=self.form["line_end"])
        writer.writerow(columns)
        for row in self.rows[name]:
            writer.writerow([self.dated(row.get(column, "")) for column in columns])
        encoding = "cp1252" if self.form["encoding"] == "windows-1252" else self.form["encoding"]
        return (b"\xef\xbb\xbf" if self.form["mark"] else b"") + buffer.getvalue().encode(encoding)

    def dated(self, value: str) -> str:
        """Return a date in the delivery's own format, anything else as it is."""
        match = _ISO.fullmatch(value)
        return "-".join(reversed(match.groups())) if match and self.form["date_format"] == "dmy" else value

    def _workbook(self, name: str) -> bytes:
        return bytes_of_workbook(self.workbook(name))

    def workbook(self, name: str) -> openpyxl.Workbook:
        """Return one file as an open workbook, to be changed."""
        workbook = openpyxl.Workbook()
        sheet = workbook.active
        assert sheet is not None
        columns = contract().file(name).columns
        sheet.append([column.name for column in columns])
        for row in self.rows[name]:
            cells: list[Any] = []
            for column in columns:
                value = row.get(column.name, "")
                is_day = column.type == "date" and _ISO.fullmatch(value)
                cells.append(self.date_cell(datetime.date.fromisoformat(value)) if is_day else value or None)
            sheet.append(cells)
        return workbook

    def put_workbook(self, name: str, workbook: openpyxl.Workbook) -> None:
        """Deliver this workbook as the file."""
        self.files[name] = bytes_of_workbook(workbook)


def bytes_of_workbook(workbook: openpyxl.Workbook) -> bytes:
    """Return a workbook's bytes, the same for the same cells.

    openpyxl writes the second of saving into the file: two workbooks of the same cells would differ across a second.
    """
    buffer = io.BytesIO()
    workbook.save(buffer)
    fixed = io.BytesIO()
    with zipfile.ZipFile(buffer) as saved, zipfile.ZipFile(fixed, "w", zipfile.ZIP_DEFLATED) as written:
        for name in saved.namelist():
            content = saved.read(name)
            if name == _PROPERTIES:
                content = _SECOND_OF_SAVING.sub(_SAVED.encode(), content)
            written.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return fixed.getvalue()


def receive(folder: Path, output: Output, **options: Any) -> intake.ReceiveResult:
    """Receive the landing folder (the parent of a batch folder may be given, or the batch folder)."""
    landing = folder.parent if (folder / "manifest.json").exists() or not any(folder.iterdir()) else folder
    return intake.receive(landing, output, **options)


def file_facts(output: Output, batch_id: str = "2026-09-30") -> dict[str, dict[str, Any]]:
    """Return the receipt's facts of each table."""
    return {file["file"].partition(".")[0]: file for file in batch_list.find(output, batch_id).receipt["files"]}
