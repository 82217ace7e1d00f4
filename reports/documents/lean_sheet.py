"""A sheet of a workbook whose cells stand in their order and do not name their places.

Belongs here: this one form. Does not belong here: what a sheet says (``workbook``) and how a text is made harmless
(``pipelines.table_files``).

A cell's place (``r="AC1371"``) is optional (ECMA-376, 18.3.1.4: a cell without one comes after the one before it), is
never the same twice, and is therefore most of what a compressed workbook weighs: without the places ours are a
third. Office programs, and Microsoft's own exports from Power BI and Dynamics, do the same; rows keep their numbers.
"""

from __future__ import annotations

from typing import Any

from xlsxwriter.worksheet import Worksheet


class LeanSheet(Worksheet):
    """A worksheet for texts, numbers and dates; a cell of any other kind names its place as always."""

    _next_column = 0

    def _write_row(self, row: int, spans: str | None, row_info: Any = None, empty_row: bool = False) -> None:
        # Which columns a row reaches over (spans) helps no program that reads the cells in order.
        self._next_column = 0
        super()._write_row(row, None, row_info, empty_row)

    def _write_cell(self, row: int, col: int, cell: Any) -> None:
        self.fh.write("<c/>" * (col - self._next_column))
        self._next_column = col + 1
        super()._write_cell(row, col, cell)

    def _xml_string_element(self, index: int, attributes: Any = ()) -> None:
        super()._xml_string_element(index, _without_place(attributes))

    def _xml_number_element(self, number: float, attributes: Any = ()) -> None:
        super()._xml_number_element(number, _without_place(attributes))


def _without_place(attributes: list[tuple[str, Any]]) -> list[tuple[str, Any]]:
    return [one for one in attributes if one[0] != "r"]
