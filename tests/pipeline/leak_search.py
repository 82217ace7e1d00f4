"""Everything that runs left, searched for numbers and free text: unpacked, and of databases every value.

Belongs here: what is read, and how a number is known in any spelling. Does not belong here: the runs, and the numbers
that they were given (``test_leaks``).
"""

from __future__ import annotations

import contextlib
import gzip
import itertools
import re
import sqlite3
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from pipelines.layout import DBT_PROJECT, Output
from pipelines.warehouse.parsed_project import cache_folder
from tests.pipeline.test_leaks import FREE_TEXT

# At least nine digits with at most one sign between each two; looked at closely only then.
_DIGITS = re.compile(r"[0-9](?:[ .–-]?[0-9]){8,}")
_BETWEEN = "[ .–-]?"
_NUMBER = re.compile(
    rf"(?<![0-9A-Za-z])(?=([0-9]{{1,2}}{_BETWEEN}[0-9]{{2}}{_BETWEEN}[0-9]{{2}}{_BETWEEN}[0-9]{{4}})(?![0-9A-Za-z]))"
)


def texts(name: str, data: bytes) -> Iterator[tuple[str, str]]:
    """Yield what a file says, packed files unpacked and databases as their values; each with its kind."""
    from reports.read_back import pdf_text

    kind = Path(name).suffix
    yield kind, name
    yield kind, data.decode("utf-8", "replace")
    if b"\0" in data and kind != ".duckdb":  # DuckDB stores text as utf-8
        yield kind, data.decode("utf-16-le", "replace")
        yield kind, data[1:].decode("utf-16-le", "replace")
    if data[:2] == b"\x1f\x8b":
        yield from texts(name.removesuffix(".gz"), gzip.decompress(data))
    elif data[:5] == b"%PDF-":
        yield kind, " ".join(f"{block.text} {block.rows}" for block in pdf_text.blocks(data))
    elif data[:4] == b"PK\3\4" and zipfile.is_zipfile(BytesIO(data)):
        with zipfile.ZipFile(BytesIO(data)) as packed:
            for part in packed.namelist():
                yield from texts(part, packed.read(part))
    elif data[:4] == b"PAR1":
        from pyarrow import parquet

        yield kind, str(parquet.read_table(BytesIO(data)).to_pylist())


def values(file: Path) -> Iterator[str]:
    """Yield every value of a database, DuckDB's or SQLite's."""
    if file.suffix == ".duckdb":
        import duckdb

        with duckdb.connect(str(file), read_only=True) as connection:
            every = 'select format(\'"{}"."{}"."{}"\', database_name, schema_name, table_name) from duckdb_tables()'
            for (table,) in connection.execute(every).fetchall():
                yield str(connection.execute(f"select t::varchar from {table} as t").fetchall())
    else:
        with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as connection:
            for (table,) in connection.execute("select name from sqlite_master where type = 'table'").fetchall():
                for row in connection.execute(f'select * from "{table}"'):
                    for value in row:
                        if isinstance(value, bytes):
                            with contextlib.suppress(zlib.error):
                                value = zlib.decompress(value)
                            value = value.decode("utf-8", "replace")
                        yield str(value)


def files(output: Output) -> Iterator[Path]:
    """Yield all that the runs may have written, the archive of received bytes aside."""
    for root in (output.root, cache_folder(), DBT_PROJECT / "target", DBT_PROJECT / "logs"):
        for file in sorted(root.rglob("*")):
            if file.is_file() and not file.is_symlink() and (output.archive / "objects") not in file.parents:
                yield file


def numbers_in(text: str, wanted: set[str]) -> list[str]:
    """Return the numbers found in any spelling, not adjacent to another letter or digit."""
    return [
        found[1]
        for digits in _DIGITS.finditer(text)
        for found in _NUMBER.finditer(text[max(digits.start() - 1, 0) : digits.end() + 1])
        if re.sub("[^0-9]", "", found[1]) in wanted
    ]


def search(output: Output, wanted: set[str], searched: dict[str, int]) -> Iterator[tuple[str, str]]:
    """Yield each file with a number or the free text that it holds; count in ``searched`` what was read, by kind."""
    for file in files(output):
        name = str(file.relative_to(output.root)) if output.root in file.parents else file.name
        data = file.read_bytes()
        is_database = file.suffix == ".duckdb" or data[:15] == b"SQLite format 3"
        told = ((file.suffix, value) for value in (values(file) if is_database else ()))
        for kind, text in itertools.chain(texts(file.name, data), told):
            searched[kind] = searched.get(kind, 0) + 1
            for number in numbers_in(text, wanted):
                yield name, number
            if FREE_TEXT in text:
                yield name, FREE_TEXT
