"""The warehouse: built in a new file, verified, and swapped in by a rename.

Belongs here: loading what dbt reads, running the build, judging it, exporting ``marts.duckdb``, the swap. Does not
belong here: how a delivery is judged (``judging``), what dbt computes (``dbt_project``), reading what is in place
(``in_place``).

A build is never repaired in place: whatever goes wrong, the old file stays, and the next run builds anew from the
received bytes. No index and no key is made in the file, since write-ahead logs with such changes are what is known to
fail when they are replayed.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.batches.batch_list import Batch
from pipelines.batches.batch_rows import stage
from pipelines.code_version import code_version
from pipelines.contract import File, contract
from pipelines.durable_files import make_folder, protect, sum_of, sync_folder
from pipelines.errors import UserError
from pipelines.layout import Output

if TYPE_CHECKING:
    import duckdb

    from pipelines.warehouse.dbt_build import NodeResult

_TABLES_OF_THE_BUILD = {
    "raw.run": "batch_id varchar, extract_date date, as_of date, source_system varchar, is_synthetic boolean, "
    "code_version varchar, build_digest varchar",
    "raw.delivery_files": "batch_id varchar, file varchar, rows bigint, loaded bigint, quarantined bigint",
    "raw.delivery_faults": "batch_id varchar, file varchar, kind varchar, reason varchar, count bigint",
    "raw.mailing_ledger": "quarter varchar, municipality_code varchar, state varchar, state_date date",
    "raw.earlier_figures": "publication_id varchar, publication_number integer, as_of date, level varchar, "
    "unit_code varchar, "
    "period_type varchar, period varchar, rule_id varchar, due bigint, met bigint, late bigint, missed bigint, "
    "own_due bigint, own_met bigint, rule_version varchar, code_version varchar, batch_id varchar",
    "raw.parameter_overrides": "rule_id varchar, parameter varchar, value varchar",
    "raw.corrections": "correction_id varchar, case_id varchar, table_name varchar, row_key varchar, "
    "column_name varchar, value varchar, reason varchar, decided_on date, reply_id varchar, held varchar, "
    "decided_by varchar",
    "raw.corrected_outcomes": "reply_id varchar, case_id varchar, rule_id varchar, deadline_before date, "
    "decided_on date",
}


def _project_digest() -> str:
    from pipelines.warehouse import parsed_project

    return parsed_project.load().digest


# What analysts have: DuckDB 1.1 to 2.0 open this form of file (a fifth larger), and 1.x refuses the newest.
_ANALYSTS_STORAGE = "v1.0.0"


@dataclass(frozen=True)
class BuildInputs:
    """Everything a build depends on: the batch, the day of assessment, the smaller sources, and the parsed project."""

    batch: Batch
    as_of: date
    receipts: Sequence[dict[str, Any]]
    mailing_ledger: Sequence[tuple[str, str, str, date]] = ()
    earlier_figures: Sequence[Path] = ()
    parameter_overrides: Sequence[tuple[str, str, str]] = ()
    corrections: Sequence[tuple[str, str, str, str, str, str, str, date, str, str | None, str]] = ()
    corrected_outcomes: Sequence[tuple[str, str, str, date | None, date]] = ()
    #: What dbt parsed, by its content (``ParsedProject.digest``): the build is made of this and nothing else.
    project_digest: str = field(default_factory=_project_digest)

    @property
    def digest(self) -> str:
        """A digest that changes when anything that can change a figure changes."""
        parts = {
            "batch": [self.batch.batch_id, self.batch.manifest_sha256],
            "as_of": self.as_of.isoformat(),
            "code": code_version(),
            "project": self.project_digest,
            "receipts": [[receipt["batch_id"], receipt["files"]] for receipt in self.receipts],
            "ledger": [[*row[:3], row[3].isoformat()] for row in self.mailing_ledger],
            "earlier": [sum_of(file) for file in self.earlier_figures],
            "overrides": [list(row) for row in self.parameter_overrides],
            "corrections": [list(row) for row in self.corrections],
            "corrected": [list(row) for row in self.corrected_outcomes],
        }
        return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()

    @property
    def own_digest(self) -> str:
        """The digest without what was published before: that of what this publication itself rests on."""
        return replace(self, earlier_figures=()).digest


@dataclass
class Build:
    """A finished build beside the old one: its files and what came of each dbt node."""

    folder: Path
    nodes: list[NodeResult] = field(default_factory=list)

    @property
    def warehouse(self) -> Path:
        """The new warehouse file."""
        return self.folder / "warehouse.duckdb"

    @property
    def marts(self) -> Path:
        """The new file for analysts."""
        return self.folder / "marts.duckdb"


def load(connection: duckdb.DuckDBPyConnection, output: Output, inputs: BuildInputs) -> None:
    """Make the schemas that dbt reads from and fill them from the staged batch and the smaller sources."""
    for schema in ("raw", "restricted", "quarantine"):
        connection.execute(f"create schema {schema}")
    for table, columns in _TABLES_OF_THE_BUILD.items():
        connection.execute(f"create table {table} ({columns})")
    staged = stage(output, inputs.batch.batch_id)
    for file in contract().files:
        _load_table(connection, file, staged / "loaded" / f"{file.table}.parquet")
        held = staged / "quarantine" / f"{file.table}.parquet"
        if held.exists():
            connection.execute(f"create table quarantine.{file.table} as from read_parquet(?)", [str(held)])
        else:
            connection.execute(
                f"create table quarantine.{file.table} (batch_id varchar, file varchar, line bigint, reason varchar, "
                '"column" varchar, row_masked varchar)'
            )
    batch = inputs.batch
    run = (batch.batch_id, batch.extract_date, inputs.as_of, batch.source_system, batch.is_synthetic)
    _insert(connection, "raw.run", [(*run, code_version(), inputs.digest)])
    files, faults = [], []
    for receipt in inputs.receipts:
        for file in receipt["files"]:
            counts = (file["rows"], file["loaded"], file["quarantined"])
            files.append((receipt["batch_id"], file["file"], *counts))
            for kind, key in (("quarantine", "quarantine"), ("warning", "warnings")):
                for reason, count in sorted(file[key].items()):
                    faults.append((receipt["batch_id"], file["file"], kind, reason, count))
    _insert(connection, "raw.delivery_files", files)
    _insert(connection, "raw.delivery_faults", faults)
    _insert(connection, "raw.mailing_ledger", inputs.mailing_ledger)
    _insert(connection, "raw.parameter_overrides", inputs.parameter_overrides)
    _insert(connection, "raw.corrections", inputs.corrections)
    _insert(connection, "raw.corrected_outcomes", inputs.corrected_outcomes)
    _load_earlier_figures(connection, [str(figures) for figures in inputs.earlier_figures])


def _load_earlier_figures(connection: duckdb.DuckDBPyConnection, files: Sequence[str]) -> None:
    """Load the quarters: rolling and calendar years are sums of them, and nothing is said of how those moved."""

    def calls_itself_release(file: str) -> bool:
        described = connection.execute("describe from read_parquet(?)", [file]).fetchall()
        return any(name == "release_id" for name, *_ in described)

    # Publications of the program's first version call themselves releases in their files.
    first_words = [file for file in files if calls_itself_release(file)]
    renamed = "rename (release_id as publication_id, release_number as publication_number)"
    for renaming, some in ((renamed, first_words), ("", [file for file in files if file not in first_words])):
        if some:  # all in one statement, since each one writes the table's end anew
            connection.execute(
                f"insert into raw.earlier_figures by name select * {renaming} "
                "from read_parquet(?, union_by_name = true) where period_type = 'quarter'",
                [some],
            )


def schema_of(file: File) -> str:
    """Return the schema a file's rows are loaded into."""
    return "restricted" if file.restricted else "raw"


