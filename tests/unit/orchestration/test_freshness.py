"""How old an asset may be: what is usual between deliveries, for each file by the deliveries that had it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from pipelines.layout import Output
from pipelines.orchestration import freshness
from pipelines.orchestration.definitions import build_definitions
from pipelines.orchestration.stages import BUILT
from tests.small_delivery import SmallDelivery, receive

# Dagster calls the one way to give an asset of a dbt project a policy a preview.
pytestmark = pytest.mark.filterwarnings("ignore:Function `Definitions.map_asset_specs`")


def received(landing: Path, output: Output, days: dict[str, set[str]]) -> None:
    """Receive a delivery of each day, without the files named."""
    for day, left_out in days.items():
        delivery = SmallDelivery(day)
        delivery.left_out = left_out
        delivery.write(landing)
    assert len(receive(landing, output).loaded) == len(days)


def policies(output: Output) -> dict[tuple[str, str], Any]:
    """Return the longest an asset may be without being made anew, by group and last part of its key."""
    specs = freshness.with_freshness(build_definitions(), output).resolve_all_asset_specs()
    return {(spec.group_name or "", spec.key.path[-1]): spec.freshness_policy for spec in specs}


def test_an_asset_is_late_a_quarter_of_the_usual_time_after_the_next_delivery_was_expected(
    landing: Path, output: Output
) -> None:
    received(landing, output, {"2026-07-31": set(), "2026-08-31": set(), "2026-09-30": set()})
    assert freshness.limit(output) == timedelta(days=30) * 1.25 or freshness.limit(output) == timedelta(days=31) * 1.25
    found = policies(output)
    made_by_deliveries = {key: policy for key, policy in found.items() if key[0] != BUILT}
    assert len(made_by_deliveries) > 10 and all(made_by_deliveries.values())
    assert {policy.fail_window.to_timedelta() for policy in made_by_deliveries.values()} == {freshness.limit(output)}
    assert not any(policy for key, policy in found.items() if key[0] == BUILT), "a build may be made of an old delivery"


def test_a_file_that_comes_seldom_is_not_late_when_the_others_come_often(landing: Path, output: Output) -> None:
    without = {"mentorforloeb.csv"}
    days = {"2026-06-30": set(), "2026-07-31": without, "2026-08-31": without, "2026-09-30": set()}
    received(landing, output, days)
    of_file = freshness.limit(output, "mentorforloeb.csv")
    assert of_file == timedelta(days=92) * 1.25
    found = {key[1]: policy for key, policy in policies(output).items() if policy}
    assert found["mentorforloeb"].fail_window.to_timedelta() == of_file
    assert found["afsoningssager"].fail_window.to_timedelta() < timedelta(days=40)


@pytest.mark.parametrize("days", [{}, {"2026-09-30": set()}])
def test_nothing_is_late_while_there_are_too_few_deliveries_to_tell(
    landing: Path, output: Output, days: dict[str, set[str]]
) -> None:
    landing.mkdir(exist_ok=True)
    received(landing, output, days)
    assert freshness.limit(output) is None
    assert not any(policies(output).values())
