"""A person is told: by a real mail server and a real receiver of messages, and no run fails when neither answers."""

from __future__ import annotations

import email
import email.policy
import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from pipelines import cli
from pipelines.errors import UserError
from pipelines.watching import alerts
from tests.mailing.mail_server import MailServer
from tests.small_delivery import SmallDelivery


class Receiver(BaseHTTPRequestHandler):
    """Keeps what it is sent; moved on to another address when its path says so."""

    got: list[dict]

    def do_POST(self) -> None:
        self.got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(302 if self.path == "/moved" else 200)
        if self.path == "/moved":
            self.send_header("Location", "http://localhost:1/elsewhere")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def receiver() -> Iterator[HTTPServer]:
    Receiver.got = []
    with HTTPServer(("127.0.0.1", 0), Receiver) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def configured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    file = tmp_path / "configuration.toml"
    monkeypatch.setenv("GOD_LOESLADELSE_CONFIGURATION", str(file))
    return lambda text: (file.write_text(text, encoding="utf-8"), None)[1]


def mail_section(port: int) -> str:
    return f'[mailing]\nsmtp_host = "127.0.0.1"\nsmtp_port = {port}\nsmtp_security = "none"\ntimeout_seconds = 5\n'


def test_a_mail_and_a_message_say_the_same(receiver: HTTPServer, configured: Callable[[str], None]) -> None:
    with MailServer() as server:
        configured(
            mail_section(server.port)
            + '[watching]\nalert_addresses = ["vagt@example.dk", "drift@example.dk"]\n'
            + f'alert_webhook = "http://127.0.0.1:{receiver.server_port}/krog"\n'
        )
        assert alerts.tell("Kørslen mislykkedes", "Nummeret 010180-1234 må ikke med. Gør plads.") == []
        assert server.mailbox.addresses() == ["vagt@example.dk", "drift@example.dk"]
        message = email.message_from_bytes(server.mailbox.accepted[0][1], policy=email.policy.default)
    assert message["Subject"] == "Kørslen mislykkedes" and message["Auto-Submitted"] == "auto-generated"
    text = message.get_content()
    assert "Gør plads." in text and "010180" not in text
    assert Receiver.got == [{"text": f"Kørslen mislykkedes\n{text.strip()}"}]


def test_nobody_is_told_unless_the_settings_name_somebody() -> None:
    assert alerts.tell("Kørslen mislykkedes", "Gør plads.") == []


def test_what_cannot_be_told_is_said_and_never_follows_to_another_address(
    receiver: HTTPServer, configured: Callable[[str], None]
) -> None:
    configured(
        mail_section(1)
        + '[watching]\nalert_addresses = ["vagt@example.dk"]\n'
        + f'alert_webhook = "http://localhost:{receiver.server_port}/moved"\n'
    )
    mail, message = alerts.tell("Kørslen mislykkedes", "Gør plads.")
    assert "alert_addresses" in mail and "(302)" in message


@pytest.mark.parametrize("address", ["http://example.dk/krog", "ftp://localhost/krog"])
def test_a_message_is_sent_encrypted_or_stays_on_this_machine(address: str, configured: Callable[[str], None]) -> None:
    configured(f'[watching]\nalert_webhook = "{address}"\n')
    with pytest.raises(UserError, match="alert_webhook") as told:
        alerts.tell("Kørslen mislykkedes", "Gør plads.")
    assert address not in str(told.value)


def test_a_refused_delivery_is_told_by_the_command_line(
    receiver: HTTPServer, configured: Callable[[str], None], landing: Path, tmp_path: Path
) -> None:
    configured(f'[watching]\nalert_webhook = "http://127.0.0.1:{receiver.server_port}/krog"\n')
    delivery = SmallDelivery()
    delivery.left_out.add("afsoningssager.csv")
    delivery.write(landing)
    assert cli.main(["run", "--landing", str(landing), "--output", str(tmp_path / "output")]) == 1
    refused, failed = (got["text"] for got in Receiver.got)
    assert "Afvist: leverance 2026-09-30: afsoningssager.csv" in refused and "ingen leverance" in failed


def test_a_service_that_failed_is_told_once(
    receiver: HTTPServer, configured: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    configured(f'[watching]\nalert_webhook = "http://127.0.0.1:{receiver.server_port}/krog"\n')
    monkeypatch.setenv("MONITOR_EXIT_CODE", "killed")
    monkeypatch.setenv("MONITOR_EXIT_STATUS", "KILL")
    assert cli.main(["alert", "god-loesladelse-run.service"]) == 0
    [told] = [one["text"] for one in Receiver.got]
    assert "god-loesladelse-run.service er standset (killed KILL)" in told and "journalctl -u" in told
    # A run that ended by itself has told why; a service that ended so has not.
    monkeypatch.setenv("MONITOR_EXIT_CODE", "exited")
    monkeypatch.setenv("MONITOR_EXIT_STATUS", "1")
    assert cli.main(["alert", "god-loesladelse-run.service"]) == 0 and len(Receiver.got) == 1
    assert cli.main(["alert", "god-loesladelse-web.service"]) == 0 and len(Receiver.got) == 2
    assert cli.main(["alert", "x; rm -rf /"]) == 2 and len(Receiver.got) == 2
    configured('[watching]\nalert_webhook = "http://127.0.0.1:1/krog"\n')
    assert cli.main(["alert", "god-loesladelse-web.service"]) == 1
