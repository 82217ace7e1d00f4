"""A small checker of one delivery against the contract, written apart from both the pipeline and the generator.

Belongs here: the contract as it reads on paper, and every fault a batch or a row of it can have. Does not belong here:
repairing, loading or judging anything.
"""

from __future__ import annotations

import csv
import hashlib
import json
import re
from collections import Counter
from datetime import date, datetime
from pathlib import Path

from openpyxl import load_workbook

# A column is name:type; ! = required; a code lists its values after =.
GROUPS = "1,2,3,4,5"
CONTRACT = {
    "afsoningssager.csv": (
        "sags_id:text! cpr:cpr! institution_kode:text! maalgruppe:code=" + GROUPS + " varetaegt:flag! udvist:flag! "
        "handleplanspligt:flag! straf_dage:integer! straf_ivaerksat:date! "
        "ls_rnr_niveau:code=lav,mellem,hoej,meget_hoej ls_rnr_dato:date bolig_behov:flag "
        "bolig_behov_afklaret:date bolig_begrundelse:text "
        "bolig_ved_loesladelse:code=egen,midlertidig,udslusning,herberg,hjemloes engangshjaelp_behov:flag "
        "tilsyn_vilkaar:flag oprindelig_loesladelse:date faktisk_loesladelse:date "
        "loesladelse_art:code=proeve,endt,anden"
    ),
    "loesladelsesdatoer.csv": (
        "sags_id:text! registreret:date! forventet_proeveloesladelse:date forventet_loesladelse:date!"
    ),
    "handlekommuner.csv": "sags_id:text! gyldig_fra:date! kommunekode:municipality_code!",
    "tilsynssager.csv": (
        "sags_id:text! cpr:cpr! institution_kode:text! maalgruppe:code=" + GROUPS + " modtaget:date! "
        "art:code!=proeveloesladt,betinget_dom,samfundstjeneste,foranstaltning handleplanspligt:flag! "
        "afsoningssag_id:text ophoert:date"
    ),
    "kommunekontakter.csv": (
        "kontakt_id:text! sags_id:text! dato:date! retning:code!=ud,ind "
        "emne:code!=handleplan,oplysninger,underretning,ls_rnr,hjemloeshed,loesladelse,andet "
        "kommunekode:municipality_code! kanal:code!=mail,telefon,moede,digital_post,andet klient_orienteret:flag"
    ),
    "bolighaendelser.csv": (
        "haendelse_id:text! opskrivning_id:text! sags_id:text! dato:date! haendelse:code!=opskrevet,fornyet,slettet "
        "udlejer_art:code!=almen,privat,kommunal"
    ),
    "engangshjaelp.csv": (
        "ansoegning_id:text! sags_id:text! kommunekode:municipality_code! sendt:date! fuldstaendig:date afgjort:date "
        "afgoerelse:code=bevilget,afslag udbetalt:date beloeb:decimal"
    ),
    "loesladelsesmoeder.csv": (
        "moede_id:text! sags_id:text! indkaldt:date! afholdt:date form:code=fysisk,video,telefon,mail "
        "kommune_inviteret:flag! kommune_deltog:flag kif_inviteret:flag"
    ),
    "huslejehjaelp.csv": (
        "ansoegning_id:text! sags_id:text! kommunekode:municipality_code! behov_konstateret:date! sendt:date "
        "afgjort:date afgoerelse:code=bevilget,afslag alternativ_undersoegt:date"
    ),
    "infohus.csv": "sags_id:text! markeret:date! underrettet:date",
    "mentorforloeb.csv": (
        "mentor_id:text! sags_id:text! ordning:code!=kriminalforsorg,kommune tilknyttet:date! ophoert:date"
    ),
    "samarbejdsmoeder.csv": (
        "moede_id:text! dato:date! omraade:code!=Øst,Vest kommunekode:municipality_code! kommune_deltog:flag! "
        "politi_deltog:flag"
    ),
    "institutioner.xlsx": (
        "institution_kode:text! navn:text! art:code!=faengsel,arrest,udslusning,kif,omraadekontor "
        "omraade:code!=Øst,Vest adresse:text postnr:text by:text telefon:text mail:email"
    ),
    "samarbejdsaftaler.xlsx": (
        "kommunekode:municipality_code! opdateret:date! postkasse:email kontakt_navn:text kontakt_mail:email "
        "kontakt_telefon:text"
    ),
}
KEYS = {
    "afsoningssager.csv": ["sags_id"],
    "loesladelsesdatoer.csv": ["sags_id", "registreret"],
    "handlekommuner.csv": ["sags_id", "gyldig_fra"],
    "tilsynssager.csv": ["sags_id"],
    "kommunekontakter.csv": ["kontakt_id"],
    "bolighaendelser.csv": ["haendelse_id"],
    "engangshjaelp.csv": ["ansoegning_id"],
    "loesladelsesmoeder.csv": ["moede_id"],
    "huslejehjaelp.csv": ["ansoegning_id"],
    "infohus.csv": ["sags_id"],
    "mentorforloeb.csv": ["mentor_id"],
    "samarbejdsmoeder.csv": ["moede_id", "kommunekode"],
    "institutioner.xlsx": ["institution_kode"],
    "samarbejdsaftaler.xlsx": ["kommunekode"],
}
SUPERVISION_CASES_TOO = {"handlekommuner.csv", "kommunekontakter.csv"}
PATTERNS = {"iso": (r"\d{4}-\d{2}-\d{2}", "%Y-%m-%d"), "dmy": (r"\d{2}-\d{2}-\d{4}", "%d-%m-%Y")}
PLANNED = {"straf_ivaerksat", "oprindelig_loesladelse", "forventet_proeveloesladelse", "forventet_loesladelse"}
MUNICIPALITIES = Path(__file__).resolve().parents[3] / "dbt_project" / "seeds" / "municipalities.csv"

