"""Pseudonyms need the secret key, and no exception carries a value out."""

from __future__ import annotations

import hashlib
import hmac
import stat
import traceback
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines import audit_trail
from pipelines.errors import UserError
from pipelines.layout import Output
from pipelines.privacy.containment import ContainedError, contained
from pipelines.privacy.pseudonyms import key_file, pseudonym_key
from tests.small_delivery import KEY

CANARY = "010170-1234"


def test_the_pseudonym_is_the_keyed_hash_of_the_ten_digits(output: Output) -> None:
    key = pseudonym_key(output, may_make=False)
    assert key.client_key("0101701234") == hmac.new(KEY.encode(), b"0101701234", hashlib.sha256).hexdigest()
    assert KEY not in repr(key) and KEY not in key.key_id


def test_a_key_is_made_at_first_use_and_only_for_its_owner(output: Output, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GOD_LOESLADELSE_PSEUDONYM_KEY")
    with pytest.raises(UserError, match="mangler"):
        pseudonym_key(output, may_make=False)
    first = pseudonym_key(output, may_make=True)
    assert stat.S_IMODE(key_file().stat().st_mode) == 0o600
    assert len(key_file().read_text().strip()) == 64
    assert pseudonym_key(output, may_make=True) == first
    assert [file.name for file in key_file().parent.iterdir()] == ["pseudonym.key"]


def test_a_key_that_others_may_read_is_refused(output: Output, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GOD_LOESLADELSE_PSEUDONYM_KEY")
    pseudonym_key(output, may_make=True)
    key_file().chmod(0o644)
    with pytest.raises(UserError, match="chmod 600"):
        pseudonym_key(output, may_make=True)


def test_a_key_below_the_output_folder_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GOD_LOESLADELSE_PSEUDONYM_KEY")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "output" / "configuration"))
    with pytest.raises(UserError, match="resultatmappen"):
        pseudonym_key(Output(tmp_path / "output"), may_make=True)


@contained
def fails(rows: list[str]) -> None:
    """Fail as a library would, with the value in the message."""
    int(rows[0])


@contained
def fails_step_by_step(rows: list[str]) -> Iterator[int]:
    """Yield once and then fail with the value in the message."""
    yield 1
    int(rows[0])


def test_an_exception_leaves_as_type_place_and_rows_without_context() -> None:
    with pytest.raises(ContainedError) as caught:
        fails([CANARY, "x"])
    told = "".join(traceback.format_exception(caught.value))
    assert CANARY not in told
    assert "ValueError" in told and "2 rækker" in told
    assert caught.value.__context__ is None and caught.value.__cause__ is None


def test_a_generator_is_contained_too() -> None:
    steps = fails_step_by_step([CANARY])
    assert next(steps) == 1
    with pytest.raises(ContainedError) as caught:
        next(steps)
    assert CANARY not in "".join(traceback.format_exception(caught.value))


def test_a_message_for_the_user_passes_without_what_it_was_raised_from() -> None:
    @contained
    def refuse() -> None:
        try:
            int(CANARY)
        except ValueError as error:
            raise UserError("Filen er ikke god.") from error

    with pytest.raises(UserError, match="Filen er ikke god") as caught:
        refuse()
    assert CANARY not in "".join(traceback.format_exception(caught.value))


def test_the_audit_trail_masks_numbers_and_keeps_checksums(output: Output) -> None:
    checksum = "a0101701234b" + "0" * 52
    audit_trail.record(output, "test", text=f"om {CANARY}", checksum=checksum, nested={"list": [CANARY]})
    audit_trail.record(output, "test")
    text = output.audit_log.read_text(encoding="utf-8")
    assert CANARY not in text and checksum in text
    assert [entry["event"] for entry in audit_trail.entries(output)] == ["test", "test"]
    assert stat.S_IMODE(output.audit_log.stat().st_mode) == 0o600
