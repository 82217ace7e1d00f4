"""Whatever fails, and wherever the sender is killed: at most one message each, and nobody left out in silence."""

from __future__ import annotations

import functools
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.layout import Output
from pipelines.mailing import preparing, sending
from pipelines.mailing.message import identity, recipients
from pipelines.mailing.record import outbox, states
from pipelines.mailing.record.ledger import opened
from tests.mailing import kills, stage
from tests.mailing.mail_server import FAULTS, Mailbox, MailServer

TWO = {"101": "København", "580": "Aabenraa"}
FOUR = {code: stage.MUNICIPALITIES[code] for code in ("101", "147", "580", "492")}

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="kills processes that it forks")


@pytest.fixture(scope="module")
def approved(tmp_path_factory: pytest.TempPathFactory) -> Callable[[dict[str, str], Path], Output]:
    """Return a function that copies an approved outbox of some municipalities to a folder."""
    made: dict[int, Path] = {}

    def copy(municipalities: dict[str, str], to: Path) -> Output:
        if len(municipalities) not in made:
            output = Output(tmp_path_factory.mktemp("approved"))
            stage.prepare(output, stage.a_register(municipalities))
            stage.approve(output)
            made[len(municipalities)] = output.root
        return stage.copied(made[len(municipalities)], to)

    return copy


@pytest.fixture(scope="module", autouse=True)
def quick() -> Iterator[None]:
    """Leave out what only a power cut would show, and read each message once: what is tested are kills of a process."""
    read = identity.read
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda descriptor: None)
        patch.setattr(identity, "read", functools.cache(read))
        yield


def settled(output: Output, municipalities: dict[str, str], mailbox: Mailbox, report: sending.Report) -> None:
    """Check one report against what the server really accepted."""
    known = stage.a_register(municipalities)
    reach = recipients.reachable(known, stage.some_settings())
    counts = {code: mailbox.addresses().count(one.address) for code, one in reach.items()}
    assert set(report.states) == set(municipalities), "everybody is in the report"
    assert max(counts.values()) <= 1, "nobody got the message twice"
    for code, state in report.states.items():
        if state == states.SENT:
            assert counts[code] == 1
        elif state != states.SENDING:
            assert counts[code] == 0, f"{state}, but the server has it"
            assert state in (states.APPROVED, states.REFUSED)
    for address, content in mailbox.accepted:
        owner = next((code for code, one in reach.items() if one.address == address), None)
        assert owner is None or f"X-God-Loesladelse-Kommune: {owner}\r\n".encode() in content


def test_a_sender_killed_at_any_step_neither_loses_nor_doubles_a_message(approved: Callable, tmp_path: Path) -> None:
    known = stage.a_register(TWO)
    came_to_its_end, kill_at, unknown = False, 0, 0
    while not came_to_its_end:
        output = approved(TWO, tmp_path / str(kill_at))
        with MailServer() as server:
            chosen = stage.through(server)
            came_to_its_end = kills.in_child(lambda c=chosen, o=output: stage.send(o, c, known), kill_at)
            report = stage.send(output, chosen, known)
            settled(output, TWO, server.mailbox, report)
        assert not report.stopped
        assert set(report.states.values()) <= {states.SENT, states.SENDING}
        unknown += len(report.having(states.SENDING))
        kill_at += 1
    assert kill_at > 25
    assert unknown > 0, "some kills fall between handing over and the answer"


def test_preparing_killed_at_any_step_is_put_right_by_preparing_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = stage.prepare(Output(tmp_path / "reference"), stage.a_register(TWO))
    made = {
        entry.municipality_code: outbox.content(Output(tmp_path / "reference"), stage.QUARTER, entry)
        for entry in reference.outbox.entries
    }
    # Typst cannot run in a forked child of a process that has used it; what is killed here are the writes.
    monkeypatch.setattr(preparing, "_messages", lambda *arguments: made)
    came_to_its_end, kill_at = False, 0
    while not came_to_its_end:
        output = Output(tmp_path / str(kill_at))
        came_to_its_end = kills.in_child(lambda o=output: stage.prepare(o, stage.a_register(TWO)), kill_at)
        again = stage.prepare(output, stage.a_register(TWO))
        assert again.outbox.digest == reference.outbox.digest
        stage.approve(output)
        assert (
            len(stage.plan(output, stage.a_register(TWO), stage.some_settings(), stage.QUARTER, _later()).to_send) == 2
        )
        kill_at += 1
    assert kill_at > 6


def _later():  # type: ignore[no-untyped-def]
    return stage.surroundings(lambda: None).now()


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    runs=st.lists(
        st.tuples(
            st.lists(st.sampled_from(("", *FAULTS)), max_size=8),
            st.one_of(st.none(), st.integers(min_value=0, max_value=60)),
        ),
        min_size=1,
        max_size=3,
    )
)
def test_no_sequence_of_faults_and_kills_doubles_or_hides_a_message(
    approved: Callable, runs: list[tuple[list[str], int | None]]
) -> None:
    known, mailbox = stage.a_register(FOUR), Mailbox()
    with tempfile.TemporaryDirectory() as folder:
        output = approved(FOUR, Path(folder) / "output")
        for faults, kill_at in runs:
            with MailServer(faults, mailbox=mailbox) as server:
                chosen = stage.through(server, attempts=2)
                if kill_at is None:
                    settled(output, FOUR, mailbox, stage.send(output, chosen, known))
                else:
                    kills.in_child(lambda c=chosen: stage.send(output, c, known), kill_at)
        with MailServer(mailbox=mailbox) as server:
            report = stage.send(output, stage.through(server), known)
            settled(output, FOUR, mailbox, report)
        assert set(report.states.values()) <= {states.SENT, states.SENDING, states.REFUSED}
        with opened(output) as ledger:
            assert {row.municipality_code for row in ledger.messages(stage.QUARTER.code)} == set(FOUR)
