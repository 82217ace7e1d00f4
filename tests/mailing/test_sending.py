"""Sending over a real server: answers of every kind, brakes, TLS, and what can never happen."""

from __future__ import annotations

import base64
import datetime
import shutil
import smtplib
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines import audit_trail, quarters
from pipelines.errors import UserError
from pipelines.layout import Output
from pipelines.mailing import login, settings, transport
from pipelines.mailing.brake import Brake
from pipelines.mailing.record import outbox, states
from pipelines.mailing.record.ledger import AlreadyOnItsWay, opened
from pipelines.mailing.transport import Answer, FaultSource, Outcome
from pipelines.quarters import Quarter
from tests.mailing import stage
from tests.mailing.mail_server import MailServer
from tests.mailing.stage import NOW, QUARTER, TEST_ADDRESS, a_register, agreement, some_settings


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = Output(tmp_path_factory.mktemp("approved"))
    stage.prepare(made)
    stage.approve(made)
    return made.root


@pytest.fixture
def output(prepared: Path, tmp_path: Path) -> Output:
    return stage.copied(prepared, tmp_path / "output")


def test_each_municipality_gets_its_message_once_and_the_dummy_goes_first(output: Output) -> None:
    with MailServer() as server:
        report = stage.send(output, stage.through(server))
        again = stage.send(output, stage.through(server))
    assert set(report.states.values()) == {states.SENT} and not report.needs_attention
    assert again == report
    addresses = server.mailbox.addresses()
    assert addresses[0] == TEST_ADDRESS
    assert sorted(addresses[1:]) == sorted(f"godlosladelse@k{code}.example.dk" for code in stage.MUNICIPALITIES)
    assert b"Pr=C3=B8ve" in server.mailbox.accepted[0][1] or b"=?utf-8?" in server.mailbox.accepted[0][1]
    assert b"X-God-Loesladelse-Kommune" not in server.mailbox.accepted[0][1]
    for address, content in server.mailbox.accepted[1:]:
        code = address.partition("@k")[2][:3]
        assert content == (outbox.folder(output, QUARTER) / f"{code}.eml").read_bytes(), "the very bytes approved"
    with opened(output) as ledger:
        assert [row.state for row in ledger.messages(QUARTER.code, states.TEST)] == [states.SENT]
        assert [state for state, _, _ in ledger.events(ledger.messages(QUARTER.code)[0].message_id)] == [
            "prepared",
            "approved",
            "sending",
            "sent",
        ]
    events = [entry["event"] for entry in audit_trail.entries(output)]
    assert events.count("mail_message") == 10, "before and after each"
    assert events[:3] == ["mail_prepared", "mail_approved", "mail_approved"]
    assert "mail_send_started" in events and "mail_send_ended" in events


def test_temporary_refusals_are_tried_again_with_growing_waits(output: Output) -> None:
    waits: list[float] = []
    with MailServer(["", "temporary at recipient", "drop at data", "temporary after data"]) as server:
        chosen = stage.through(server, backoff_seconds=2.0, per_minute=60.0)
        report = stage.send(output, chosen, pause=waits.append)
    assert set(report.states.values()) == {states.SENT}
    # One second between messages (five of them); then 2, 4 and 8 seconds before the three further attempts.
    assert sum(waits) == pytest.approx(5 * 1 + 2 + 4 + 8)


def test_what_is_still_refused_after_all_attempts_waits_for_the_next_run(output: Output) -> None:
    with MailServer(["", *["temporary at recipient"] * 2]) as server:
        report = stage.send(output, stage.through(server, attempts=2))
        assert report.having(states.APPROVED) == ["101"] and report.needs_attention
        report = stage.send(output, stage.through(server, attempts=2))
    assert set(report.states.values()) == {states.SENT}


def test_permanent_refusals_are_recorded_and_not_tried_again(output: Output) -> None:
    with MailServer(["", "permanent at recipient", "permanent after data"]) as server:
        report = stage.send(output, stage.through(server))
        again = stage.send(output, stage.through(server))
    assert sorted(report.having(states.REFUSED)) == sorted(again.having(states.REFUSED)) == ["101", "147"]
    assert len(server.mailbox.accepted) == 1 + 3
    with opened(output) as ledger:
        refused = [row.detail for row in ledger.messages(QUARTER.code) if row.state == states.REFUSED]
    assert sorted(refused) == ["550 5.1.1 unknown", "554 5.6.0 refused"]


