"""Every worked example computed by dbt itself; ``tests/rules/test_worked_examples.py`` lets it compute a sample."""

from __future__ import annotations

from pathlib import Path

from tests.rules.recorded_examples import all_examples
from tests.rules.test_worked_examples import computed_by_dbt


def test_dbt_finds_that_every_worked_example_holds(tmp_path: Path) -> None:
    assert computed_by_dbt(tmp_path) == dict.fromkeys([str(one) for one in all_examples()], "pass")
