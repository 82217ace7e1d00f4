"""A page that holds its own style has the rules it needs; the columns of tables are styled by their places."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from reports import html, own_style
from reports.table_columns import LAST_BEGUN, PLACES, column_classes

STYLE = """
/* not kept */
body{margin:0}
.a{color:red}
.b .c,.b:not(.d)>p{color:blue}
@media print{
.a{display:none}
@page{size:A4}
}
@media (max-width:50rem){
.d{padding:.4rem}
}
"""


def test_a_rule_is_kept_when_the_page_has_all_its_classes() -> None:
    assert own_style.needed(STYLE, "<p>") == "body{margin:0}@media print{@page{size:A4}}"
    assert own_style.needed(STYLE, '<p class="b">') == (
        "body{margin:0}.b:not(.d)>p{color:blue}@media print{@page{size:A4}}"
    )
    everything = own_style.needed(STYLE, '<p class="a b"><i class="c d">')
    assert "".join(everything.split()) == "".join(STYLE.replace("/* not kept */", "").split())


def test_of_the_real_sheet_nothing_is_lost_but_rules_of_other_classes() -> None:
    style = html.page_style()
    classes = " ".join(re.findall(r"\.([a-zA-Z][\w-]*)", style))
    kept = own_style.needed(style, f'<p class="{classes}">')
    assert "".join(kept.split()) == "".join(re.sub(r"/\*.*?\*/", "", style).split())


def test_each_page_of_a_pack_has_the_rules_of_all_its_classes_and_less_than_the_whole_sheet(site: Path) -> None:
    style = html.page_style()
    known = set(re.findall(r"\.([a-zA-Z][\w-]*)", style))
    pages = sorted((site / "kommune/851").glob("*.html"))
    assert len(pages) == 6
    for path in pages:
        text = path.read_text("utf-8")
        (own,) = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
        used = {name for names in re.findall(r'class="([^"]*)"', text) for name in names.split()} & known
        assert used <= set(re.findall(r"\.([a-zA-Z][\w-]*)", own)), path
        assert "\ue001" not in text and len(own) < 0.8 * len(style), path


def test_the_class_of_a_table_says_which_columns_hold_numbers_and_which_keep_to_one_line() -> None:
    assert column_classes(["Pligt", "Forfaldne", "Til tiden"], (1, 2)) == "numbers-from-second"
    assert column_classes(["Fil", "Art", "Grund", "Antal"], (3,)) == "numbers-from-fourth"
    assert column_classes(["Fil", "Rækker", "Stand"], (1,)) == "number-second"
    assert column_classes(["Sag", "Pligt", "Frist"]) == "whole-first whole-third"
    assert column_classes(["Kommune", "Status"]) == ""
    assert column_classes(["A", "B", "C", "D", "E", "F"], (4, 5)) == "number-fifth number-sixth"
    # A caller may name more columns than a shorter form of its table has.
    assert column_classes(["Kommune", "Løsladelser"], (1, 2)) == "numbers-from-second"
    with pytest.raises(ValueError, match="no class is for: Pligt"):
        column_classes(["Pligt"] * 12, (9,))


def test_every_class_of_a_column_has_its_rules(site: Path) -> None:
    style = html.page_style()
    for kind, places in (
        ("numbers-from", PLACES[1:LAST_BEGUN]),
        ("number", PLACES[1:]),
        ("whole", PLACES),
    ):
        assert all(f".{kind}-{place})" in style for place in places)
    used = {
        name
        for path in site.rglob("*.html")
        for names in re.findall(r'<table class="([^"]*)"', path.read_text("utf-8"))
        for name in names.split()
        if "-" in name
    }
    assert len(used) > 8
    assert all(name == "with-region" or f".{name})" in style for name in used), used