def test_a_message_handed_over_without_an_answer_is_reported_and_never_sent_again(output: Output) -> None:
    told: list[str] = []
    with MailServer(["", "drop after accepting", "drop after content"]) as server:
        first = stage.send(output, stage.through(server), told=told)
        second = stage.send(output, stage.through(server))
    assert first.having(states.SENDING) == second.having(states.SENDING) == ["147", "101"]
    assert second.needs_attention
    assert any("afleveret uden kvittering" in line for line in told)
    assert server.mailbox.addresses().count("godlosladelse@k101.example.dk") == 1
    assert server.mailbox.addresses().count("godlosladelse@k147.example.dk") == 0


def test_three_faults_of_the_server_in_a_row_stop_the_run_also_with_an_address_refused_between(output: Output) -> None:
    faults = ["", "drop after content", "permanent at recipient", "temporary at recipient", "drop at data"]
    with MailServer(faults) as server:
        report = stage.send(output, stage.through(server, attempts=1))
    assert report.stopped.startswith("tre fejl i træk hos mailserveren")
    assert len(report.having(states.APPROVED)) == 3 and len(report.having(states.REFUSED)) == 1


def test_four_addresses_refused_beside_each_other_do_not_stop_a_good_sending(output: Output) -> None:
    with MailServer(["", *["permanent at recipient"] * 4]) as server:
        report = stage.send(output, stage.through(server))
    assert report.stopped == "" and len(server.mailbox.accepted) == 1 + 1
    assert len(report.having(states.REFUSED)) == 4 and len(report.having(states.SENT)) == 1


def test_a_server_that_may_not_pass_our_mail_on_stops_the_run_and_is_not_held_against_a_municipality(
    output: Output,
) -> None:
    with MailServer(["", *["answer 554 5.7.1 relaying denied at recipient"] * 5]) as server:
        report = stage.send(output, stage.through(server))
        assert report.stopped.startswith("tre fejl i træk") and len(server.mailbox.accepted) == 1
        assert report.having(states.REFUSED) == []
        server.mailbox.faults.clear()
        assert set(stage.send(output, stage.through(server)).states.values()) == {states.SENT}


REFUSALS = [
    (b"5.1.1 no such user", 550, FaultSource.ADDRESS),
    (b"5.2.2 mailbox full", 552, FaultSource.ADDRESS),
    (b"4.2.0 greylisted", 450, FaultSource.ADDRESS),
    (b"5.4.1 domain has no mail", 550, FaultSource.ADDRESS),
    (b"no such user", 550, FaultSource.ADDRESS),
    (b"5.7.1 sender not permitted", 550, FaultSource.SERVER),
    (b"5.7.26 unauthenticated", 550, FaultSource.SERVER),
    (b"4.7.0 too many messages", 450, FaultSource.SERVER),
    (b"4.3.2 closing", 421, FaultSource.SERVER),
    (b"closing", 421, FaultSource.SERVER),
    (b"error in processing", 451, FaultSource.SERVER),
    (b"5.3.0 system", 554, FaultSource.SERVER),
    (b"transaction failed", 554, FaultSource.SERVER),
]


@pytest.mark.parametrize(("text", "code", "fault"), REFUSALS)
def test_an_answer_about_a_recipient_is_told_from_one_about_us(text: bytes, code: int, fault: FaultSource) -> None:
    assert transport._fault_of_recipient(code, text) is fault


def test_ten_domains_with_the_same_refusal_are_the_servers_fault_and_ten_of_one_domain_are_not() -> None:
    refused = Answer(Outcome.PERMANENT, "550 5.1.1 unknown", FaultSource.ADDRESS)
    one_domain, many, mixed, broken = Brake(), Brake(), Brake(), Brake()
    for number in range(10):
        address = f"x@k{number}.example.dk"
        assert one_domain.after("id", "x@example.dk", refused) == ""
        assert ("ti kommuner" in many.after("id", address, refused)) == (number == 9)
        other = Answer(Outcome.PERMANENT, f"550 5.1.{number % 2} unknown", FaultSource.ADDRESS)
        assert mixed.after("id", address, other) == ""
        if number == 5:
            broken.after("id", "x@example.dk", Answer(Outcome.ACCEPTED, "250 ok"))
        assert broken.after("id", address, refused) == ""


