"""Several people at one keyboard: each does a step from an account of their own, as far as the program can see."""

from __future__ import annotations

import contextlib
import email
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from unittest import mock

import pytest

from pipelines import accounts
from tests.mailing.mail_server import Mailbox


@contextlib.contextmanager
def acting_as(name: str) -> Iterator[None]:
    """Let the operating system's account be one of this person's own."""
    with mock.patch.object(accounts, "current", lambda: name.casefold()):
        yield


def one_account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, port: int, approvers: Mapping[str, str]) -> None:
    """Write and use settings in which all share one account, and codes are mailed through a server of this machine."""
    listed = ", ".join(f'{{ name = "{name}", address = "{address}" }}' for name, address in approvers.items())
    chosen = tmp_path / "configuration.toml"
    chosen.write_text(
        f'[mailing]\nsmtp_host = "127.0.0.1"\nsmtp_port = {port}\nsmtp_security = "none"\n'
        f'test_address = "proeve@krfo.example.dk"\n[people]\nallow_one_account = true\napprovers = [{listed}]\n',
        encoding="utf-8",
    )
    monkeypatch.setenv("GOD_LOESLADELSE_CONFIGURATION", str(chosen))


def mailed_code(mailbox: Mailbox) -> str:
    """Return the code in the message that came last."""
    text = email.message_from_bytes(mailbox.accepted[-1][1]).get_payload(decode=True)
    assert isinstance(text, bytes)
    found = re.search(r"Koden er ([A-Z2-9]{5}-[A-Z2-9]{5})", text.decode())
    assert found is not None
    return found[1]
