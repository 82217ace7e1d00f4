"""Writing one batch: the CSV files, the two workbooks and the manifest, in the form that was asked for.

Belongs here: column names, encodings, date formats, line ends, checksums, and that a batch is never half there. Does
not belong here: what the rows say.

The columns are written out once more here, apart from the pipeline's contract, because this package plays the supplier:
if both read one list, a wrong name in it would go unnoticed. A test compares the two.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TextIO

import xlsxwriter

from pipelines.demo.rows import Row, on_day

SOURCE_SYSTEM = "klientsystem (syntetisk)"
SEPARATOR = ";"
LINES_HELD = 4000
WORKBOOK_CREATED = datetime(2020, 1, 1, tzinfo=UTC)

DATE_FORMATS = {"iso": "%Y-%m-%d", "dmy": "%d-%m-%Y"}
CELL_DATE_FORMATS = {"iso": "yyyy-mm-dd", "dmy": "dd-mm-yyyy"}
ENCODINGS = ("utf-8", "windows-1252")
LINE_ENDS = ("\n", "\r\n")

COLUMNS = {
    "afsoningssager.csv": (
        "sags_id cpr institution_kode maalgruppe varetaegt udvist handleplanspligt straf_dage straf_ivaerksat "
        "ls_rnr_niveau ls_rnr_dato bolig_behov bolig_behov_afklaret bolig_begrundelse bolig_ved_loesladelse "
        "engangshjaelp_behov tilsyn_vilkaar oprindelig_loesladelse faktisk_loesladelse loesladelse_art"
    ),
    "loesladelsesdatoer.csv": "sags_id registreret forventet_proeveloesladelse forventet_loesladelse",
    "handlekommuner.csv": "sags_id gyldig_fra kommunekode",
    "tilsynssager.csv": (
        "sags_id cpr institution_kode maalgruppe modtaget art handleplanspligt afsoningssag_id ophoert"
    ),
    "kommunekontakter.csv": "kontakt_id sags_id dato retning emne kommunekode kanal klient_orienteret",
    "bolighaendelser.csv": "haendelse_id opskrivning_id sags_id dato haendelse udlejer_art",
    "engangshjaelp.csv": ("ansoegning_id sags_id kommunekode sendt fuldstaendig afgjort afgoerelse udbetalt beloeb"),
    "loesladelsesmoeder.csv": ("moede_id sags_id indkaldt afholdt form kommune_inviteret kommune_deltog kif_inviteret"),
    "huslejehjaelp.csv": (
        "ansoegning_id sags_id kommunekode behov_konstateret sendt afgjort afgoerelse alternativ_undersoegt"
    ),
    "infohus.csv": "sags_id markeret underrettet",
    "mentorforloeb.csv": "mentor_id sags_id ordning tilknyttet ophoert",
    "samarbejdsmoeder.csv": "moede_id dato omraade kommunekode kommune_deltog politi_deltog",
    "institutioner.xlsx": "institution_kode navn art omraade adresse postnr by telefon mail",
    "samarbejdsaftaler.xlsx": "kommunekode opdateret postkasse kontakt_navn kontakt_mail kontakt_telefon",
}


@dataclass(frozen=True)
class BatchForm:
    """How the files of a batch are written; the contract allows each of these."""

    encoding: str = "utf-8"
    date_format: str = "iso"
    line_end: str = "\n"
    byte_order_mark: bool = False

    def __post_init__(self) -> None:
        if self.encoding not in ENCODINGS:
            raise ValueError(f"encoding must be one of {ENCODINGS}, not {self.encoding!r}")
        if self.date_format not in DATE_FORMATS:
            raise ValueError(f"date_format must be one of {tuple(DATE_FORMATS)}, not {self.date_format!r}")
        if self.line_end not in LINE_ENDS:
            raise ValueError(f"line_end must be one of {LINE_ENDS!r}, not {self.line_end!r}")
        if self.byte_order_mark and self.encoding != "utf-8":
            raise ValueError("a byte order mark is written in UTF-8 only")


class _DateText(dict[int, str]):
    """The text of each ordinal, made once: a delivery holds the same two thousand days a million times."""

    def __init__(self, date_format: str) -> None:
        super().__init__()
        self.pattern = DATE_FORMATS[date_format]

    def __missing__(self, day: int) -> str:
        text = self[day] = date.fromordinal(day).strftime(self.pattern)
        return text


def quoted(text: str) -> str:
    """A CSV value, in quotes only where it must be."""
    if SEPARATOR in text or '"' in text or "\n" in text or "\r" in text:
        return '"' + text.replace('"', '""') + '"'
    return text


class Batch:
    """One batch being written: rows in, a finished folder out."""

    def __init__(self, landing: Path, batch_id: str, extract_date: date, form: BatchForm) -> None:
        self.folder = landing / batch_id
        if self.folder.exists():
            raise FileExistsError(f"there is already a batch {batch_id} in {landing}")
        self.batch_id = batch_id
        self.extract_date = extract_date
        self.day = extract_date.toordinal()
        self.form = form
        self.date_text = _DateText(form.date_format)
        self.counts = dict.fromkeys(COLUMNS, 0)
        self.first_rows: dict[str, list[str]] = {}
        self.sheets: dict[str, list[list[str | int]]] = {name: [] for name in COLUMNS if name.endswith(".xlsx")}
        self.held: dict[str, list[str]] = {}
        self.open_files: dict[str, TextIO] = {}
        # Hidden and beside the place it will have, so that nothing takes it for a batch and the move is one step.
        self.unfinished = landing / f".{batch_id}.unfinished-{os.getpid()}"
        self.unfinished.mkdir(parents=True)
        try:
            self._open_files()
        except BaseException:
            self.abandon()
            raise

    def _open_files(self) -> None:
        encoding = "utf-8-sig" if self.form.byte_order_mark else self.form.encoding
        for name in COLUMNS:
            if name not in self.sheets:
                # Closed in finish() or abandon(): all files are written side by side, case by case.
                file = (self.unfinished / name).open("w", encoding=encoding, newline="")
                self.open_files[name] = file
                self.held[name] = [SEPARATOR.join(COLUMNS[name].split())]

    def add(self, row: Row) -> None:
        """Write a row as the source system knew it on the extract date, if it did."""
        day = self.day
        if row.known > day or row.withdrawn <= day:
            return
        cells = [cell if isinstance(cell, (str, int)) else on_day(cell, day) for cell in row.cells]
        if row.file in self.sheets:
            self.sheets[row.file].append(cells)
            self.counts[row.file] += 1
            return
        date_text = self.date_text
        self.add_text(row.file, [cell if isinstance(cell, str) else date_text[cell] for cell in cells])

    def add_text(self, file: str, values: list[str]) -> None:
        """Write a row of a CSV file as it stands."""
        self.first_rows.setdefault(file, values)
        self.counts[file] += 1
        line = SEPARATOR.join(values)
        if '"' in line or line.count(SEPARATOR) >= len(values):
            line = SEPARATOR.join(map(quoted, values))
        lines = self.held[file]
        lines.append(line)
        if len(lines) >= LINES_HELD:
            self._write_held(file)

    def _write_held(self, file: str) -> None:
        end = self.form.line_end
        self.open_files[file].write(end.join(self.held[file]) + end)
        self.held[file].clear()

    def finish(self) -> Path:
        """Write what remains and the manifest, and put the folder in its place."""
        for name, file in self.open_files.items():
            if self.held[name]:
                self._write_held(name)
            file.close()
        for name, rows in self.sheets.items():
            self._write_workbook(name, rows)
        manifest = {
            "batch_id": self.batch_id,
            "extract_date": self.extract_date.isoformat(),
            "source_system": SOURCE_SYSTEM,
            "encoding": self.form.encoding,
            "date_format": self.form.date_format,
            "files": [{"file": name, "rows": self.counts[name], "sha256": self._checksum(name)} for name in COLUMNS],
        }
        text = json.dumps(manifest, ensure_ascii=False, indent=1) + "\n"
        (self.unfinished / "manifest.json").write_text(text, encoding="utf-8", newline="\n")
        self.unfinished.rename(self.folder)
        return self.folder

    def abandon(self) -> None:
        """Leave nothing behind of a batch that was not finished."""
        for file in self.open_files.values():
            file.close()
        shutil.rmtree(self.unfinished, ignore_errors=True)

    def _checksum(self, name: str) -> str:
        with (self.unfinished / name).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def _write_workbook(self, name: str, rows: list[list[str | int]]) -> None:
        workbook = xlsxwriter.Workbook(self.unfinished / name, {"in_memory": True})
        # A fixed day, or the same delivery would have other bytes tomorrow.
        workbook.set_properties({"created": WORKBOOK_CREATED, "author": SOURCE_SYSTEM})
        sheet = workbook.add_worksheet(name.removesuffix(".xlsx"))
        heading = workbook.add_format({"bold": True})
        as_date = workbook.add_format({"num_format": CELL_DATE_FORMATS[self.form.date_format]})
        for column, title in enumerate(COLUMNS[name].split()):
            sheet.write_string(0, column, title, heading)
        for number, cells in enumerate(rows, start=1):
            for column, cell in enumerate(cells):
                if isinstance(cell, int):
                    sheet.write_datetime(number, column, date.fromordinal(cell), as_date)
                elif cell:
                    # As text, or a postal code would lose its leading zeros.
                    sheet.write_string(number, column, cell)
        sheet.autofit()
        workbook.close()