def test_a_dummy_that_fails_lets_no_other_message_out(output: Output) -> None:
    with MailServer(["permanent at recipient"]) as server:
        report = stage.send(output, stage.through(server))
        assert "ingen kommune er sendt til" in report.stopped
        assert server.mailbox.connections == 1
    with MailServer(["drop after accepting"]) as server:
        report = stage.send(output, stage.through(server))
        assert report.stopped and server.mailbox.addresses() == [TEST_ADDRESS]


def test_the_stop_file_stops_at_once_also_while_waiting(output: Output) -> None:
    stop = outbox.stop_file(output)
    with MailServer() as server:

        def pause(seconds: float) -> None:
            if len(server.mailbox.accepted) == 3:
                stop.touch()

        report = stage.send(output, stage.through(server), pause=pause)
        assert "stopfilen" in report.stopped and len(server.mailbox.accepted) == 3
        with pytest.raises(UserError, match="Stopfilen"):
            stage.send(output, stage.through(server))
        stop.unlink()
        assert set(stage.send(output, stage.through(server)).states.values()) == {states.SENT}


def test_approvals_that_expire_during_the_run_stop_it(output: Output) -> None:
    times = iter([NOW + datetime.timedelta(minutes=10)] * 8)
    late = NOW + datetime.timedelta(days=8)
    with MailServer() as server:
        report = stage.send(output, stage.through(server), now=lambda: next(times, late))
    assert "godkendelserne gælder ikke længere" in report.stopped
    assert 0 < len(report.having(states.APPROVED)) < 5


def test_a_file_changed_during_the_run_stops_it(output: Output) -> None:
    with MailServer() as server:

        def pause(seconds: float) -> None:
            if len(server.mailbox.accepted) == 2:
                file = outbox.folder(output, QUARTER) / "580.eml"
                file.write_bytes(file.read_bytes() + b"\r\n")

        report = stage.send(output, stage.through(server), pause=pause)
    assert "ændret eller beskadiget" in report.stopped
    assert not any("k580" in address for address in server.mailbox.addresses())


def test_a_register_that_has_changed_since_sends_nothing(output: Output) -> None:
    moved = a_register(
        agreements=[
            agreement(code, mailbox="ny@x.example.dk" if code == "101" else f"godlosladelse@k{code}.example.dk")
            for code in stage.MUNICIPALITIES
        ]
    )
    with MailServer() as server, pytest.raises(UserError, match="101: registeret har fået en anden adresse"):
        stage.send(output, stage.through(server), moved)
    assert server.mailbox.accepted == []


def test_two_senders_at_a_time_are_impossible(output: Output) -> None:
    with outbox.exclusive(output), pytest.raises(UserError, match="i gang"):
        stage.send(output, some_settings(smtp_host="127.0.0.1"))
    with opened(output) as ledger:
        one = ledger.messages(QUARTER.code)[0].message_id
        ledger.begin_sending(one, NOW)
        with pytest.raises(AlreadyOnItsWay):
            ledger.begin_sending(one, NOW)


def test_the_database_itself_allows_one_message_per_municipality_and_quarter(output: Output) -> None:
    with opened(output) as ledger:
        row = ledger.messages(QUARTER.code)[0]
        ledger.begin_sending(row.message_id, NOW)
        other = (
            "insert into message select message_id || 'x', quarter, municipality_code, kind, recipient, sha256, "
            "list_digest, 'approved', at, detail from message where message_id = ?"
        )
        ledger._connection.execute(other, (row.message_id,))
        with pytest.raises(AlreadyOnItsWay):
            ledger.begin_sending(f"{row.message_id}x", NOW)


def test_the_ledger_synchronises_each_write_and_is_readable_by_its_owner_only(output: Output) -> None:
    with opened(output) as ledger:
        read = ledger._connection.execute
        assert read("pragma journal_mode").fetchone() == ("wal",)
        assert read("pragma synchronous").fetchone() == (2,), "2 = full: a commit is on disk when it returns"
    for file in [*output.mailing.glob("ledger.sqlite*"), *outbox.folder(output, QUARTER).glob("*")]:
        assert file.stat().st_mode & 0o077 == 0


