"""Reply forms as a municipality sends them back, honest and hostile.

Belongs here: taking the form that the program writes and changing it as a person (or an attacker) would. Does not
belong here: any expectation.
"""

from __future__ import annotations

import contextlib
import datetime
import io
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl

from pipelines import cli
from pipelines.layout import Output
from pipelines.replies import reply_form
from pipelines.warehouse.in_place import open_read_only
from tests.people_at_work import acting_as

Change = Callable[[Any], None]
DAY = datetime.date(2026, 2, 12)
WHY = ("--reason", "ikke_belagt")
DISPUTE: dict[str, Any] = {"aarsag": "anden_dato", "bestridt_dato": "afgoerelse", "kommunens_dato": DAY}


def run(*words: str) -> int:
    """Run the command line, as whoever is named on it and from an account of that person's own."""
    with acting_as(words[words.index("--by") + 1]) if "--by" in words else contextlib.nullcontext():
        return cli.main(list(words))


def import_file(output: Output, file: Path, by: str = "Mette Madsen") -> int:
    """Import a form."""
    return run("reply", "import", str(file), "--by", by, "--output", str(output.root))


def today() -> datetime.date:
    """Return the day on which a decision is recorded when no other is given."""
    return datetime.datetime.now(datetime.UTC).date()


def form(output: Output, municipality: str = "101") -> bytes:
    """Return the empty form of a municipality."""
    warehouse = output.warehouse.resolve()
    return _form(warehouse.parent, warehouse.stat().st_mtime_ns, municipality)


@cache
def _form(root: Path, _written: int, municipality: str) -> bytes:
    """Return the form that the warehouse of an output folder gives, as it was written last."""
    with open_read_only(Output(root)) as connection:
        return reply_form.template(
            connection, municipality, connection.execute("select as_of from raw.run").fetchall()[0][0]
        )


def filled(output: Output, target: Path, answers: dict[str, dict[str, Any]], change: Change | None = None) -> Path:
    """Write the form with answers by case (or by row key), and whatever else ``change`` does to the workbook."""
    workbook = openpyxl.load_workbook(io.BytesIO(form(output)))
    sheet = workbook["Svar"]
    columns = {cell.value: cell.column for cell in sheet[1]}
    for row in range(2, sheet.max_row + 1):
        for name in (sheet.cell(row, columns["raekke"]).value, sheet.cell(row, columns["sags_id"]).value):
            for column, value in answers.pop(str(name), {}).items():
                sheet.cell(row, columns[column]).value = value
    assert not answers, f"no line of the form for {sorted(answers)}"
    if change is not None:
        change(workbook)
    workbook.save(target)
    return target


def with_parts(file: Path, parts: dict[str, bytes]) -> Path:
    """Add parts to a workbook's archive."""
    with zipfile.ZipFile(file, "a") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file