Rows = list[dict[str, str]]


def manifest(folder: Path) -> dict:
    """The manifest as it stands."""
    return json.loads((folder / "manifest.json").read_text(encoding="utf-8"))


def read(folder: Path, file: str) -> Rows:
    """The rows of one file, every date as ISO text."""
    stated = manifest(folder)
    if file.endswith(".xlsx"):
        values = list(load_workbook(folder / file).active.iter_rows(values_only=True))
        header = [str(title) for title in values[0]]
        return [
            {
                name: "" if cell is None else cell.date().isoformat() if isinstance(cell, datetime) else str(cell)
                for name, cell in zip(header, row, strict=True)
            }
            for row in values[1:]
        ]
    encoding = "utf-8-sig" if stated["encoding"] == "utf-8" else "cp1252"
    with (folder / file).open(encoding=encoding, newline="") as source:
        lines = list(csv.reader(source, delimiter=";", strict=True))
    dates = {name for name, kind, _, _ in columns(file) if kind == "date"}
    return [
        {
            name: as_iso(value, stated["date_format"]) if name in dates and value else value
            for name, value in zip(lines[0], line, strict=True)
        }
        for line in lines[1:]
    ]


def as_iso(value: str, date_format: str) -> str:
    """A date in the stated format as ISO text; any other text with a mark that no date has."""
    pattern, form = PATTERNS[date_format]
    if not re.fullmatch(pattern, value):
        return f"?{value}"
    try:
        return datetime.strptime(value, form).date().isoformat()
    except ValueError:
        return f"?{value}"


def columns(file: str) -> list[tuple[str, str, bool, set[str]]]:
    """Name, type, whether it is required, and the values of a code."""
    found = []
    for column in CONTRACT[file].split():
        name, _, kind = column.partition(":")
        kind, _, values = kind.partition("=")
        found.append((name, kind.rstrip("!"), kind.endswith("!"), set(values.split(",")) if values else set()))
    return found


def birthday(cpr: str) -> date | None:
    """The birthday of a number of the register, its century by the seventh digit; None when there is no such day."""
    digits = cpr.replace("-", "").zfill(10)
    if not re.fullmatch(r"\d{6}-?\d{4}|\d{9}", cpr):
        return None
    year, seventh = int(digits[4:6]), int(digits[6])
    if seventh <= 3 or (seventh in (4, 9) and year >= 37):
        century = 1900
    elif seventh in (4, 9) or year <= 57:
        century = 2000
    else:
        century = 1800
    try:
        return date(century + year, int(digits[2:4]), int(digits[:2]))
    except ValueError:
        return None


