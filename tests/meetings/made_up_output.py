"""A made-up output folder: a warehouse with published tables, the rows behind them, and a current publication.

Belongs here: files as a build and a publication leave them. Does not belong here: any expectation. The published tables
are those of the reports' own small world; municipality 101 lies in Øst, and area Øst has 46 municipalities.
"""

from __future__ import annotations

import json
from pathlib import Path

import duckdb

from pipelines.layout import Output
from pipelines.units import LEVEL_FOLDERS, code_folder
from pipelines.vocabulary import LEVELS, word
from reports.documents.csv_file import csv_bytes
from reports.documents.rows import COUNTED, HIDDEN_MARK, KEYS, KINDS, DocumentTable
from reports.meetings.span import Span
from tests.reports import small_world

RELEASE = "2026-09-30"
# The pack that tests read: three municipalities and the span it is made for.
PACK_SPAN = Span("2024-Q4", "2026-Q3")
PACK_CODES = ("101", "147", "155")
PACK_NAME = "oest-2024-10-01-2026-09-30-101-147-155"
AREA, OTHER = "101", "751"
HIDDEN_UNIT = "825"

# A late case of municipality 101 for each rule that can be answered in its own way, with the rows it rests on.
CASES = [
    ("C-1", "aid_decided", "late", "decision_late", "kommune", "101", "2026-03-01", "2026-03-09"),
    ("C-2", "aid_decided", "late", "decision_late", "kommune", "101", "2026-03-02", "2026-03-10"),
    ("C-3", "municipal_response", "missed", None, "kommune", "101", "2026-04-01", None),
    ("C-4", "housing_registered", "missed", "not_registered", "kriminalforsorgen", "101", "2026-05-01", None),
    ("C-9", "aid_decided", "late", "decision_late", "kommune", "751", "2026-03-03", "2026-03-12"),
]
AID = [
    ("E-1", "C-1", "101", "2026-02-01", "2026-02-03", "2026-03-09"),
    ("E-2a", "C-2", "101", "2026-02-01", "2026-02-03", None),
    ("E-2b", "C-2", "101", "2026-02-05", "2026-02-06", "2026-03-10"),
    ("E-9", "C-9", "751", "2026-02-01", "2026-02-03", "2026-03-12"),
]
MEETINGS = [
    ("SM1", "2024-03-14", "Øst", "101", "J"),
    ("SM1", "2024-03-14", "Øst", "147", "N"),
    ("SM2", "2025-10-01", "Øst", "147", "J"),
    ("SM3", "2026-02-01", "Vest", "751", "J"),
]


def pack_file(folder: Path, who: str, kind: str) -> Path:
    """Return a pack's file of one recipient: it is named by recipient and edition."""
    return folder / who / f"samarbejdsmoede-{who.replace('/', '-')}-{RELEASE}.{kind}"


def make(root: Path) -> Output:
    """Write the warehouse and the publication, and return the output folder."""
    output = Output(root)
    root.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(output.warehouse)) as target:
        _published(target)
        _behind(target)
    _release(output)
    return output


def _published(target: duckdb.DuckDBPyConnection) -> None:
    target.execute("create schema publish")
    with small_world.connect() as source:
        tables = [
            row[0]
            for row in source.execute("select table_name from duckdb_tables() where schema_name = 'publish'").fetchall()
        ]
        for table in sorted(tables):
            # Through Arrow, since an in-memory database cannot be attached to another.
            rows = source.sql(f"select * from publish.{table}").to_arrow_table()
            target.register("rows_of_table", rows)
            target.execute(f"create table publish.{table} as select * from rows_of_table")
            target.unregister("rows_of_table")
    target.execute("delete from publish.pub_late_case")
    target.execute("alter table publish.pub_late_case add column institution_name text")
    target.executemany(
        "insert into publish.pub_late_case by name select ? as case_id, ? as rule_id, ? as status, ? as reason, "
        "? as responsible, ? as municipality_code, 'F02' as institution_code, 'Vestre Fængsel' as institution_name, "
        "cast(? as date) as deadline, cast(? as date) as event_date, -8 as days_margin",
        CASES,
    )


