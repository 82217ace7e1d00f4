"""A secret comes from the environment, from a file, or as a credential of systemd, and is nowhere else."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines import given_secrets
from pipelines.errors import UserError
from pipelines.layout import Output
from pipelines.mailing import settings as mail_settings
from pipelines.privacy import pseudonyms

NAME = pseudonyms.KEY_VARIABLE


@pytest.fixture
def file(tmp_path: Path) -> Path:
    written = tmp_path / "pseudonym_key"
    written.write_text("fra en fil, lang nok til at være en nøgle\n", encoding="utf-8")
    return written


def test_the_variable_goes_before_the_file_and_the_file_before_the_credential(tmp_path: Path, file: Path) -> None:
    other = tmp_path / "other"
    other.write_text("fra en anden fil", encoding="utf-8")
    around = {"CREDENTIALS_DIRECTORY": str(tmp_path)}
    assert given_secrets.given(NAME, around) == "fra en fil, lang nok til at være en nøgle"
    around[f"{NAME}_FILE"] = str(other)
    assert given_secrets.given(NAME, around) == "fra en anden fil"
    around[NAME] = "fra miljøet"
    assert given_secrets.given(NAME, around) == "fra miljøet"
    assert given_secrets.given(NAME, {}) is None
    assert given_secrets.given("GOD_LOESLADELSE_SMTP_USER", {"CREDENTIALS_DIRECTORY": str(tmp_path)}) is None


@pytest.mark.parametrize("content", [None, b"", b"\n", b"\xff"])
def test_a_file_that_is_named_and_gives_no_secret_is_told(tmp_path: Path, content: bytes | None) -> None:
    named = tmp_path / "key"
    if content is not None:
        named.write_bytes(content)
    with pytest.raises(UserError, match=f"{NAME}_FILE.*key"):
        given_secrets.given(NAME, {f"{NAME}_FILE": str(named)})
    assert given_secrets.is_given("PATH")


def test_the_pseudonym_key_is_the_one_of_the_file(output: Output, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(NAME)
    monkeypatch.setenv(f"{NAME}_FILE", str(file))
    key = pseudonyms.pseudonym_key(output, may_make=False)
    assert key.secret == "fra en fil, lang nok til at være en nøgle".encode()
    assert not pseudonyms.key_file().exists()


def test_the_password_of_the_mail_server_is_the_one_of_the_credential(tmp_path: Path) -> None:
    (tmp_path / "smtp_password").write_text("æble\n", encoding="utf-8")
    settings = mail_settings.configuration.settings()
    chosen = mail_settings.judged(settings.mailing, settings.people, {"CREDENTIALS_DIRECTORY": str(tmp_path)})
    assert chosen.smtp_password == "æble" and "æble" not in repr(chosen)
