"""Civil registration numbers are found in every spelling, and what only resembles one is left alone."""

from __future__ import annotations

import pytest

from pipelines.privacy.civil_registration import (
    MASK,
    contains_number,
    is_number,
    mask_column,
    mask_numbers,
    read_number,
)

SPELLINGS = [
    "010170-1234",
    "0101701234",
    "010170 1234",
    "01 01 70 1234",
    "01.01.70-1234",
    "01/01/70-1234",
    "01-01-70-1234",
    "101701234",
    "10170-1234",
    "610170-1234",
    "910170 1234",
    "010170–1234",
    "010170—1234",
    "010170‑1234",
    "010170−1234",
    "010170\u00a01234",
    "010170\u200b1234",
    "010170\u00ad1234",
    "０１０１７０１２３４",
    "０１０１７０－１２３４",
    "٠١٠١٧٠١٢٣٤",
    "⁰¹⁰¹⁷⁰-¹²³⁴",
    "010170 - 1234",
    "010170.1234",
    "010170_1234",
    "01-01-1970-1234",
    "01 01 70 12 34",
    "290200-1234",
    "010170\n1234",
]
OTHERS = [
    "",
    "A-000001",
    "72 55 10 11",
    "+45 72 55 10 11",
    "2026-09-30",
    "2026-09-30 12:30",
    "2012-10-11 14:30",
    "30-09-2026",
    "0700-12345-12345-10",
    "3113701234",
    "0113701234",
    "12345678901",
    "290201-1234",
    "123456789012",
    "000170-1234",
]


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_number_is_masked_in_every_spelling_wherever_it_stands(spelling: str) -> None:
    for text in (spelling, f"cpr {spelling}.", f"ring til ({spelling}), tak", f"nr{spelling}x"):
        assert contains_number(text)
        assert MASK in mask_numbers(text)
        assert not contains_number(mask_numbers(text))


@pytest.mark.parametrize("text", OTHERS)
def test_what_is_no_number_is_left_alone(text: str) -> None:
    assert mask_numbers(text) == text


def test_a_number_after_other_digits_is_found() -> None:
    assert mask_numbers("12 34 010170-1234") == f"12 34 {MASK}"
    assert mask_numbers("010170-1234, 020270-2345") == f"{MASK}, {MASK}"


def test_modulus_11_rejects_nothing() -> None:
    assert all(is_number(f"010107{serial:04}") for serial in range(10000))


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("010170-1234", "0101701234"),
        ("0101701234", "0101701234"),
        ("101701234", "0101701234"),
        ("610170-1234", "6101701234"),
        ("290200-1234", "2902001234"),
        ("290201-1234", None),
        ("310470-1234", None),
        ("10170123", None),
        ("01017-01234", None),
        ("010170 1234", None),
        ("０１０１７０１２３４", None),
        ("abc", None),
    ],
)
def test_the_column_takes_ten_digits_or_nine_with_or_without_hyphen(text: str, digits: str | None) -> None:
    assert read_number(text) == digits


def test_a_column_without_numbers_is_not_gone_through_value_by_value() -> None:
    values = ["A-1", None, "ring 010170-1234", "blåbær"]
    assert mask_column(values) == {2: f"ring {MASK}"}
    assert mask_column(values, lambda digits: f"<{digits[-4:]}>") == {2: "ring <1234>"}
