"""Whatever is mixed up with whatever: no message goes to another municipality than its own."""

from __future__ import annotations

import functools
import itertools
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.errors import UserError
from pipelines.layout import Output
from pipelines.mailing.message import identity
from pipelines.mailing.record import outbox
from pipelines.mailing.record.ledger import opened
from tests.mailing import pairings, stage
from tests.mailing.mail_server import MailServer
from tests.mailing.stage import MUNICIPALITIES, QUARTER, a_register, some_settings


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = Output(tmp_path_factory.mktemp("approved"))
    stage.prepare(made)
    stage.approve(made)
    return made.root


@pytest.fixture(scope="module")
def known(prepared: Path) -> pairings.Truth:
    box = outbox.required(Output(prepared), QUARTER)
    contents = {one.municipality_code: outbox.content(Output(prepared), QUARTER, one) for one in box.entries}
    return pairings.truth(a_register(), some_settings(), contents)


@pytest.fixture(autouse=True)
def _read_each_message_once(monkeypatch: pytest.MonkeyPatch) -> None:
    # The same few messages are read again in each pairing; what they say of themselves follows from their bytes alone.
    monkeypatch.setattr(identity, "read", functools.cache(identity.read))


def test_everything_in_its_place_is_sent(known: pairings.Truth) -> None:
    assert pairings.sent(known, {}) == [(code, code) for code in known.codes]


@pytest.mark.parametrize("what", pairings.MIXED)
def test_mixing_up_one_thing_alone_sends_nothing_of_what_moved(known: pairings.Truth, what: str) -> None:
    for order in itertools.permutations(range(len(known.codes))):
        gone = pairings.sent(known, {what: order})
        stayed = [known.codes[place] for place, came_from in enumerate(order) if came_from == place]
        assert gone == [(code, code) for code in stayed]


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_mixing_up_several_things_never_sends_wrong(known: pairings.Truth, data: st.DataObject) -> None:
    few = st.permutations(range(len(MUNICIPALITIES)))
    chosen = data.draw(st.sets(st.sampled_from(pairings.MIXED), min_size=1))
    # Things mixed up in the same way hide each other best, so one order for several is drawn often.
    shared = data.draw(few)
    orders = {what: shared if data.draw(st.booleans()) else data.draw(few) for what in sorted(chosen)}
    for owner, addressee in pairings.sent(known, orders):
        assert owner == addressee


def test_a_mixed_up_outbox_that_was_prepared_and_approved_as_such_is_not_sent(prepared: Path, tmp_path: Path) -> None:
    shuffled = random.Random(11)
    for number in range(12):
        output = stage.copied(prepared, tmp_path / str(number))
        box = outbox.required(output, QUARTER)
        contents = [outbox.content(output, QUARTER, one) for one in box.entries]
        while (mixed := shuffled.sample(contents, len(contents))) == contents:
            pass
        _prepare_as_if_right(output, box, mixed)
        stage.approve(output)
        with MailServer() as server:
            with pytest.raises(UserError, match="ikke enige"):
                stage.send(output, stage.through(server))
            assert server.mailbox.accepted == []


def _prepare_as_if_right(output: Output, box: outbox.Outbox, mixed: list[bytes]) -> None:
    """Write manifest, files and ledger so that every digest is right and only the contents are somebody else's."""
    import hashlib
    from dataclasses import replace

    from pipelines.mailing.record.ledger import Signature

    entries = tuple(
        replace(entry, sha256=hashlib.sha256(content).hexdigest()) for entry, content in zip(box.entries, mixed)
    )
    wrong = replace(box, entries=entries)
    codes = [entry.municipality_code for entry in entries]
    outbox.write(output, QUARTER, wrong, dict(zip(codes, mixed)))
    with opened(output) as ledger:
        ledger.prepare(
            Signature(QUARTER.code, wrong.digest, "Anna", "anna", stage.NOW),
            [(one.message_id, one.municipality_code, one.recipient, one.sha256) for one in entries],
            ("digest", "[]"),
            {},
        )