def _load_table(connection: duckdb.DuckDBPyConnection, file: File, loaded: Path) -> None:
    name = f"{schema_of(file)}.{file.table}"
    if not loaded.exists():
        columns = ", ".join(f'"{column}" varchar' for column in file.stored_names)
        connection.execute(f"create table {name} ({columns}, line bigint)")
        return
    contacts = [f'"{column.stored_name}"' for column in file.contact_columns]
    without = f"exclude ({', '.join(contacts)})" if contacts else ""
    source = "read_parquet(?)"
    connection.execute(f"create table {name} as select * {without} from {source}", [str(loaded)])
    if contacts:
        wanted = ", ".join([f'"{column}"' for column in file.key] + contacts)
        kept_apart = f"restricted.{file.table}_kontakter"
        connection.execute(f"create table {kept_apart} as select {wanted} from {source}", [str(loaded)])


def _insert(connection: duckdb.DuckDBPyConnection, table: str, rows: Iterable[Sequence[Any]]) -> None:
    rows = [list(row) for row in rows]
    if rows:
        connection.executemany(f"insert into {table} values ({', '.join('?' * len(rows[0]))})", rows)


def build(
    output: Output, inputs: BuildInputs, folder: Path, *, on_node: Callable[[NodeResult], None] | None = None
) -> Build:
    """Build a warehouse beside the old one, in the given empty folder; nothing the user has is touched.

    Raises UserError when a model fails or a data test of severity error does not hold.
    """
    import duckdb

    from pipelines.warehouse import dbt_build, parsed_project

    project = parsed_project.load()
    if project.digest != inputs.project_digest:
        raise UserError("Programmets regler er ændret, siden kørslen begyndte. Intet er ændret; kør igen.")
    make_folder(folder)
    result = Build(folder)
    with duckdb.connect(str(result.warehouse)) as connection:
        load(connection, output, inputs)
    result.nodes = dbt_build.build(result.warehouse, folder, project=project, on_node=on_node)
    unsound = [node for node in result.nodes if not node.is_sound and node.status != "skipped"]
    if unsound:
        names = ", ".join(f"{node.unique_id.split('.')[2][:80]} ({node.failures})" for node in unsound[:5])
        raise UserError(
            f"Datavarehuset kunne ikke bygges: {len(unsound)} trin eller kontroller fejlede: {names}. "
            "Det hidtidige datavarehus og de udgivne rapporter er uændrede."
        )
    verify(result, inputs)
    _export_marts(result)
    return result