def _behind(target: duckdb.DuckDBPyConnection) -> None:
    for schema in ("raw", "staging", "marts"):
        target.execute(f"create schema {schema}")
    target.execute("create table raw.run as select as_of from publish.pub_run")
    target.execute(
        "create table raw.samarbejdsmoeder (moede_id text, dato text, omraade text, kommunekode text, "
        "kommune_deltog text)"
    )
    target.executemany("insert into raw.samarbejdsmoeder values (?, ?, ?, ?, ?)", MEETINGS)
    target.execute(
        "create table raw.engangshjaelp (ansoegning_id text, sags_id text, kommunekode text, sendt text, "
        "fuldstaendig text, "
        "afgjort text, udbetalt text)"
    )
    target.executemany("insert into raw.engangshjaelp values (?, ?, ?, ?, ?, ?, null)", AID)
    target.execute(
        "create table raw.kommunekontakter (kontakt_id text, sags_id text, dato text, retning text, emne text, "
        "kommunekode text)"
    )
    target.execute("insert into raw.kommunekontakter values ('K-1', 'C-3', '2026-03-04', 'ud', 'handleplan', '101')")
    target.execute("create table raw.afsoningssager as select * from (values ('C-1'), ('C-2')) as t (sags_id)")
    target.execute("alter table raw.afsoningssager add column straf_ivaerksat text default '2025-06-01'")
    target.execute("alter table raw.afsoningssager add column faktisk_loesladelse text default '2026-03-15'")
    target.execute("create table raw.samarbejdsaftaler (kommunekode text, opdateret text, postkasse text)")
    target.execute("insert into raw.samarbejdsaftaler values ('101', '2026-01-01', 'loesladelse@k101.example.dk')")
    target.execute("create table raw.institutioner as select 'Vestre Fængsel' as navn")
    target.execute("create table raw.tilsynssager (sags_id text, modtaget text)")
    target.execute("create table raw.loesladelsesmoeder (moede_id text, sags_id text, indkaldt text, afholdt text)")
    target.execute(
        "create table raw.huslejehjaelp (ansoegning_id text, sags_id text, kommunekode text, sendt text, "
        "alternativ_undersoegt text, behov_konstateret text)"
    )
    target.execute(
        "create table staging.stg_aid_applications as select ansoegning_id as application_id, sags_id as case_id, "
        "kommunekode as municipality_code, cast(sendt as date) as sent_date, cast(fuldstaendig as date) as "
        "documented_date, "
        "cast(afgjort as date) as decided_date, 'bevilget' as decision from raw.engangshjaelp"
    )
    target.execute(
        "create table marts.fct_rule_outcome as select case_id, rule_id, status, municipality_code, deadline, "
        "event_date, "
        "cast(null as date) as knowable_from from publish.pub_late_case"
    )

    target.execute("create schema restricted")
    target.execute("create table restricted.samarbejdsaftaler_kontakter (kommunekode text, kontakt_navn text)")
    target.execute("insert into restricted.samarbejdsaftaler_kontakter values ('101', 'Åse Ørsted')")
    target.execute("create table marts.dim_municipality as select 'København' as name")
    target.execute("create table raw.handlekommuner (sags_id text, gyldig_fra text, kommunekode text)")
    target.executemany("insert into raw.handlekommuner values (?, '2025-06-01', '101')", [["C-1"], ["C-2"], ["C-3"]])
    target.execute(
        "create table staging.stg_corrections (correction_id text, reply_id text, case_id text, table_name text, "
        "row_key text, column_name text, value text, held text, delivered text, reason text, decided_on date, "
        "decided_by text, state text)"
    )


def _release(output: Output) -> None:
    """Write the shared edition's csv files: rolling years, what is below five hidden."""
    folder = output.published / RELEASE
    rows: dict[str, list[tuple[object, ...]]] = {}
    with duckdb.connect(str(output.warehouse), read_only=True) as connection:
        found = connection.execute(
            "select level, unit_code, rule_id, period, own_due, own_met from publish.pub_compliance where "
            "period_type = 'rolling4' "
            "and level in ('national', 'area', 'municipality') and rule_id <> 'infohus_notified' order by all"
        ).fetchall()
    for level, unit, rule, period, due, met in found:
        hidden = 0 < due < 5
        counts = (None, HIDDEN_MARK, None, HIDDEN_MARK) if hidden else (due, "", met, "")
        row = (
            word(LEVELS, level),
            unit,
            unit,
            rule,
            rule,
            "",
            KINDS["rolling4"],
            period,
            *counts,
            *(None, None, None, HIDDEN_MARK),
        )
        place = "" if level == "national" else f"{LEVEL_FOLDERS[level]}/{code_folder(unit)}/"
        rows.setdefault(place, []).append(row)
    for place, lines in rows.items():
        target = folder / "delt" / place
        target.mkdir(parents=True, exist_ok=True)
        (target / "data.csv").write_bytes(csv_bytes(DocumentTable(KEYS + COUNTED, lines)))
    description = {"release_id": RELEASE, "number": 1, "as_of": RELEASE, "files": []}
    (folder / "release.json").write_text(json.dumps(description), encoding="utf-8")
    (output.published / "current").symlink_to(RELEASE, target_is_directory=True)
