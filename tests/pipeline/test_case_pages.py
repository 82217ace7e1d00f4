"""Each case on a list has a page with its explanation and its rows, in the Directorate's edition and in the pack."""

from __future__ import annotations

import csv
import re
from html import unescape

from tests.pipeline.whole_path import small_world

ROW = re.compile(r'<tr><th scope="row">([^<]+)</th><td>(\d+)</td>')


def test_every_case_on_a_list_has_a_page_that_its_municipality_has_too() -> None:
    world = small_world()
    current = world.output.published / "current"
    listed = world.query(
        "select case_id, municipality_code, rule_id from publish.pub_late_case "
        "union select case_id, municipality_code, rule_id from publish.pub_worklist"
    )
    assert len(listed) > 100
    for case_id, code, rule_id in listed:
        place = f"kommune/{code}/sag/{case_id}.html" if code else f"sag/{case_id}.html"
        page = (current / "direktorat" / place).read_text(encoding="utf-8")
        assert f"<h1>Sag {case_id}</h1>" in page and f'<h2 id="{rule_id}">' in page
        if code:
            assert (current / place).read_text(encoding="utf-8") == page
    written = {*(current / "kommune").glob("*/sag/*.html")}
    assert len(written) == len({(case_id, code) for case_id, code, _rule in listed if code})


def test_the_file_and_line_of_a_case_page_are_where_the_case_stands_in_the_delivery() -> None:
    world = small_world()
    delivery = next(path for path in world.landing.iterdir() if path.is_dir())
    delivered: dict[str, list[list[str]]] = {}
    looked_at = 0
    for page in sorted((world.output.published / "current/direktorat/kommune").glob("*/sag/*.html"))[::7]:
        found = ROW.findall(page.read_text(encoding="utf-8"))
        assert found, page
        for name, line in found:
            if name not in delivered:
                with (delivery / unescape(name)).open(encoding="utf-8-sig", newline="") as file:
                    delivered[name] = list(csv.reader(file, delimiter=";"))
            heading, row = delivered[name][0], delivered[name][int(line) - 1]
            assert row[heading.index("sags_id")] == page.stem
            looked_at += 1
    assert looked_at > 50


def test_a_pack_holds_the_form_by_which_the_municipality_answers_on_its_late_cases() -> None:
    from io import BytesIO

    from openpyxl import load_workbook

    world = small_world()
    current = world.output.published / "current"
    late = world.query(
        "select municipality_code, list(distinct case_id order by case_id) from publish.pub_late_case "
        "where municipality_code is not null group by all order by 1"
    )
    forms = {path.parent.name for path in (current / "kommune").glob("*/svar.xlsx")}
    assert forms == {code for code, _cases in late} and forms
    for code, cases in late[:5]:
        content = (current / "kommune" / code / "svar.xlsx").read_bytes()
        assert content == (current / "direktorat/kommune" / code / "svar.xlsx").read_bytes()
        rows = list(load_workbook(BytesIO(content), read_only=True)["Svar"].iter_rows(values_only=True))
        assert sorted({row[rows[0].index("sags_id")] for row in rows[1:]}) == cases
        page = (current / "kommune" / code / "index.html").read_text(encoding="utf-8")
        assert 'href="svar.xlsx"' in page and "senest 17. december 2026" in page
        assert all(f'href="sag/{case_id}.html#' in page for case_id in cases[:3])
