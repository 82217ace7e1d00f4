"""The page of one case, its links to the law, and how a municipality answers: on hand-made values."""

from __future__ import annotations

import dataclasses
import re
from datetime import date
from pathlib import Path

import pytest

from pipelines.rules.explain import Explanation
from pipelines.rules.listed_cases import DeliveredRow, ListedCase
from reports.case_files import write_case_files
from reports.editions import FULL, PACK, SHARED
from reports.pages.case_page import case_page
from reports.words import answering, law
from tests.reports.small_world import AS_OF, world

EXPLANATION = Explanation(
    "aid_decided",
    "late",
    "Engangshjælp afgjort i tide (lovkrav): for sent",
    "Løsladelsen skete 11. februar 2026. Kilde: Aktivloven § 25 a, stk. 4, guide 3.3.5.",
    ("Afgjort: 9. marts 2026 (engangshjaelp.csv)",),
    frozenset({"engangshjaelp.csv"}),
)
ROW = DeliveredRow("engangshjaelp.csv", 12, "H-7", (("sendt", date(2026, 1, 3)), ("afgjort", date(2026, 3, 9))))


def case(case_id: str = "S851000", code: str | None = "851") -> ListedCase:
    return ListedCase(case_id, code, (EXPLANATION,), (ROW,))


def test_a_case_page_tells_the_explanation_with_the_law_the_dates_and_file_and_line() -> None:
    page = case_page(case(), world().run, "Aalborg Kommune", "svar.xlsx", "17. december 2026")
    text = " ".join(re.sub(r"<[^>]+>", " ", page).split())
    assert "Sag S851000" in text and "Aalborg Kommune" in text and "for sent" in text
    assert '<a href="https://www.retsinformation.dk/eli/lta/2024/808">Aktivloven</a> § 25 a, stk. 4' in page
    assert "engangshjaelp.csv 12 H-7 sendt 03-01-2026, afgjort 09-03-2026" in text
    assert 'href="../svar.xlsx"' in page and "svarskemaet senest 17. december 2026" in text
    assert len(page) < 5_000


def test_a_case_page_is_the_same_in_the_directorates_edition_and_in_the_pack_and_nowhere_else(tmp_path: Path) -> None:
    cases = [case(), case("uden", None), case("../x y", "851")]
    write_case_files(world(), cases, {"851": b"skema"}, tmp_path, [FULL, SHARED, PACK])
    files = {path.relative_to(tmp_path).as_posix(): path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    own = {name.removeprefix("kommune/851/"): content for name, content in files.items() if name.startswith("kommune/")}
    assert {"svar.xlsx", "sag/sag.css", "sag/S851000.html"} < own.keys() and len(own) == 4
    assert all(files[f"direktorat/kommune/851/{name}"] == content for name, content in own.items())
    assert "direktorat/sag/uden.html" in files and len(files) == 2 * len(own) + 3
    assert b'"sag/":["uden"]' in files["direktorat/assets/sager.js"]
    assert b'"kommune/851/sag/":["S851000",["../x y","kode-' in files["direktorat/assets/sager.js"]
    assert b"svar.xlsx" not in files["direktorat/sag/uden.html"]


def test_an_order_is_found_by_its_number_and_a_law_by_its_name_and_the_text_is_kept() -> None:
    for rule in world().rules:
        assert "".join(piece.text for piece in law.pieces(rule.source)) == rule.source
        found = sum(piece.address is not None for piece in law.pieces(rule.source))
        assert found == len(re.findall(r"bek nr\.|aktivloven|bekendtgørelsen|retssikkerhedsloven", rule.source.lower()))
    pieces = list(law.pieces("BEK nr. 642 af 15/06/2006 § 3 (BEK nr. 81 af 09/02/2006 § 3, stk. 4)"))
    assert [one.address for one in pieces if one.address] == [
        "https://www.retsinformation.dk/eli/lta/2006/642",
        "https://www.retsinformation.dk/eli/lta/2006/81",
    ]
    assert "<b>" not in law.linked("<b>Aktivloven</b>")


@pytest.mark.parametrize(
    ("as_of", "days", "wanted"),
    [
        (date(2026, 9, 30), 14, (date(2026, 12, 17), date(2026, 12, 31))),
        (date(2026, 8, 15), 14, (date(2026, 9, 16), date(2026, 9, 30))),
        (date(2026, 9, 20), 14, (date(2026, 12, 17), date(2026, 12, 31))),
        (date(2026, 9, 29), 0, (date(2026, 9, 30), date(2026, 9, 30))),
        (date(2026, 12, 31), 80, (date(2027, 1, 10), date(2027, 3, 31))),
    ],
)
def test_the_last_day_of_an_answer_leaves_time_to_decide_before_the_figures_it_counts_in(
    as_of: date, days: int, wanted: tuple[date, date]
) -> None:
    assert answering.last_day(as_of, days) == wanted


def test_without_an_address_the_page_says_whom_to_ask() -> None:
    told = answering.sentence(AS_OF, 14, "", "Direktoratet")
    assert "spørg Direktoratet om den" in told and "senest 17. december 2026" in told
    told = answering.sentence(AS_OF, 14, "svar@prove.example", "Direktoratet")
    assert "Send det til svar@prove.example senest 17. december 2026" in told and "spørg" not in told


def test_a_case_page_of_a_municipality_that_no_table_knows_is_made_all_the_same() -> None:
    run = world().run._replace(is_synthetic=False)
    page = case_page(dataclasses.replace(case(), rows=()), run, "Kommune 999", None, "")
    assert "Syntetiske data" not in page and "Der er ingen rækker" in page and "Er det forkert?" not in page
