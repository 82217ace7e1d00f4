"""Three accounts of one group, each with its own, take turns: receive, build, publish, prepare, approve, send."""

from __future__ import annotations

import subprocess

from tests.mailing.mail_server import MailServer
from tests.pipeline.accounts import STRANGER, Group, group_of_accounts, needs_accounts, only_the_group_may_look
from tests.small_delivery import SmallDelivery

pytestmark = needs_accounts


def test_three_accounts_of_a_group_receive_build_publish_prepare_approve_and_send_in_turn() -> None:
    with group_of_accounts() as group:
        _in_turn(group)


def _in_turn(group: Group) -> None:
    SmallDelivery().write(group.landing)
    output = ["--output", str(group.output)]
    mail = [*output, "--quarter", "2026-Q4"]

    def done(result: subprocess.CompletedProcess[str]) -> str:
        assert result.returncode == 0, f"{result.args}: {result.stderr[-3000:]}"
        return result.stdout

    with MailServer() as server:
        (group.folder / "configuration.toml").write_text(
            f'[people]\noperators_group = "{group.name}"\n'
            f'[mailing]\nsmtp_host = "127.0.0.1"\nsmtp_port = {server.port}\nsmtp_security = "none"\n'
            "per_minute = 6000\n"
            'test_address = "proeve@krfo.example.dk"\n'
            '[publication]\neditions = ["direktorat"]\nformats = ["html"]\nprocesses = 1\n',
            encoding="utf-8",
        )
        done(group.stage("anna", "receive"))
        done(group.stage("bodil", "build"))
        done(group.stage("carla", "publish"))
        done(group.run("bodil", "mail", "prepare", *mail, "--by", "Bodil", "--go-on"))
        assert group.run("bodil", "mail", "approve", *mail, "--by", "Bente").returncode == 1, "the account prepared it"
        done(group.run("carla", "mail", "approve", *mail, "--by", "Carla"))
        assert "Klar til at sende." in done(group.run("anna", "mail", "approve", *mail, "--by", "Anna"))
        done(group.run("carla", "mail", "send", *mail, "--send"))
    assert server.mailbox.addresses()[1:] == ["x@k101.dk"]
    assert (group.output / "published" / "current" / "release.json").is_file()
    assert '"event": "mail_approved"' in (group.output / "audit.jsonl").read_text(encoding="utf-8")
    only_the_group_may_look(group)
    stranger = group.run(STRANGER, "mail", "status", *mail)
    assert stranger.returncode == 1 and "ikke medlem af gruppen" in stranger.stderr
