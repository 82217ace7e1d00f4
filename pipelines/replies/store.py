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

# Each form of the database is the one before with a step of its own; a file of any age is brought up step by step.
_STEPS = ("replies_schema.sql", "replies_schema_2.sql", "replies_schema_3.sql")
SCHEMA_VERSION = len(_STEPS)


def path(output: Output) -> Path:
    """Return where the database of an output folder lies."""
    return output.replies / "replies.sqlite"


@contextlib.contextmanager
def opened(output: Output) -> Iterator[sqlite3.Connection]:
    """Open the database, making it when it is not there; raises UserError when it is damaged, or of a later version.

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
        if _version(connection) > SCHEMA_VERSION:
            raise UserError(
                f"Databasen med svar og tiltag ({file}) er skrevet af en nyere version af programmet. Intet er ændret. "
                "Brug den nyere version."
            )
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
    if _version(connection) >= SCHEMA_VERSION:
        return
    with writing(connection):
        # Asked again inside: another process may have made them meanwhile.
        for number, step in enumerate(_STEPS[_version(connection) :], start=_version(connection) + 1):
            for statement in _statements(Path(__file__).with_name(step).read_text(encoding="utf-8")):
                connection.execute(statement)
            connection.execute(f"pragma user_version = {number}")


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("pragma user_version").fetchone()[0])


def _statements(schema: str) -> Iterator[str]:
    statement = ""
    for line in schema.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
