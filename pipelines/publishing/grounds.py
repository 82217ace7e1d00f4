"""What later builds and publications need of this one: its figures, its pages' fingerprints, what was printed.

Belongs here: where the grounds lie in a publication and writing them. Does not belong here: what they hold.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

#: What later builds and publications need of this one; part of the restricted edition.
GROUNDS = Path("direktorat") / "grundlag"
FIGURES, SEED, PAGES, UNSAFE = "figures.parquet", "froe.txt", "sider.json", "usikre.json"


def keep_figures(connection: duckdb.DuckDBPyConnection, folder: Path, publication_id: str, number: int) -> None:
    """Keep this publication's figures, from which later publications make their revision table."""
    folder.mkdir(parents=True, exist_ok=True)
    target = str(folder / FIGURES).replace("'", "''")
    connection.execute(
        f"copy (select '{publication_id}' as publication_id, {number}::integer as publication_number, figures.* "
        f"from publish.pub_figures as figures order by all) to '{target}' (format parquet, compression zstd)"
    )


def unsafe_then(publication_folder: Path) -> tuple[str, ...] | None:
    """Return the duties whose figures a publication told to be unsafe; None when it did not keep which."""
    file = publication_folder / GROUNDS / UNSAFE
    return tuple(json.loads(file.read_text(encoding="utf-8"))) if file.exists() else None


def write_sorted(file: Path, content: object) -> None:
    """Write a JSON file whose bytes depend on the content alone."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(content, ensure_ascii=False, indent=0, sort_keys=True) + "\n", encoding="utf-8")
