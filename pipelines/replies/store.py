"""The database of replies and agreed actions: one SQLite file that is only ever added to.

Belongs here: opening it so that a crash loses nothing, and transactions. Does not belong here: what is written
(``replies``, ``actions``) and the clock.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from pipelines import durable_files
from pipelines.errors import UserError
from pipelines.layout import Output

SCHEMA_VERSION = 1


def path(output: Output) -> Path:
    """Return where the database of an output folder lies."""
    return output.replies / "replies.sqlite"


@contextlib.contextmanager
def opened(output: Output) -> Iterator[sqlite3.Connection]:
    """Open the database, making it when it is not there; raises UserError when the file is damaged.

    Write-ahead log with synchronous=FULL: a commit returns after the file is on disk.
    """
    durable_files.make_folder(output.replies)
    file = path(output)
    # Made with its mode, so that there is no moment in which others can read it.
    durable_files.make_file(file)
    connection = sqlite3.connect(file, timeout=30, isolation_level=None)
    try:
        connection.execute("pragma journal_mode = wal")
        connection.execute("pragma synchronous = full")
        connection.execute("pragma foreign_keys = on")
        _make_tables(connection)
        yield connection
    except sqlite3.DatabaseError as problem:
        if isinstance(problem, sqlite3.IntegrityError):
            raise
        raise UserError(
            f"Databasen med svar og tiltag ({file}) kan ikke læses eller skrives ({type(problem).__name__}). "
            "Læg den tilbage fra sikkerhedskopien; den er beviset for, hvad der er svaret og afgjort."
        ) from None
    finally:
        connection.close()


@contextlib.contextmanager
def writing(connection: sqlite3.Connection) -> Iterator[None]:
    """Do everything inside as one step, or nothing of it."""
    # Immediate: the right to write is taken before anything is read, so that what was read is still true.
    connection.execute("begin immediate")
    try:
        yield
    except BaseException:
        connection.execute("rollback")
        raise
    connection.execute("commit")


def _make_tables(connection: sqlite3.Connection) -> None:
    if connection.execute("pragma user_version").fetchone()[0] == SCHEMA_VERSION:
        return
    schema = Path(__file__).with_name("replies_schema.sql").read_text(encoding="utf-8")
    with writing(connection):
        # Asked again inside: another process may have made them meanwhile.
        if connection.execute("pragma user_version").fetchone()[0] == 0:
            for statement in _statements(schema):
                connection.execute(statement)
            connection.execute(f"pragma user_version = {SCHEMA_VERSION}")


def _statements(schema: str) -> Iterator[str]:
    statement = ""
    for line in schema.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
