"""One export: the wanted schemas of the warehouse in place, to one target, and a line in the audit trail.

Belongs here: choosing and telling. Does not belong here: the targets (``to_postgres``, ``to_parquet``,
``to_workbook``).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from pipelines import audit_trail
from pipelines.errors import WrongUse
from pipelines.layout import Output
from pipelines.sharing import shared_tables, to_parquet, to_postgres, to_workbook
from pipelines.warehouse import in_place


@dataclass(frozen=True)
class ExportedTables:
    """What was written: the grounds of the warehouse, the target without its password, rows of each table."""

    facts: dict[str, str]
    target: str
    rows: dict[str, int]


def to(
    output: Output,
    *,
    address: str | None = None,
    folder: Path | None = None,
    workbook: Path | None = None,
    restricted: bool = False,
) -> ExportedTables:
    """Write the shared tables to a database or a folder, or the shared counts to a workbook that asks the database.

    Raises UserError with the target as it was.
    """
    schemas = [*shared_tables.SCHEMAS, *(shared_tables.RESTRICTED if restricted else ())]
    if address is not None and urlsplit(address).scheme not in ("postgres", "postgresql"):
        raise WrongUse("adressen efter --to skal begynde med postgresql://")
    with shared_tables.opened(output) as connection:
        facts = {name: str(value) for name, value in (in_place.grounds(output) or {}).items() if name != "build_digest"}
        tables = shared_tables.tables(connection, schemas)
        if address is not None:
            rows = to_postgres.write(address, tables, lambda table: shared_tables.rows(connection, table), facts)
            parts = urlsplit(address)
            target = f"postgresql://{parts.hostname or ''}{parts.path}"
        elif workbook is not None:
            rows = to_workbook.write(connection, workbook)
            schemas, target = ["semantic"], str(workbook)
        else:
            assert folder is not None
            rows = to_parquet.write(connection, tables, folder, facts)
            target = str(folder)
    audit_trail.record(
        output, "exported", target=target, schemas=schemas, tables=len(rows), rows=sum(rows.values()), **facts
    )
    return ExportedTables(facts, target, rows)
