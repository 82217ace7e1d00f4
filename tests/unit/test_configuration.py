"""Settings are one typed value: what may stand in the file, and what a wrong file is told."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines import cli, configuration
from pipelines.errors import UserError

Chosen = Callable[[str], Path]


@pytest.fixture
def chosen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Chosen:
    """Let this text be the user's own file."""

    def write(text: str) -> Path:
        file = tmp_path / "egne.toml"
        file.write_text(text, encoding="utf-8")
        monkeypatch.setenv("GOD_LOESLADELSE_CONFIGURATION", str(file))
        return file

    return write


def test_every_setting_has_a_default_and_one_value_can_be_changed_alone(chosen: Chosen) -> None:
    written = tomllib.loads(configuration.DEFAULTS.read_text(encoding="utf-8"))
    assert {name: set(section) for name, section in written.items()} == {
        name: set(field.annotation.model_fields)  # type: ignore[union-attr]
        for name, field in configuration.Settings.model_fields.items()
    }
    chosen("[disclosure]\nthreshold = 10\n")
    assert configuration.settings().disclosure.threshold == 10
    assert configuration.settings().retention.months == written["retention"]["months"]


def test_the_settings_are_validated_once_and_again_when_the_file_changes(chosen: Chosen) -> None:
    chosen("[retention]\nmonths = 12\n")
    first = configuration.settings()
    assert configuration.settings() is first
    chosen("[retention]\nmonths = 121\n")
    assert configuration.settings().retention.months == 121


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[deliveries]\nquarantine_share = "1 procent"', ("quarantine_share", "[deliveries]", "en andel fra 0 til 1")),
        ("[deliveries]\nquarantine_share = 1.5", ("quarantine_share", "en andel fra 0 til 1")),
        ("[deliveries]\nquarantine_share = nan", ("quarantine_share", "en andel fra 0 til 1")),
        ("[deliveries]\nquarantine_rows = 2.5", ("quarantine_rows", "et helt tal fra 0 til 100000")),
        ("[deliveries]\nquarantine_rows = true", ("quarantine_rows", "et helt tal fra 0 til 100000")),
        ("[disclosure]\nthreshold = 0", ("threshold", "[disclosure]", "et helt tal fra 3 til 100")),
        ("[disclosure]\nthreshold = 2", ("threshold", "et helt tal fra 3 til 100")),
        ("[disclosure]\ntreshold = 5", ("ukendt indstilling", "treshold", "threshold")),
        ("[leverancer]\nx = 1", ("ukendt afsnit [leverancer]", "[deliveries]")),
        ('[release]\nformats = ["html"]', ("[release]", "hedder nu [publication]")),
        ("deliveries = 3", ("deliveries skal være et afsnit",)),
        ('[publication]\nformats = ["html", "docx"]', ("formats", '"html", "pdf", "xlsx", "csv"')),
        ("[publication]\nformats = []", ("formats", "en eller flere")),
        ('[publication]\neditions = ["kommune"]', ("[publication]", '"delt"', "beskyttede tal")),
        ("[publication]\nprocesses = 0", ("processes", "et helt tal fra 1 til 64")),
        ('[mailing]\nsmtp_port = "587"', ("smtp_port", "et helt tal fra 1 til 65535")),
        ('[mailing]\nallowed_domains = "x.dk"', ("allowed_domains", "en liste af tekster")),
        ("[mailing]\nper_minute = 0", ("per_minute", "et tal over 0 og højst 6000")),
        ("[mailing]\nattempts = 0", ("attempts", "et helt tal fra 1 til 100")),
        ("[mailing]\nbackoff_seconds = -1", ("backoff_seconds", "fra 0 til 86400")),
        ('[mailing]\nsmtp_security = "ssl"', ("smtp_security", "starttls, tls eller none")),
        ('[people]\nallow_one_account = "ja"', ("allow_one_account", "true eller false")),
        (
            '[over_time]\nexemptions = [{ file = "a.csv", check = "altid", reason = "x" }]',
            ("check i nr. 1 af exemptions", "cases_dropped, keys_gone, new_code eller stopped"),
        ),
        (
            '[over_time]\nexemptions = [{ file = "a.csv", check = "stopped", reason = " " }]',
            ("reason i nr. 1 af exemptions", "en begrundelse"),
        ),
        ('[over_time]\nexemptions = [{ file = "a.csv" }]', ("exemptions", "{ file, check, reason }")),
        ('[mailing]\nsmtp_password = "åben\n', ("kan ikke læses som TOML (linje 2)",)),
    ],
)
def test_a_wrong_setting_is_told_with_its_key_its_file_and_what_is_allowed(
    chosen: Chosen, text: str, told: tuple[str, ...]
) -> None:
    file = chosen(text)
    with pytest.raises(UserError) as refused:
        configuration.settings()
    assert all(part in str(refused.value) for part in (*told, str(file))), str(refused.value)


def test_a_wrong_password_setting_is_told_without_its_value(chosen: Chosen) -> None:
    chosen('[mailing]\nsmtp_password = ["hemmelig-kode"]')
    with pytest.raises(UserError) as refused:
        configuration.settings()
    assert "smtp_password" in str(refused.value) and "hemmelig-kode" not in str(refused.value)
    chosen('[mailing]\nsmtp_password = "hemmelig-kode"')
    assert "hemmelig-kode" not in repr(configuration.settings())


def test_a_file_that_is_named_and_not_there_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOD_LOESLADELSE_CONFIGURATION", str(tmp_path / "borte.toml"))
    with pytest.raises(UserError, match=r"borte\.toml kan ikke læses"):
        configuration.settings()
    monkeypatch.setenv("GOD_LOESLADELSE_CONFIGURATION", str(tmp_path))
    with pytest.raises(UserError, match="kan ikke læses"):
        configuration.settings()


def test_nothing_runs_with_a_wrong_setting(chosen: Chosen, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = chosen('[deliveries]\nquarantine_share = "1 procent"')
    (tmp_path / "landing").mkdir()
    status = cli.main(["run", "--landing", str(tmp_path / "landing"), "--output", str(tmp_path / "output")])
    told = capsys.readouterr().err
    assert status == 1 and "quarantine_share" in told and str(file) in told and "uventet" not in told
    assert not (tmp_path / "output").exists()
