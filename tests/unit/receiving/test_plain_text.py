"""Texts of a delivery are made plain once, where they are received."""

from __future__ import annotations

import json
import sys
import unicodedata
from pathlib import Path

import pytest

from pipelines import typesetting
from pipelines.layout import Output
from pipelines.receiving.plain_text import ControlCharacter, plain
from tests.small_delivery import SmallDelivery, file_facts, receive


@pytest.mark.parametrize(
    ("delivered", "kept"),
    [
        ("  Fængslet Ærø ", "Fængslet Ærø"),
        ("Fængslet\u00a0\u2009Ærø", "Fængslet Ærø"),
        ("Storegade 3\r\nbaghuset\t2.\u000bsal", "Storegade 3 baghuset 2. sal"),
        ("A\u030aby", "Åby"),
        ("A\u030aby\u200b", "Åby"),
        ("\ufeffEnner\u00ad Mark", "Enner Mark"),
        ("\u202egnaf\u202c", "gnaf"),
        ("\u200b\u2060", ""),
        ("中文 \ue000", "中文 \ue000"),
    ],
)
def test_what_looks_alike_is_kept_alike(delivered: str, kept: str) -> None:
    assert plain(delivered) == kept


def test_every_character_is_kept_made_plain_or_refused() -> None:
    refused = set()
    for point in [*range(0x3000), *range(0x3000, sys.maxunicode + 1, 61)]:
        character = chr(point)
        try:
            made = plain(f"a{character}b")
        except ControlCharacter:
            refused.add(unicodedata.category(character))
            continue
        if 0xD800 <= point <= 0xDFFF:
            continue  # no encoding of a delivery can hold half a pair
        assert unicodedata.is_normalized("NFC", made)
        assert all(unicodedata.category(kept) not in ("Cc", "Cf", "Zl", "Zp") for kept in made)
    assert refused == {"Cc"}


@pytest.mark.parametrize("character", ["\x07", "\x1b", "\x7f", "\x9d"])
def test_a_control_character_is_refused_with_file_row_and_column(
    character: str, tmp_path: Path, output: Output
) -> None:
    delivery = SmallDelivery()
    delivery.rows["kommunekontakter.csv"][1]["kontakt_id"] = f"K-{character}1"
    result = receive(delivery.write(tmp_path / "landing"), output)
    ((_, message),) = result.refused
    assert "kommunekontakter.csv linje 3" in message and "kolonnen kontakt_id" in message
    assert f"U+{ord(character):04X}" in message and character not in message


def test_a_free_text_may_hold_anything_since_nothing_of_it_is_kept(tmp_path: Path, output: Output) -> None:
    delivery = SmallDelivery()
    delivery.rows["afsoningssager.csv"][0]["bolig_begrundelse"] = "ringet \x07 op"
    assert receive(delivery.write(tmp_path / "landing"), output).loaded
    assert file_facts(output)["afsoningssager"]["quarantined"] == 0


def test_a_code_with_an_invisible_character_is_the_same_code(tmp_path: Path, output: Output) -> None:
    delivery = SmallDelivery()
    delivery.rows["afsoningssager.csv"][0]["institution_kode"] = "I001\u200b"
    assert receive(delivery.write(tmp_path / "landing"), output).loaded
    assert file_facts(output)["afsoningssager"]["quarantined"] == 0


def test_what_no_font_can_show_is_told_with_its_place_and_not_refused(tmp_path: Path, output: Output) -> None:
    delivery = SmallDelivery()
    delivery.rows["institutioner.xlsx"][1]["navn"] = "KiF 中\ue000"
    result = receive(delivery.write(tmp_path / "landing"), output)
    assert result.loaded
    (told,) = [message for _, message in result.notices if "trykkes" in message]
    assert "institutioner.xlsx række 3" in told and "navn" in told and "U+4E2D, U+E000" in told


def test_a_document_shows_every_alphabet_or_its_code_points(tmp_path: Path) -> None:
    template = tmp_path / "side.typ"
    template.write_text(
        """#set document(title: "Prøve", date: datetime(year: 2026, month: 9, day: 30))
        #set text(font: ("IBM Plex Sans", "DejaVu Sans"), lang: "da")
        #for line in json(bytes(sys.inputs.data)) [#line \\ ]""",
        encoding="utf-8",
    )
    points = [point for point in range(0x20, 0x30000) if not 0xD800 <= point <= 0xDFFF]
    shown = [chr(point) for point in points if unicodedata.category(chr(point)) != "Cc"]
    known = [character for character in shown if not typesetting.unprintable(character)]
    assert len(known) > 5_000 and "Å" in known and "中" not in known and "\ue000" not in known
    assert typesetting.printable("中文 Åby") == "U+4E2D U+6587 Åby"
    lines = ["".join(known[start : start + 100]) for start in range(0, len(known), 100)]
    assert typesetting.compile_pdf(template, "data", [*lines, "中文\ue000", json.dumps("\x07")]).startswith(b"%PDF")