def verify(result: Build, inputs: BuildInputs) -> None:
    """Open the new file read-only and count: every row read is loaded or in quarantine, every case is judged, and
    every column is described."""
    import duckdb

    with duckdb.connect(str(result.warehouse), read_only=True) as connection:

        def count(query: str) -> int:
            return int(connection.execute(query).fetchall()[0][0])

        receipt = next(item for item in inputs.receipts if item["batch_id"] == inputs.batch.batch_id)
        by_name = {file.name: file for file in contract().files}
        for file in receipt["files"]:
            known = by_name[file["file"]]
            loaded = count(f"select count(*) from {schema_of(known)}.{known.table}")
            held = count(f"select count(*) from quarantine.{known.table}")
            if loaded != file["loaded"] or held != file["quarantined"] or loaded + held != file["rows"]:
                raise UserError(
                    f"Afstemningen af {file['file']} i {inputs.batch.batch_id} går ikke op: {file['rows']} rækker "
                    f"modtaget, "
                    f"{loaded} indlæst, {held} i karantæne. Det hidtidige datavarehus er uændret. Kør igen; sker det "
                    "atter, så meld det til udviklerne."
                )
        silent = count(
            "select count(*) from duckdb_columns() where comment is null and not internal "
            "and database_name = 'warehouse' and schema_name not in ('raw', 'quarantine', 'restricted')"
        )
        if silent:
            raise UserError(
                f"{silent} kolonner i datavarehuset er ikke beskrevet. Det hidtidige datavarehus er uændret. "
                "Skriv beskrivelserne i modellernes YAML-filer."
            )
        cases = count("select (select count(*) from raw.afsoningssager) + (select count(*) from raw.tilsynssager)")
        judged = count("select count(distinct (case_type, case_id)) from marts.fct_rule_outcome")
        if cases != judged:
            raise UserError(f"Afstemningen går ikke op: {cases} sager er indlæst, {judged} er bedømt.")


def _export_marts(result: Build) -> None:
    """Copy the schema marts alone, with its comments, into a file for analysts."""
    import duckdb

    with duckdb.connect() as connection:
        connection.execute(f"attach {_quoted(result.marts)} as marts (storage_version '{_ANALYSTS_STORAGE}')")
        connection.execute("create schema marts.marts")
        connection.execute(f"attach {_quoted(result.warehouse)} as source (read_only)")
        tables = connection.execute(
            "select table_name, comment from duckdb_tables() where database_name = 'source' and schema_name = 'marts' "
            "order by table_name"
        ).fetchall()
        for table, comment in tables:
            connection.execute(f'create table marts.marts."{table}" as from source.marts."{table}"')
            _comment(connection, "table", f'marts.marts."{table}"', comment)
        columns = connection.execute(
            "select table_name, column_name, comment from duckdb_columns() "
            "where database_name = 'source' and schema_name = 'marts' and comment is not null"
        ).fetchall()
        for table, column, comment in columns:
            _comment(connection, "column", f'marts.marts."{table}"."{column}"', comment)
        connection.execute("detach source")
        connection.execute("detach marts")


def _quoted(file: Path) -> str:
    return "'" + str(file).replace("'", "''") + "'"


def _comment(connection: duckdb.DuckDBPyConnection, kind: str, name: str, comment: str | None) -> None:
    if comment:
        text = comment.replace("'", "''")
        connection.execute(f"comment on {kind} {name} is '{text}'")


def swap(output: Output, result: Build) -> None:
    """Let the finished build take the old one's place: one rename a file, on disk before the call returns.

    Readers of the old file keep what they have open. A run killed between the two renames is noticed by
    ``current_digest`` and built anew.
    """
    for new, old in ((result.marts, output.marts), (result.warehouse, output.warehouse)):
        protect(new)
        with new.open("rb") as file:
            os.fsync(file.fileno())
        # A log beside the old file would not match the new one, which DuckDB rightly refuses to open.
        old.with_name(old.name + ".wal").unlink(missing_ok=True)
        os.replace(new, old)
    sync_folder(output.root)
