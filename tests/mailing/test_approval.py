"""Two people, two accounts, the exact bytes, seven days."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from unittest import mock

import pytest

from pipelines import cli
from pipelines.commands import mail
from pipelines.errors import UserError
from pipelines.layout import Output
from pipelines.mailing import approval, sending, settings
from pipelines.mailing.record import outbox
from pipelines.mailing.record.ledger import opened
from tests.mailing import stage
from tests.mailing.mail_server import MailServer
from tests.mailing.stage import NOW, QUARTER, a_register, some_settings
from tests.people_at_work import acting_as, mailed_code, one_account

TWO = {"101": "København", "580": "Aabenraa"}


@pytest.fixture
def output(tmp_path: Path) -> Output:
    made = Output(tmp_path)
    stage.prepare(made, a_register(TWO))
    return made


def plan(output: Output, days: float = 0.1) -> sending.Plan:
    return stage.plan(output, a_register(TWO), some_settings(), QUARTER, NOW + datetime.timedelta(days=days))


def approve(output: Output, name: str, account: str | None = None) -> approval.Standing:
    with acting_as(account or name.strip()):
        return approval.approve(output, some_settings(), QUARTER, name, NOW)[1]


def test_one_approval_is_not_enough_and_the_same_name_twice_is_one(output: Output) -> None:
    assert not approve(output, "Bo").is_complete
    assert not approve(output, " bO ").is_complete
    with pytest.raises(UserError, match="der mangler 1 godkendelse"):
        plan(output)
    assert approve(output, "Carla").is_complete
    assert len(plan(output).to_send) == 2


@pytest.mark.parametrize("name", ["Anna", "ANNA", "A nna", "Anna.", "Annna", "Ánna", "system", "System"])
def test_neither_the_preparer_nor_the_schedule_approves(output: Output, name: str) -> None:
    with pytest.raises(UserError, match=r"godkende|har forberedt"):
        approve(output, name, account="another")


def test_a_name_like_that_of_an_approver_is_no_second_person(output: Output) -> None:
    assert not approve(output, "Bo Aagaard").is_complete
    for name in ("Bo Ågaard", "B0 Aagaard.", "Boo Aagaard"):
        with pytest.raises(UserError, match="kan læses som Bo Aagaard"):
            approve(output, name, account="another")
    with pytest.raises(UserError, match="latinske bogstaver"):
        approve(output, "B\u043e Aagaard", account="another")


def test_the_accounts_must_differ_too(output: Output) -> None:
    with pytest.raises(UserError, match="allow_one_account"):
        approve(output, "Bo", account="anna")
    assert not approve(output, "Bo", account="bo").is_complete
    with pytest.raises(UserError, match="har allerede godkendt"):
        approve(output, "Carla", account="bo")
    assert approve(output, "Carla", account="carla").is_complete
    with opened(output) as ledger:
        assert [one.account for one in ledger.signatures("approval", QUARTER.code)] == ["bo", "carla"]


def test_on_one_account_each_approval_needs_the_code_that_was_mailed_to_that_person(
    output: Output, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(mail, "_now", lambda: NOW)
    addresses = {"Bo": "bo@krfo.example.dk", "Carla": "carla@krfo.example.dk"}

    def run(name: str, *words: str) -> tuple[int, str]:
        with acting_as("anna"):
            base = ["mail", "approve", "--output", str(output.root), "--quarter", QUARTER.code, "--by", name]
            status = cli.main([*base, *words])
        return status, "".join(capsys.readouterr())

    with MailServer() as server:
        one_account(tmp_path, monkeypatch, server.port, addresses)
        assert run("Dan") == (1, mock.ANY) and server.mailbox.accepted == [], "nobody is registered under this name"
        for name, address in addresses.items():
            status, told = run(name)
            assert status == 1 and f"sendt til {address}" in told
            assert server.mailbox.addresses()[-1] == address
            code = mailed_code(server.mailbox)
            kept = b"".join(file.read_bytes() for file in output.root.rglob("*") if file.is_file())
            assert code.encode() not in kept and code.replace("-", "").encode() not in kept
            assert "forsøg tilbage" in run(name, "--code", "AAAAA-AAAAA")[1]
            other = "Carla" if name == "Bo" else "Bo"
            assert "ingen kode til" in run(other, "--code", code)[1], "the code is for one person"
            status, told = run(name, "--code", code.lower())
            assert status == 0, told
            assert "ingen kode" in run(name, "--code", code)[1], "and for one time"
    assert "Klar til at sende" in told
    now = NOW + datetime.timedelta(minutes=1)
    assert len(stage.plan(output, a_register(TWO), settings.read(), QUARTER, now).to_send) == 2
    with opened(output) as ledger:
        ledger._connection.execute("update approval set confirmed = 0")
    with pytest.raises(UserError, match="der mangler 2"):
        stage.plan(output, a_register(TWO), settings.read(), QUARTER, now)


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
    stage.prepare(output, a_register(TWO))
    assert plan(output).to_send, "the same bytes are back, so what was approved is what lies there"


def test_a_new_preparation_with_other_bytes_needs_new_approvals(output: Output) -> None:
    stage.approve(output)
    changed = a_register(TWO, institutions=list(stage.INSTITUTIONS[:-1]))
    stage.prepare(output, changed)
    with pytest.raises(UserError, match="der mangler 2 godkendelser"):
        stage.plan(output, changed, some_settings(), QUARTER, NOW)
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
