"""The warehouse in place: opening it to read, and what it says it was built from.

Belongs here: reading the current file. Does not belong here: building one (``build``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.errors import UserError
from pipelines.layout import Output

if TYPE_CHECKING:
    import duckdb


def open_read_only(output: Output) -> duckdb.DuckDBPyConnection:
    """Open the current warehouse for reading; raises UserError when there is none yet."""
    import duckdb

    if not output.warehouse.exists():
        raise UserError(
            f"Der er intet datavarehus i {output.root}. Kør først: "
            f"god-loesladelse run --landing MAPPE --output {output.root}"
        )
    try:
        return duckdb.connect(str(output.warehouse), read_only=True)
    except duckdb.Error:
        raise UserError(
            f"Datavarehuset {output.warehouse} kan ikke åbnes. Kør 'run' igen; så bygges det på ny."
        ) from None


def current_digest(output: Output) -> str | None:
    """Return the digest of the inputs the current warehouse was built from; None when there is no sound warehouse."""
    import duckdb

    digests = set()
    for file, query in (
        (output.warehouse, "select build_digest from raw.run"),
        (output.marts, "select build_digest from marts.marts.dim_run"),
    ):
        try:
            with duckdb.connect(str(file), read_only=True) as connection:
                digests.add(connection.execute(query).fetchall()[0][0])
        except (duckdb.Error, IndexError):
            return None
    return digests.pop() if len(digests) == 1 else None


def count_of_rows(output: Output) -> int:
    """Return how many rows the tables of the current warehouse hold together."""
    return sum(rows_of_tables(output).values())


def rows_of_tables(output: Output) -> dict[tuple[str, str], int]:
    """Return the number of rows of each table of the current warehouse, by schema and name; views have none."""
    with open_read_only(output) as connection:
        query = "select schema_name, table_name, estimated_size from duckdb_tables() where not internal"
        return {(schema, name): int(rows) for schema, name, rows in connection.execute(query).fetchall()}


def grounds(output: Output) -> dict[str, str] | None:
    """Return what the current warehouse says it was built from; None when there is no sound warehouse."""
    import duckdb

    if not output.warehouse.exists():
        return None
    names = ("batch", "as_of", "build_digest", "code_version")
    try:
        with duckdb.connect(str(output.warehouse), read_only=True) as connection:
            query = "select batch_id, as_of::varchar, build_digest, code_version from raw.run"
            return dict(zip(names, connection.execute(query).fetchall()[0]))
    except (duckdb.Error, IndexError):
        return None


def built_by_another_version(output: Output) -> str | None:
    """Return in Danish that another version of the program built the warehouse and what to do; None when this one did.

    Its tables may lack what this version asks for, and the next run builds them anew.
    """
    from pipelines.code_version import code_version

    built = (grounds(output) or {}).get("code_version")
    if built is None or built == code_version():
        return None
    return (
        f"Datavarehuset i {output.root} er bygget af programmets version {built}, og dette er {code_version()}. Kør "
        f"først: god-loesladelse run --landing MAPPE --output {output.root}; så bygges det på ny af de modtagne bytes."
    )