def batch_faults(folder: Path) -> list[str]:
    """Why the whole batch would be refused."""
    stated = manifest(folder)
    faults = []
    if stated["batch_id"] != folder.name or [entry["file"] for entry in stated["files"]] != list(CONTRACT):
        faults.append("manifest")
    for entry in stated["files"]:
        file = entry["file"]
        if hashlib.sha256((folder / file).read_bytes()).hexdigest() != entry["sha256"]:
            faults.append(f"checksum {file}")
        rows = read(folder, file)
        if len(rows) != entry["rows"]:
            faults.append(f"row count {file}")
        if rows and list(rows[0]) != [name for name, _, _, _ in columns(file)]:
            faults.append(f"columns {file}")
    return faults


def row_faults(folder: Path) -> Counter[tuple[str, str]]:
    """How many rows of each file would be set aside, by reason."""
    with MUNICIPALITIES.open(encoding="utf-8", newline="") as source:
        codes = {row["municipality_code"] for row in csv.DictReader(source)}
    tables = {file: read(folder, file) for file in CONTRACT}
    institutions = {row["institution_kode"] for row in tables["institutioner.xlsx"]}
    reasons: Counter[tuple[str, str]] = Counter()
    loaded: dict[str, set[str]] = {}
    for file in ("afsoningssager.csv", "tilsynssager.csv", *(name for name in CONTRACT if "sager.csv" not in name)):
        seen: set[tuple[str, ...]] = set()
        loaded[file] = set()
        sentences = loaded["afsoningssager.csv"]
        cases = sentences | loaded.get("tilsynssager.csv", set()) if file in SUPERVISION_CASES_TOO else sentences
        for row in tables[file]:
            key = tuple(row[name] for name in KEYS[file])
            reason = next((found for column in columns(file) if (found := _value_fault(row, column, codes))), None)
            if reason is None and (key in seen or (file == "tilsynssager.csv" and key[0] in sentences)):
                reason = "duplicate_key"
            is_case = file in ("afsoningssager.csv", "tilsynssager.csv")
            if reason is None and not is_case and "sags_id" in row and row["sags_id"] not in cases:
                reason = "orphan"
            if reason is None and is_case and row["institution_kode"] not in institutions:
                reason = "orphan"
            seen.add(key)
            if reason:
                reasons[file, reason] += 1
            else:
                loaded[file].add(key[0])
    return reasons


def _value_fault(row: dict[str, str], column: tuple[str, str, bool, set[str]], codes: set[str]) -> str | None:
    name, kind, required, values = column
    value = row[name]
    if not value:
        return "missing_required" if required else None
    faults = {
        "date": ("invalid_date", not value.startswith("?") and "1900" <= value[:4] <= "2100"),
        "integer": ("invalid_number", value.isdecimal() and int(value) >= 1),
        "decimal": ("invalid_number", re.fullmatch(r"\d+(,\d+)?", value) is not None),
        "code": ("unknown_code", value in values),
        "flag": ("unknown_code", value in ("J", "N")),
        "municipality_code": ("unknown_code", value in codes),
        "cpr": ("invalid_cpr", birthday(value) is not None),
        "email": ("invalid_email", re.fullmatch(r"[a-z0-9-]+@[a-z0-9.-]+\.example", value) is not None),
        "text": ("untrimmed", value == value.strip()),
    }
    reason, good = faults[kind]
    return None if good else reason


def warnings(folder: Path) -> Counter[str]:
    """How many odd rows of each kind the batch has."""
    found: Counter[str] = Counter()
    extract_date = manifest(folder)["extract_date"]
    for file in CONTRACT:
        dated = [name for name, kind, _, _ in columns(file) if kind == "date" and name not in PLANNED]
        for row in read(folder, file):
            found["event_after_extract"] += any(row[name] > extract_date for name in dated)
            if "afgjort" in row:
                found["decided_before_sent"] += bool(row["afgjort"]) and row["afgjort"] < row["sendt"]
                found["decision_without_result"] += bool(row["afgjort"]) != bool(row["afgoerelse"])
            if file == "engangshjaelp.csv":
                found["paid_before_decided"] += bool(row["udbetalt"]) and row["udbetalt"] < row["afgjort"]
            if file == "afsoningssager.csv":
                released = row["faktisk_loesladelse"]
                found["released_before_start"] += bool(released) and released < row["straf_ivaerksat"]
                found["cpr_in_free_text"] += bool(re.search(r"\d{6}-?\d{4}", row["bolig_begrundelse"]))
    return +found