def test_an_address_outside_the_register_cannot_be_sent_to(output: Output) -> None:
    with MailServer() as server:
        session = transport.Smtp(stage.through(server), frozenset({TEST_ADDRESS})).connect()
        with pytest.raises(transport.ForbiddenRecipient):
            session.deliver("ond@example.com", b"x")
        session.close()
        municipal = stage.through(server, test_address="godlosladelse@k101.example.dk")
        with pytest.raises(UserError, match="Prøveadressen er en kommunes adresse"):
            stage.send(output, municipal)
        with pytest.raises(UserError, match="ingen prøveadresse"):
            stage.send(output, stage.through(server, test_address=""))
    assert server.mailbox.accepted == []


@pytest.mark.parametrize("answer", ["530 5.7.0 log in first", "550 5.7.1 not you"])
def test_a_server_that_refuses_us_is_not_held_against_a_municipality(output: Output, answer: str) -> None:
    class Refusing:
        calls = 0

        def deliver(self, address: str, content: bytes) -> transport.Answer:
            Refusing.calls += 1
            return transport.Answer(Outcome.ACCEPTED if Refusing.calls == 1 else Outcome.STOP, answer)

        def close(self) -> None:
            pass

    report = stage.send(output, some_settings(smtp_host="127.0.0.1"), connect=Refusing)
    assert answer in report.stopped and set(report.states.values()) == {states.APPROVED}


def test_nothing_listening_is_an_error_that_marks_nobody(output: Output) -> None:
    with MailServer() as server:
        chosen = stage.through(server, attempts=2)
    report = stage.send(output, chosen)
    assert report.stopped and set(report.states.values()) == {states.APPROVED}


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("tls")
    if shutil.which("openssl") is None:
        pytest.skip("openssl makes the certificate")
    subprocess.run(
        [
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-keyout",
            folder / "key.pem",
            "-out",
            folder / "certificate.pem",
            "-days",
            "2",
            "-subj",
            "/CN=localhost",
            "-addext",
            "subjectAltName=IP:127.0.0.1",
        ],
        check=True,
        capture_output=True,
    )
    yield folder


def test_tls_is_verified_and_a_login_is_only_given_inside_it(output: Output, certificate: Path) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate / "certificate.pem", certificate / "key.pem")
    logins: list[tuple[bytes, bytes]] = []

    def authenticate(server, session, envelope, mechanism, data):  # type: ignore[no-untyped-def]
        from aiosmtpd.smtp import AuthResult

        logins.append((data.login, data.password))
        return AuthResult(success=data.password == b"hemmelig-kode-42", handled=False)

    options = {"tls_context": context, "require_starttls": True, "authenticator": authenticate, "auth_required": True}
    trusted = str(certificate / "certificate.pem")
    with MailServer(**options) as server:
        login = {"smtp_user": "bruger", "smtp_password": "hemmelig-kode-42"}
        base = stage.through(server, smtp_security="starttls", **login)
        report = stage.send(output, base)
        assert "certifikat" in report.stopped and logins == [], "an unknown certificate gets no password"
        wrong = stage.send(output, base.model_copy(update={"smtp_certificates": trusted, "smtp_password": "forkert"}))
        assert "afviser login" in wrong.stopped
        assert set(stage.send(output, base.model_copy(update={"smtp_certificates": trusted})).states.values()) == {
            states.SENT
        }
    assert "hemmelig-kode-42" not in repr(base)
    written = b"".join(file.read_bytes() for file in output.root.rglob("*") if file.is_file())
    assert b"hemmelig-kode-42" not in written and b"forkert" not in written


