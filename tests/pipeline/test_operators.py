"""Three accounts of one group receive deliveries in turn into one folder, which is the group's and nobody else's.

``benchmarks/whole_runs/test_operators.py`` has them build, publish, prepare, approve and send as well.
"""

from __future__ import annotations

from tests.pipeline.accounts import NAMES, STRANGER, group_of_accounts, needs_accounts, only_the_group_may_look
from tests.small_delivery import SmallDelivery


@needs_accounts
def test_three_accounts_of_a_group_receive_in_turn_and_a_stranger_is_kept_out() -> None:
    with group_of_accounts() as group:
        (group.folder / "configuration.toml").write_text(
            f'[people]\noperators_group = "{group.name}"\n', encoding="utf-8"
        )
        for name, day in zip(NAMES, ("2026-03-31", "2026-06-30", "2026-09-30"), strict=True):
            SmallDelivery(day).write(group.landing)
            received = group.stage(name, "receive")
            assert received.returncode == 0, received.stderr[-3000:]
        only_the_group_may_look(group)
        seen = group.run("anna", "status", "--output", str(group.output))
        assert seen.returncode == 0 and "2026-09-30" in seen.stdout, seen.stderr
        stranger = group.run(STRANGER, "status", "--output", str(group.output))
        assert stranger.returncode == 1 and "ikke medlem af gruppen" in stranger.stderr
