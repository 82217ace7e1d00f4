"""The cooperation on the pages of the nation, an area and a region: what is counted, and who lacks what."""

from __future__ import annotations

from pathlib import Path

import pytest

from reports.pages.cooperation import cooperation_parts, lacking, sentences
from reports.read_back.read_figures import HTML_TABLE, html_table
from tests.reports.made_rows import cooperation
from tests.reports.small_world import world

ROWS = [
    cooperation("101"),
    cooperation("147", agreement_status="missed", agreement_reason="no_agreement"),
    cooperation("151", agreement_status="missed", agreement_reason="out_of_date", mailing_status="missed"),
    cooperation("153", meetings_attended=0, meetings_with_police=0),
    cooperation("155", meetings_invited=0, meetings_attended=0, meetings_with_police=0, meetings_police_stated=0),
]


def test_municipalities_are_counted_and_a_meeting_of_several_is_not_counted_for_each() -> None:
    assert sentences(ROWS) == [
        "3 af 5 kommuner har en aftale, der er ajour; 1 har ingen.",
        "4 af 5 var indkaldt til et samarbejdsmøde inden for to år, og 3 af dem deltog.",
        "For 3 af 4 kommuner, hvor det er oplyst, deltog politiet i mindst et af møderne.",
        "Kontaktlisten for 2. kvartal 2026 nåede 4 af 5 kommuner.",
    ]
    before = [one._replace(mailing_status="undeterminable") for one in ROWS]
    assert sentences(before)[-1] == "Kontaktlisten er endnu ikke sendt ud herfra."


def test_each_part_that_is_missing_is_named() -> None:
    assert [lacking(one) for one in ROWS] == [
        [],
        ["aftale"],
        ["aftale", "kontaktliste"],
        ["deltagelse i møde"],
        ["indkaldelse til møde"],
    ]


@pytest.mark.parametrize(
    ("place", "key"), [("", ("national", "DK")), ("omraade/oest", ("area", "Øst")), ("region/1081", ("region", "1081"))]
)
def test_page_and_workbook_have_a_row_for_each_municipality(site: Path, place: str, key: tuple[str, str]) -> None:
    from python_calamine import CalamineWorkbook

    data = world()
    told = cooperation_parts(data, data.units[key])
    inside = {unit.code for unit in data.units_of("municipality")} if key[0] == "national" else data.members[key]
    assert told is not None and len(told["rows"]) == len(inside)
    folder = site / "direktorat" / place
    tables = [html_table(one) for one in HTML_TABLE.findall((folder / "index.html").read_text(encoding="utf-8"))]
    (table,) = [one for one in tables if one.caption == "Samarbejdet med kommunerne"]
    assert [tuple(cells) for cells in table.rows] == told["rows"]
    sheet = CalamineWorkbook.from_path(str(folder / "data.xlsx")).get_sheet_by_name("Samarbejde").to_python()
    assert [cells[0] for cells in sheet[1:]] == [cells[0] for cells in told["rows"]]
    published = {one.municipality_code: one for one in data.cooperation}
    for code in inside:
        cells = next(cells for cells in told["rows"] if cells[0] == published[code].municipality_name)
        assert cells[3:5] == (str(published[code].meetings_invited), str(published[code].meetings_attended))


def test_a_municipality_has_no_table_of_the_cooperation_of_many() -> None:
    data = world()
    assert cooperation_parts(data, data.units["municipality", "851"]) is None
