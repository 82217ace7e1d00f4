"""Shared tables in PostgreSQL: made anew beside the old ones and swapped in, all in one transaction.

Belongs here: types, statements, the swap, roles. Does not belong here: which tables (``shared_tables``).

A reader sees the old tables until the transaction ends and the new ones after it. Schemas are known by their comment;
one that this program did not make is never touched, and neither is a view of somebody else's that reads ours: then
nothing is changed and the view is named.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pipelines.errors import UserError
from pipelines.sharing.shared_tables import RESTRICTED, SCHEMAS, SharedTable

if TYPE_CHECKING:
    import psycopg

MARK = "God løsladelse"
READER, RESTRICTED_READER = "god_loesladelse_reader", "god_loesladelse_restricted_reader"
_TYPES = {
    "VARCHAR": "text",
    "BOOLEAN": "boolean",
    "TINYINT": "smallint",
    "SMALLINT": "smallint",
    "INTEGER": "integer",
    "BIGINT": "bigint",
    "HUGEINT": "numeric",
    "DOUBLE": "double precision",
    "FLOAT": "real",
    "DATE": "date",
    "TIMESTAMP": "timestamp",
    "TIMESTAMP WITH TIME ZONE": "timestamp with time zone",
}
_NEW = "_ny"
# Two minutes of readers that never let go for half a second.
_ATTEMPTS, _PAUSE_SECONDS = 120, 0.5


def type_of(kind: str) -> str:
    """Return PostgreSQL's type for DuckDB's; raises UserError for one that has none here."""
    if kind in _TYPES:
        return _TYPES[kind]
    if match := re.fullmatch(r"DECIMAL\((\d+),(\d+)\)", kind):
        return f"numeric({match[1]},{match[2]})"
    if kind.endswith("[]"):
        return f"{type_of(kind[:-2])}[]"
    raise UserError(f"Kolonnetypen {kind} kan ikke eksporteres til PostgreSQL. Meld det til udviklerne.")


def write(
    address: str,
    tables: Sequence[SharedTable],
    rows: Callable[[SharedTable], Iterable[Sequence[Sequence[Any]]]],
    facts: Mapping[str, str],
) -> dict[str, int]:
    """Write the tables to a database (``postgresql://...``); returns the rows of each (``schema.table``).

    Raises UserError, with everything in the database as it was, when it cannot be done. The address is never repeated,
    since it may hold a password.
    """
    import psycopg

    try:
        with psycopg.connect(address, application_name="god-loesladelse", connect_timeout=15) as connection:
            counts = _write(connection, tables, rows, facts)
    except psycopg.errors.InsufficientPrivilege:
        raise UserError(
            "Kontoen i databasen må ikke lave skemaer eller roller. Lad databasens administrator køre: "
            f"create role {READER}; create role {RESTRICTED_READER}; grant create on database ... to kontoen. "
            "Intet er ændret."
        ) from None
    except psycopg.OperationalError as problem:
        raise UserError(
            f"Databasen kan ikke nås, eller forbindelsen blev brudt ({_kind(problem)}). Kontrollér adressen efter "
            "--to, og at adgangskoden står i PGPASSWORD eller i en adgangskodefil. Intet er ændret."
        ) from None
    except psycopg.Error as problem:
        raise UserError(f"Eksporten mislykkedes i databasen ({_kind(problem)}). Intet er ændret.") from None
    return counts


def _kind(problem: psycopg.Error) -> str:
    # The words of an error may quote a value or the address.
    return f"{type(problem).__name__}{f' {problem.sqlstate}' if problem.sqlstate else ''}"


def _write(
    connection: psycopg.Connection,
    tables: Sequence[SharedTable],
    rows: Callable[[SharedTable], Iterable[Sequence[Sequence[Any]]]],
    facts: Mapping[str, str],
) -> dict[str, int]:
    from psycopg import sql

    counts: dict[str, int] = {}
    schemas = list(dict.fromkeys(table.schema for table in tables))
    with connection.cursor() as cursor:
        # Two exports at a time would wait for each other at the swap; the second waits here.
        cursor.execute("select pg_advisory_xact_lock(hashtext('god-loesladelse export'))")
        for schema in schemas:
            _refuse_foreign(cursor, schema)
            cursor.execute(sql.SQL("drop schema if exists {} cascade").format(sql.Identifier(schema + _NEW)))
            cursor.execute(sql.SQL("create schema {}").format(sql.Identifier(schema + _NEW)))
            told = ", ".join(f"{name} {value}" for name, value in facts.items())
            text = f"{MARK}: {(SCHEMAS | RESTRICTED)[schema]} ({told})"
            cursor.execute(sql.SQL("comment on schema {} is {}").format(sql.Identifier(schema + _NEW), text))
        for table in tables:
            counts[f"{table.schema}.{table.name}"] = _make(cursor, table, rows(table))
        _swap(connection, cursor, schemas)
    return counts


def _swap(connection: psycopg.Connection, cursor: psycopg.Cursor, schemas: Sequence[str]) -> None:
    """Let the new schemas take the old ones' place; gives way to readers and tries again.

    A reader may hold one old table and want another that is locked here. Waiting less than the second after which the
    database would end one of the two, and letting go of everything meanwhile, ends neither.
    """
    from psycopg import errors, sql

    for _ in range(_ATTEMPTS):
        try:
            with connection.transaction():  # inside the export's own: a savepoint
                cursor.execute("set local lock_timeout = '500ms'")
                for schema in schemas:
                    _refuse_dependents(cursor, schema)
                    cursor.execute(sql.SQL("drop schema if exists {} cascade").format(sql.Identifier(schema)))
                    new = sql.SQL("alter schema {} rename to {}")
                    cursor.execute(new.format(sql.Identifier(schema + _NEW), sql.Identifier(schema)))
                    _let_read(cursor, schema, RESTRICTED_READER if schema in RESTRICTED else READER)
        except errors.LockNotAvailable:
            time.sleep(_PAUSE_SECONDS)
        else:
            return
    raise UserError("Tabellerne bliver læst hele tiden, så de kan ikke skiftes nu. Prøv igen senere. Intet er ændret.")


def _refuse_foreign(cursor: psycopg.Cursor, schema: str) -> None:
    for name in (schema, schema + _NEW):
        cursor.execute(
            "select coalesce(obj_description(oid, 'pg_namespace'), '') from pg_namespace where nspname = %s", [name]
        )
        found = cursor.fetchone()
        if found is not None and not found[0].startswith(f"{MARK}:"):
            raise UserError(
                f"Databasen har allerede et skema {name}, som ikke kommer herfra. Brug en database for sig selv. "
                "Intet er ændret."
            )


def _refuse_dependents(cursor: psycopg.Cursor, schema: str) -> None:
    ours = [*SCHEMAS, *RESTRICTED, *(f"{name}{_NEW}" for name in (*SCHEMAS, *RESTRICTED))]
    cursor.execute(
        "select distinct reading.nspname || '.' || view.relname from pg_depend "
        "join pg_rewrite on pg_rewrite.oid = pg_depend.objid join pg_class as view on view.oid = pg_rewrite.ev_class "
        "join pg_namespace as reading on reading.oid = view.relnamespace "
        "join pg_class as read on read.oid = pg_depend.refobjid "
        "join pg_namespace as source on source.oid = read.relnamespace "
        "where pg_depend.classid = 'pg_rewrite'::regclass and source.nspname = %s and reading.nspname <> all(%s) "
        "order by 1",
        [schema, ours],
    )
    found = [name for (name,) in cursor.fetchall()]
    if found:
        raise UserError(
            f"Databasen har views, som læser skemaet {schema}: {', '.join(found[:5])}. Slet dem før eksporten, og lav "
            "dem igen bagefter; de ville ellers gå tabt. Intet er ændret."
        )


def _make(cursor: psycopg.Cursor, table: SharedTable, batches: Iterable[Sequence[Sequence[Any]]]) -> int:
    from psycopg import sql

    place = sql.Identifier(table.schema + _NEW, table.name)
    columns = [
        sql.SQL("{} {}").format(sql.Identifier(column.name), sql.SQL(type_of(column.type)))  # type: ignore[arg-type]
        for column in table.columns
    ]
    cursor.execute(sql.SQL("create table {} ({})").format(place, sql.SQL(", ").join(columns)))
    count = 0
    with cursor.copy(sql.SQL("copy {} from stdin").format(place)) as copy:
        for batch in batches:
            for row in batch:
                copy.write_row(row)
            count += len(batch)
    if table.key:
        key = sql.SQL(", ").join(sql.Identifier(name) for name in table.key)
        cursor.execute(sql.SQL("alter table {} add primary key ({})").format(place, key))
    cursor.execute(sql.SQL("comment on table {} is {}").format(place, table.comment))
    for column in table.columns:
        where = sql.Identifier(table.schema + _NEW, table.name, column.name)
        cursor.execute(sql.SQL("comment on column {} is {}").format(where, column.comment))
    cursor.execute(sql.SQL("analyze {}").format(place))
    return count


def _let_read(cursor: psycopg.Cursor, schema: str, role: str) -> None:
    from psycopg import sql

    cursor.execute("select 1 from pg_roles where rolname = %s", [role])
    if cursor.fetchone() is None:
        cursor.execute(sql.SQL("create role {} nologin").format(sql.Identifier(role)))
    name = sql.Identifier(schema)
    cursor.execute(sql.SQL("revoke all on schema {} from public").format(name))
    cursor.execute(sql.SQL("grant usage on schema {} to {}").format(name, sql.Identifier(role)))
    cursor.execute(sql.SQL("grant select on all tables in schema {} to {}").format(name, sql.Identifier(role)))
