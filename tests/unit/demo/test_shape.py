"""The synthetic country has the shape of the real one as far as sources tell it, and says what is assumed.

Belongs here: sizes, lengths, seasons, needs and differences of a world of the usual size. Does not belong here: the
form of a delivery (``test_delivery``) or its outcomes (``tests/rules/test_synthetic_cases``).
"""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipelines.demo import assumptions as assumed
from pipelines.demo.calendar_days import month_of, weekday
from pipelines.demo.delivery import EXTRACT_DATE, Extracts, draw_extracts

YEAR = 365.25


@pytest.fixture(scope="module")
def country() -> Extracts:
    """The world of the demonstration, at its whole size."""
    return draw_extracts(EXTRACT_DATE)


def shown(country: Extracts, file: str) -> dict[str, Any]:
    """A file as delivered on the extract date."""
    return country.world[file].on(EXTRACT_DATE.toordinal())


def served(country: Extracts) -> dict[str, Any]:
    """The sentences, without remand."""
    cases = shown(country, "afsoningssager.csv")
    return {name: values[cases["varetaegt"] == "N"] for name, values in cases.items()}


def test_a_year_has_eleven_thousand_sentences_with_remand_among_them_and_eight_thousand_supervisions(
    country: Extracts,
) -> None:
    cases = shown(country, "afsoningssager.csv")
    per_year = np.bincount((country.scene.end - cases["straf_ivaerksat"].astype(int)) // 366 + 1)[1:5]
    assert all(10_000 < count < 12_000 for count in per_year)
    assert len(shown(country, "tilsynssager.csv")["sags_id"]) == 5 * 8_000
    assert 0.3 < (cases["varetaegt"] == "J").mean() < 0.4


def test_most_sentences_are_short(country: Extracts) -> None:
    days = served(country)["straf_dage"].astype(int)
    assert 0.18 < (days < 30).mean() < 0.3
    assert 0.55 < (days < 122).mean() < 0.7
    assert 0.1 < (days >= 365).mean() < 0.2


def test_about_a_third_of_those_who_could_be_are_refused_parole(country: Extracts) -> None:
    cases = served(country)
    dates = shown(country, "loesladelsesdatoer.csv")
    eligible = set(dates["sags_id"][dates["forventet_proeveloesladelse"] > 0].tolist())
    could = (
        np.array([case in eligible for case in cases["sags_id"].tolist()])
        & (cases["faktisk_loesladelse"] > 0)
        & (cases["udvist"] == "N")
    )
    assert 0.6 < (cases["loesladelse_art"][could] == "proeve").mean() < 0.85


def test_expected_dates_move_forward_and_back_and_some_are_recorded_anew(country: Extracts) -> None:
    dates = shown(country, "loesladelsesdatoer.csv")
    expected = np.where(
        dates["forventet_proeveloesladelse"] > 0, dates["forventet_proeveloesladelse"], dates["forventet_loesladelse"]
    )
    same_case = dates["sags_id"][1:] == dates["sags_id"][:-1]
    moved = (expected[1:] - expected[:-1])[same_case]
    for kind in (moved > 0, moved < 0, moved == 0):
        assert kind.mean() > 0.08


@pytest.mark.parametrize(
    ("file", "column"),
    [
        ("kommunekontakter.csv", "dato"),
        ("engangshjaelp.csv", "sendt"),
        ("engangshjaelp.csv", "afgjort"),
        ("loesladelsesmoeder.csv", "afholdt"),
        ("bolighaendelser.csv", "dato"),
        ("samarbejdsmoeder.csv", "dato"),
    ],
)
def test_few_things_happen_on_weekends_and_public_holidays(file: str, column: str, country: Extracts) -> None:
    days = shown(country, file)[column].astype(int)
    days = days[(days > 0) & (days <= EXTRACT_DATE.toordinal())]
    assert country.scene.calendar.is_off(days).mean() < 0.05


def test_releases_fall_on_weekends_only_where_nothing_advances_them(country: Extracts) -> None:
    cases = served(country)
    left = cases["faktisk_loesladelse"].astype(int)
    late_week = weekday(left) >= 3
    short = cases["straf_dage"].astype(int) < assumed.SHORTEST_FOR_ADVANCING
    assert late_week[(left > 0) & short].mean() > 0.4
    assert late_week[(left > 0) & ~short].mean() < 0.15


def test_the_year_has_its_seasons(country: Extracts) -> None:
    months = np.bincount(month_of(served(country)["straf_ivaerksat"].astype(int)), minlength=12)
    assert months[6] < 0.85 * months.mean()
    assert months[11] < 0.85 * months.mean()
    assert months[0] > 1.05 * months.mean()


def test_homelessness_follows_the_recorded_need(country: Extracts) -> None:
    cases = served(country)
    home, need = cases["bolig_ved_loesladelse"], cases["bolig_behov"]
    homeless = np.isin(home, ["hjemloes", "herberg"]) & (cases["faktisk_loesladelse"] > 0)
    released = cases["faktisk_loesladelse"] > 0
    assert 0.04 < (home[released] == "hjemloes").mean() < 0.08
    assert 0.15 < (need[homeless] != "J").mean() < 0.4
    assert homeless[released & (need == "J")].mean() > 4 * homeless[released & (need == "N")].mean()


def test_municipalities_have_cases_by_their_population(country: Extracts) -> None:
    places = country.scene.municipalities
    codes = shown(country, "handlekommuner.csv")["kommunekode"]
    cases = np.array([(codes == code).sum() for code in places.codes])
    assert np.corrcoef(cases, places.weights)[0, 1] > 0.99


def test_applications_are_complete_at_once_later_or_never(country: Extracts) -> None:
    aid = shown(country, "engangshjaelp.csv")
    complete, sent = aid["fuldstaendig"].astype(int), aid["sendt"].astype(int)
    for kind in (complete == sent, complete > sent, complete == 0):
        assert kind.mean() > 0.05


@pytest.mark.parametrize("party", ["municipalities", "institutions"])
def test_parties_differ_by_lasting_qualities(party: str, country: Extracts) -> None:
    performance = getattr(country.scene, party).performance
    units = np.arange(len(performance.general))
    first, last = (
        performance.share("contact", units, np.full(len(units), country.scene.end - days))
        for days in (int(4.5 * YEAR), int(0.5 * YEAR))
    )
    assert np.std(first) > 0.05
    assert np.corrcoef(first, last)[0, 1] > 0.5
    # Yet some are much better or worse than they were.
    assert np.abs(last - first).max() > 0.15


def test_every_assumption_says_where_it_comes_from() -> None:
    source = Path(assumed.__file__).read_text(encoding="utf-8")
    lines = source.splitlines()
    body = ast.parse(source).body
    named = [node for node in body if isinstance(node, (ast.Assign, ast.AnnAssign))][1:]
    assert len(named) > 80
    for node in named:
        line = node.lineno - 2
        # A comment holds for the assignments that follow it without a blank line.
        while lines[line].strip() and not (lines[line].startswith("#") and not lines[line - 1].startswith("#")):
            line -= 1
        said = "\n".join(lines[line : node.lineno])
        assert "ource:" in said or "ur assumption" in said or "ource for" in said, lines[node.lineno - 1]
