"""Which names are one person's, and which are two people's."""

from __future__ import annotations

import itertools

import pytest

from pipelines.errors import WrongUse
from pipelines.people import names

ALIKE = [
    ("Anna", "Anna."),
    ("Anna", "ANNA"),
    ("Anna", "A n n a"),
    ("Anna", "Annna"),
    ("Anna", "Ana"),
    ("Anna", "Ánna"),
    ("Anna", "\u0410nna"),
    ("Anna", "Ann\u0251"),
    ("Anna", "\uff21nna"),
    ("Anna", "An\u200bna"),
    ("Anna", "A-nna"),
    ("Åse Krogh", "Aase Krogh"),
    ("Søren", "Soeren"),
    ("Søren", "Soren"),
    ("Søren", "SØREN"),
    ("Ærø", "Aeroe"),
    ("Carla", "Car1a"),
    ("Carla", "CarIa"),
    ("Bo", "B0"),
    ("Bo", "B\u03bf"),
    ("Ida", "\u0131da"),
    ("Lone", "L0ne"),
    ("Bjarne", "Bjame"),
    ("Lena", "\u029fena"),
    ("Søren", "So\u0308ren"),
    ("Jens Ole", "Jens-Ole"),
]

PEOPLE = [
    "Anna Andersen",
    "Anne Andersen",
    "Anna Andreasen",
    "Bo Berg",
    "Bodil Berg",
    "Carla Carlsen",
    "Karla Karlsen",
    "Hans Hansen",
    "Hanne Hansen",
    "Jens Jensen",
    "Jes Jensen",
    "Jonas Jensen",
    "Mette Madsen",
    "Mads Madsen",
    "Mette Mathiesen",
    "Peter Hansen",
    "Peder Hansen",
    "Per Hansen",
    "Ole Olsen",
    "Olga Olsen",
    "Søren Kjær",
    "Sara Kjær",
    "Åse Krogh",
    "Asger Krogh",
    "Ida Holm",
    "Ina Holm",
    "Ian Holm",
    "Lis Holm",
    "Lise Holm",
    "Aage Bach",
    "Ove Bach",
    "Ole Bach",
    "Uffe Bach",
    "Muhammed Ali",
    "Mahmoud Ali",
    "Nguyễn Thị Hoa",
    "Łukasz Nowak",
    "Özlem Kaya",
]


@pytest.mark.parametrize(("one", "other"), ALIKE)
def test_names_that_a_reader_takes_for_one_another_are_one(one: str, other: str) -> None:
    assert names.look_alike(one, other) and names.look_alike(other, one)


def test_different_people_keep_different_names() -> None:
    assert [pair for pair in itertools.combinations(PEOPLE, 2) if names.look_alike(*pair)] == []
    assert [names.checked(name) for name in PEOPLE] == PEOPLE


@pytest.mark.parametrize("name", ["\u0410nna", "\u0391nna", "Анна", "Anna \u4e2d"])
def test_letters_of_another_alphabet_are_refused(name: str) -> None:
    with pytest.raises(WrongUse, match="latinske bogstaver"):
        names.checked(name)


@pytest.mark.parametrize("name", ["", " ", "...", "\u200b", "x" * 81, "Anna 010101-1234"])
def test_what_cannot_be_a_name_is_refused(name: str) -> None:
    with pytest.raises(WrongUse, match="højst 80 tegn"):
        names.checked(name)


def test_a_name_is_kept_on_one_line() -> None:
    assert names.checked("  Anna\n\t Andersen\u202e ") == "Anna Andersen"
    assert names.is_system("SYSTEM.") and not names.is_system("Systa")
