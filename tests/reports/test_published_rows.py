"""The rows that pages read are those of the published tables: every field is a column, of a type that it can hold."""

from __future__ import annotations

import datetime
import inspect
import typing
from pathlib import Path

import pytest
import yaml

from reports.figures import published_rows

MODELS = Path(__file__).parents[2] / "dbt_project" / "models" / "publish"
TYPES = {"varchar": str, "date": datetime.date, "integer": int, "bigint": int, "double": float, "boolean": bool}
ROW_TYPES = {
    name: one
    for name, one in vars(published_rows).items()
    if inspect.isclass(one) and hasattr(one, "_fields") and name.endswith("Row")
}


@pytest.mark.parametrize("name", sorted(ROW_TYPES))
def test_every_field_is_a_column_of_the_table_that_the_row_names_and_can_hold_its_values(name: str) -> None:
    row_type = ROW_TYPES[name]
    table = str(row_type.__doc__).split("``")[1]
    model = yaml.safe_load((MODELS / f"{table}.yml").read_text(encoding="utf-8"))["models"][0]
    columns = {column["name"]: TYPES[column["data_type"]] for column in model["columns"]}
    for field, held in typing.get_type_hints(row_type).items():
        assert columns[field] in (held, *typing.get_args(held)), f"{table}.{field}"


def test_rows_are_read_for_every_table_but_the_counts_and_the_target_groups() -> None:
    read = {str(one.__doc__).split("``")[1] for one in ROW_TYPES.values()}
    known = {path.stem for path in MODELS.glob("pub_*.yml")}
    assert known - read == {"pub_compliance", "pub_figures", "pub_target_group"}
