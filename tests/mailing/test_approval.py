"""Two people, two accounts, the exact bytes, seven days."""

from __future__ import annotations

import datetime
import json
from pathlib import Path

import pytest

from pipelines.errors import UserError
from pipelines.layout import Output
from pipelines.mailing import approval, preparing, sending
from pipelines.mailing.record import outbox
from pipelines.mailing.record.ledger import opened
from tests.mailing import stage
from tests.mailing.stage import NOW, QUARTER, a_register, some_settings

TWO = {"101": "København", "580": "Aabenraa"}


@pytest.fixture
def output(tmp_path: Path) -> Output:
    made = Output(tmp_path)
    stage.prepare(made, a_register(TWO))
    return made


def plan(output: Output, days: float = 0.1) -> sending.Plan:
    return sending.plan(output, a_register(TWO), some_settings(), QUARTER, NOW + datetime.timedelta(days=days))


def approve(output: Output, name: str, **changed: object) -> approval.Standing:
    return approval.approve(output, some_settings(**changed), QUARTER, name, NOW)[1]


def test_one_approval_is_not_enough_and_the_same_name_twice_is_one(output: Output) -> None:
    assert not approve(output, "Bo").is_complete
    assert not approve(output, " bO ").is_complete
    with pytest.raises(UserError, match="der mangler 1 godkendelse"):
        plan(output)
    assert approve(output, "Carla").is_complete
    assert len(plan(output).to_send) == 2


@pytest.mark.parametrize("name", ["Anna", "ANNA", "A nna", "system", "System"])
def test_neither_the_preparer_nor_the_schedule_approves(output: Output, name: str) -> None:
    with pytest.raises(UserError, match="godkende"):
        approve(output, name)


def test_the_accounts_must_differ_too_unless_the_settings_allow_one(
    output: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(UserError, match="allow_one_account"):
        approve(output, "Bo", allow_one_account=False)
    stage.as_account(monkeypatch, "bo")
    assert not approve(output, "Bo", allow_one_account=False).is_complete
    with pytest.raises(UserError, match="under et andet navn"):
        approve(output, "Carla", allow_one_account=False)
    stage.as_account(monkeypatch, "carla")
    assert approve(output, "Carla", allow_one_account=False).is_complete
    with opened(output) as ledger:
        assert [one.account for one in ledger.signatures("approval", QUARTER.code)] == ["bo", "carla"]


def test_preparing_the_same_bytes_again_makes_no_room_for_the_first_preparer(output: Output) -> None:
    stage.prepare(output, a_register(TWO), name="Dan")
    for name in ("Anna", "Dan"):
        with pytest.raises(UserError, match="har forberedt udsendelsen"):
            approve(output, name)
    stage.approve(output)
    stage.prepare(output, a_register(TWO), name="Bo")
    with pytest.raises(UserError, match="der mangler 1 godkendelse"):
        plan(output)


def test_approvals_expire_after_seven_days(output: Output) -> None:
    stage.approve(output)
    assert plan(output, days=7).to_send
    with pytest.raises(UserError, match="der mangler 2 godkendelser"):
        plan(output, days=7.01)


@pytest.mark.parametrize("kind", ["changed", "gone", "added", "manifest", "link", "swapped"])
def test_anything_changed_afterwards_makes_the_approvals_void(output: Output, kind: str) -> None:
    stage.approve(output)
    place = outbox.folder(output, QUARTER)
    one, other = place / "101.eml", place / "580.eml"
    content = one.read_bytes()
    if kind == "changed":
        one.write_bytes(content.replace(b"kvartal", b"Kvartal", 1))
    elif kind == "gone":
        one.unlink()
    elif kind == "added":
        (place / "999.eml").write_bytes(content)
    elif kind == "manifest":
        manifest = json.loads((place / "manifest.json").read_text(encoding="utf-8"))
        manifest["entries"][0]["recipient"] = "ond@example.com"
        (place / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    elif kind == "link":
        (place / "elsewhere").write_bytes(content)
        one.unlink()
        one.symlink_to(place / "elsewhere")
    else:
        one.write_bytes(other.read_bytes())
        other.write_bytes(content)
    with pytest.raises(UserError, match="gælder ikke længere"):
        plan(output)
    with pytest.raises(UserError, match="gælder ikke længere"):
        approve(output, "Carla")
    preparing.prepare(output, a_register(TWO), some_settings(), QUARTER, "Anna", NOW)
    assert plan(output).to_send, "the same bytes are back, so what was approved is what lies there"


def test_a_new_preparation_with_other_bytes_needs_new_approvals(output: Output) -> None:
    stage.approve(output)
    changed = a_register(TWO, institutions=list(stage.INSTITUTIONS[:-1]))
    stage.prepare(output, changed)
    with pytest.raises(UserError, match="der mangler 2 godkendelser"):
        sending.plan(output, changed, some_settings(), QUARTER, NOW)
    with opened(output) as ledger:
        assert {row.state for row in ledger.messages(QUARTER.code)} == {"prepared"}


def test_an_outbox_rewritten_with_its_own_digest_is_not_the_prepared_one(output: Output) -> None:
    stage.approve(output)
    box = outbox.required(output, QUARTER)
    forged = outbox.Outbox(box.quarter, box.batch_id, box.entries[:1], {})
    contents = {"101": outbox.content(output, QUARTER, box.entries[0])}
    outbox.write(output, QUARTER, forged, contents)
    with pytest.raises(UserError, match="ikke den, der sidst blev forberedt"):
        plan(output)