@pytest.mark.parametrize("way", ["PLAIN", "LOGIN"])
@pytest.mark.parametrize("typed", ["Blåbærgrød-Ø", "Bla\u030abærgrød-Ø"])
def test_names_and_passwords_with_danish_letters_log_in(output: Output, way: str, typed: str) -> None:
    logins: list[tuple[bytes, bytes]] = []

    def authenticate(server, session, envelope, mechanism, data):  # type: ignore[no-untyped-def]
        from aiosmtpd.smtp import AuthResult

        logins.append((data.login, data.password))
        return AuthResult(success=data.password == "Blåbærgrød-Ø".encode(), handled=False)

    options = {"authenticator": authenticate, "auth_required": True, "auth_require_tls": False}
    with MailServer(**options, auth_exclude_mechanism=["PLAIN", "LOGIN"][way == "PLAIN" :][:1]) as server:
        chosen = stage.through(server, smtp_user="Søren Åkjær", smtp_password=typed)
        session = transport.Smtp(chosen, frozenset({TEST_ADDRESS})).connect()
        assert session.deliver(TEST_ADDRESS, b"Subject: x\r\n\r\nx\r\n").outcome is Outcome.ACCEPTED
        session.close()
        with pytest.raises(UserError, match="afviser login"):
            transport.Smtp(
                chosen.model_copy(update={"smtp_password": "blåbærgrød"}), frozenset({TEST_ADDRESS})
            ).connect()
    assert logins[0] == ("Søren Åkjær".encode(), "Blåbærgrød-Ø".encode())


def test_a_login_by_challenge_is_answered_in_utf8() -> None:
    class Server:
        esmtp_features = {"auth": "CRAM-MD5 DIGEST-MD5"}
        said: list[str] = []

        def ehlo_or_helo_if_needed(self) -> None:
            pass

        def docmd(self, command: str, arguments: str = "") -> tuple[int, bytes]:
            self.said.append(f"{command} {arguments}".strip())
            return (334, base64.b64encode(b"<1896.697170952@postoffice.reston.mci.net>")) if arguments else (235, b"ok")

    login.log_in(Server(), "tim", "tanstaaftanstaaf")  # type: ignore[arg-type]
    assert Server.said[0] == "AUTH CRAM-MD5"
    # The example of RFC 2195, 2.
    assert base64.b64decode(Server.said[1]) == b"tim b913a602c7eda7a495b4e6e7334d3890"
    login.log_in(Server(), "søren", "ærø")  # type: ignore[arg-type]
    assert base64.b64decode(Server.said[3]).startswith("søren ".encode())
    with pytest.raises(smtplib.SMTPNotSupportedError):
        Server.esmtp_features = {"auth": "XOAUTH2"}
        login.log_in(Server(), "søren", "ærø")  # type: ignore[arg-type]


def test_a_server_without_starttls_gets_nothing(output: Output) -> None:
    with MailServer() as server:
        report = stage.send(output, stage.through(server, smtp_security="starttls"))
    assert "STARTTLS" in report.stopped and server.mailbox.accepted == []


def test_settings_are_judged_before_anything_is_sent() -> None:
    chosen = settings.configuration.settings()
    for changed, told in (
        ({"smtp_host": "mail.example.dk", "smtp_security": "none"}, "kun være none"),
        ({"sender_name": "Navn\r\nBcc: ond@example.com"}, "linjeskift"),
        ({"test_address": "ikke en adresse"}, "test_address"),
    ):
        with pytest.raises(UserError, match=told):
            settings.judged(chosen.mailing.model_copy(update=changed), chosen.people, {})
    login = {settings.PASSWORD_VARIABLE: "hemmelig", settings.USER_VARIABLE: "b"}
    judged = settings.judged(chosen.mailing, chosen.people, login)
    assert (judged.smtp_user, judged.smtp_password) == ("b", "hemmelig") and "hemmelig" not in repr(judged)


def test_lines_that_begin_with_a_dot_arrive_as_they_were(tmp_path: Path) -> None:
    content = b"Subject: x\r\n\r\n.\r\n..a\r\n.b\r\nslut\r\n"
    with MailServer() as server:
        session = transport.Smtp(stage.through(server), frozenset({TEST_ADDRESS})).connect()
        assert session.deliver(TEST_ADDRESS, content).outcome is Outcome.ACCEPTED
        session.close()
    assert server.mailbox.accepted == [(TEST_ADDRESS, content)]


def test_a_list_outside_its_quarter_is_warned_of_and_what_is_not_prepared_is_not_sent(tmp_path: Path) -> None:
    assert quarters.warning(QUARTER, NOW.date()) is None
    assert "er forbi" in str(quarters.warning(Quarter(2026, 3), NOW.date()))
    assert "er ikke begyndt" in str(quarters.warning(Quarter(2027, 1), NOW.date()))
    with pytest.raises(UserError, match="intet forberedt"):
        stage.plan(Output(tmp_path), a_register(), some_settings(), QUARTER, NOW)
