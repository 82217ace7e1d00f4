"""Each failure that an examination knows is brought about, and told with what to do."""

from __future__ import annotations

import os
import platform
import shutil
import sys
import time
import zoneinfo
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from pipelines import audit_trail, cli, publications
from pipelines.layout import Output
from pipelines.mailing.parcels import passwords
from pipelines.privacy import pseudonyms
from pipelines.upkeep import backup, doctor, machine, parcel_places, results, safekeeping
from pipelines.upkeep.findings import DoctorFinding, Severity
from tests.mailing.mail_server import MailServer
from tests.small_delivery import SmallDelivery, receive

NOW = datetime.now(UTC)
Patch = pytest.MonkeyPatch


@pytest.fixture
def configured(tmp_path: Path, monkeypatch: Patch) -> Callable[[str], None]:
    """Write settings of one's own."""
    file = tmp_path / "configuration.toml"
    monkeypatch.setenv("GOD_LOESLADELSE_CONFIGURATION", str(file))
    file.write_text("", encoding="utf-8")
    return lambda text: [file.write_text(text, encoding="utf-8"), os.utime(file, ns=(time.time_ns(), time.time_ns()))][
        1
    ]


@pytest.fixture
def received(output: Output, landing: Path, monkeypatch: Patch) -> Output:
    """An output folder with a delivery, made with a key that lies in its file."""
    monkeypatch.delenv("GOD_LOESLADELSE_PSEUDONYM_KEY")
    SmallDelivery().write(landing)
    assert receive(landing, output).loaded
    return output


def found(output: Output, about: str, landing: Path | None = None) -> DoctorFinding:
    """Return the first finding about one thing; the worst, when there are several."""
    order = list(Severity)
    findings = [finding for finding in doctor.examine(output, landing, NOW) if finding.about == about]
    return max(findings, key=lambda finding: order.index(finding.level))


def test_all_is_told_and_nothing_is_changed(received: Output, capsys: pytest.CaptureFixture[str]) -> None:
    before = {path: path.stat().st_mtime_ns for path in received.root.rglob("*")}
    assert cli.main(["doctor", "--output", str(received.root)]) == 0
    told = capsys.readouterr().out
    for about in (
        "Maskine",
        "Python",
        "Pakker",
        "Disk",
        "Tid",
        "Nøgle",
        "Kopi af nøglen",
        "Sikkerhedskopi",
        "Mailserver",
    ):
        assert f" {about}: " in told
    assert "Intet er ændret." in told
    assert {path: path.stat().st_mtime_ns for path in received.root.rglob("*")} == before


def test_a_fault_ends_with_status_one(received: Output, capsys: pytest.CaptureFixture[str]) -> None:
    received.archive.chmod(0o755)
    assert cli.main(["doctor", "--output", str(received.root)]) == 1
    assert "fejl      Adgang: " in capsys.readouterr().out


def test_a_folder_that_is_not_there_yet_is_no_fault(output: Output, monkeypatch: Patch) -> None:
    monkeypatch.delenv("GOD_LOESLADELSE_PSEUDONYM_KEY")
    assert found(output, "Resultatmappe").level is Severity.NOTE
    assert found(output, "Nøgle").level is Severity.NOTE
    assert found(output, "Sikkerhedskopi").level is Severity.NOTE
    assert not output.root.exists()


# ---- the machine ----------------------------------------------------------------------------------------------------


def test_another_python_is_a_fault(output: Output, monkeypatch: Patch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 10, 0))
    monkeypatch.setattr(platform, "python_version", lambda: "3.10.0")
    assert found(output, "Python").level is Severity.FAULT


def test_windows_is_told_honestly(monkeypatch: Patch) -> None:
    monkeypatch.setattr(platform, "system", lambda: "Windows")
    monkeypatch.setattr(machine.os, "name", "nt")
    findings = list(machine._system())
    monkeypatch.undo()
    assert findings[0].level is Severity.FAULT and "WSL" in findings[0].remedy


def test_a_package_in_another_version_is_named(output: Output, monkeypatch: Patch) -> None:
    real = machine.version
    monkeypatch.setattr(machine, "version", lambda name: "0.0.1" if name == "duckdb" else real(name))
    finding = found(output, "Pakker")
    assert finding.level is Severity.WARNING and "duckdb 0.0.1 (prøvet med 2.0.0)" in finding.text


def test_only_the_packages_that_this_machine_needs_are_looked_for() -> None:
    text = "alfa==1.0 \\\n    --hash=sha256:aa\nbeta[x]==2.0 ; sys_platform == 'win32' \\\n"
    text += "gamma==3.0 ; python_version > '3' \\\n"
    assert machine.locked_versions(text) == {"alfa": "1.0", "gamma": "3.0"}


def test_little_memory_is_a_warning(output: Output, monkeypatch: Patch) -> None:
    monkeypatch.setattr(machine, "memory_gigabytes", lambda: 2.0)
    assert found(output, "Kræfter").level is Severity.WARNING


@pytest.mark.parametrize(
    ("free", "level"), [(10**8, Severity.WARNING), (10**4, Severity.FAULT), (10**12, Severity.SOUND)]
)
def test_a_full_disk_is_told_before_a_run_needs_it(
    free: int, level: Severity, received: Output, monkeypatch: Patch
) -> None:
    received.warehouse.write_bytes(b"x" * 10**5)
    received.warehouse.chmod(0o600)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(10**13, 0, free))  # type: ignore[attr-defined]
    assert found(received, "Disk").level is level


def test_another_time_zone_is_a_warning(output: Output, monkeypatch: Patch) -> None:
    monkeypatch.setenv("TZ", "Pacific/Kiritimati")
    time.tzset()
    try:
        assert found(output, "Tid").level is Severity.WARNING
    finally:
        monkeypatch.undo()
        time.tzset()


def test_a_machine_without_time_zones_is_a_fault(output: Output, monkeypatch: Patch) -> None:
    def unknown(name: str) -> None:
        raise zoneinfo.ZoneInfoNotFoundError

    monkeypatch.setattr(zoneinfo, "ZoneInfo", unknown)
    assert found(output, "Tid").level is Severity.FAULT


def test_an_account_that_cannot_keep_parsed_rules_is_told(output: Output, tmp_path: Path, monkeypatch: Patch) -> None:
    (tmp_path / "a file").write_text("", encoding="utf-8")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "a file"))
    assert found(output, "Kontoens egne mapper").level is Severity.WARNING


def test_the_landing_folder_is_looked_at(output: Output, landing: Path, tmp_path: Path) -> None:
    assert found(output, "Leverancer", tmp_path / "nix").level is Severity.FAULT
    landing.chmod(0o755)
    assert found(output, "Leverancer", landing).level is Severity.WARNING
    landing.chmod(0o700)
    assert found(output, "Leverancer", landing).level is Severity.SOUND


# ---- folders, key and backups ---------------------------------------------------------------------------------------


def test_a_file_that_others_may_read_is_a_fault_that_names_it(received: Output) -> None:
    received.audit_log.chmod(0o644)
    finding = found(received, "Adgang")
    assert finding.level is Severity.FAULT and "audit.jsonl" in finding.text and "chmod" in finding.remedy


def test_a_file_where_the_output_folder_should_be_is_a_fault(output: Output) -> None:
    output.root.write_text("", encoding="utf-8")
    assert found(output, "Resultatmappe").level is Severity.FAULT


def test_a_folder_that_the_account_may_not_write_in_is_a_fault(received: Output, monkeypatch: Patch) -> None:
    monkeypatch.setattr(safekeeping.os, "access", lambda path, mode: False)
    assert found(received, "Resultatmappe").level is Severity.FAULT


def test_a_key_that_is_gone_unreadable_or_another_is_a_fault(received: Output) -> None:
    assert found(received, "Nøgle").level is Severity.SOUND
    key = pseudonyms.key_file()
    secret = key.read_bytes()
    key.chmod(0o644)
    assert "chmod 600" in found(received, "Nøgle").text
    key.write_bytes(b"another one")
    key.chmod(0o600)
    assert "en anden end den" in found(received, "Nøgle").text
    key.unlink()
    assert "mangler" in found(received, "Nøgle").text
    key.write_bytes(secret)


def test_the_copy_of_the_key_is_compared(
    received: Output, tmp_path: Path, configured: Callable[[str], None], monkeypatch: Patch
) -> None:
    assert found(received, "Kopi af nøglen").level is Severity.WARNING
    copy = tmp_path / "safe" / "key"
    copy.parent.mkdir()
    configured(f'[upkeep]\nkey_copy = "{copy}"\n')
    assert "findes ikke" in found(received, "Kopi af nøglen").text
    copy.write_bytes(b"another")
    copy.chmod(0o600)
    assert "en anden nøgle" in found(received, "Kopi af nøglen").text
    copy.write_bytes(pseudonyms.key_file().read_bytes())
    copy.chmod(0o644)
    assert "kan læses af andre" in found(received, "Kopi af nøglen").text
    copy.chmod(0o600)
    assert "samme drev" in found(received, "Kopi af nøglen").text
    monkeypatch.setenv("GOD_LOESLADELSE_PSEUDONYM_KEY", pseudonyms.key_file().read_text().strip())
    assert found(received, "Kopi af nøglen").level is Severity.SOUND


def test_a_key_among_the_results_is_a_fault(received: Output, configured: Callable[[str], None]) -> None:
    copy = received.root / "key"
    shutil.copy(pseudonyms.key_file(), copy)
    configured(f'[upkeep]\nkey_copy = "{copy}"\n')
    assert found(received, "Nøglens sted").level is Severity.FAULT


def test_what_would_be_lost_is_counted_since_the_newest_backup(received: Output, tmp_path: Path) -> None:
    finding = found(received, "Sikkerhedskopi")
    assert finding.level is Severity.WARNING and "1 leverance" in finding.text
    backup.make(received, tmp_path / "copies")
    assert "Intet er kommet til siden" in found(received, "Sikkerhedskopi").text
    audit_trail.record(received, "publication", publication="2026-09-30")
    audit_trail.record(received, "mail_approved")
    audit_trail.record(received, "reply_recorded")
    finding = found(received, "Sikkerhedskopi")
    assert finding.level is Severity.SOUND
    assert "1 udgivelse, 1 skridt i udsendelsen, 1 svar eller aftale" in finding.text
    late = list(safekeeping.examine(received, NOW + timedelta(days=10)))
    assert next(each for each in late if each.about == "Sikkerhedskopi").level is Severity.WARNING


def test_the_folder_of_backups_is_looked_at(
    received: Output, tmp_path: Path, configured: Callable[[str], None]
) -> None:
    folder = tmp_path / "copies"
    configured(f'[upkeep]\nbackup_folder = "{folder}"\n')
    assert found(received, "Mappe med kopier").level is Severity.FAULT
    made = backup.make(received, folder)
    assert "samme drev" in found(received, "Mappe med kopier").text
    folder.chmod(0o755)
    assert found(received, "Mappe med kopier").level is Severity.FAULT
    folder.chmod(0o700)
    shutil.rmtree(made.folder)
    assert made.folder.name in found(received, "Mappe med kopier").text


# ---- results --------------------------------------------------------------------------------------------------------


def test_a_damaged_warehouse_is_told(received: Output) -> None:
    received.warehouse.write_bytes(b"this is no warehouse")
    received.warehouse.chmod(0o600)
    assert found(received, "Datavarehus").level is Severity.WARNING


def test_a_changed_publication_is_a_fault(received: Output) -> None:
    def write(folder: Path, publication_id: str, number: int) -> dict:
        (folder / "index.html").write_text("side", encoding="utf-8")
        return {}

    made = publications.publish(received, NOW.date(), {"build_digest": "x"}, write)
    assert found(received, "Udgivelse").level is Severity.SOUND
    (made.folder / "index.html").write_text("en anden", encoding="utf-8")
    assert found(received, "Udgivelse").level is Severity.FAULT


def test_old_publications_that_lie_whole_are_told_until_the_settings_make_them_thin(
    received: Output, configured: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    def write(folder: Path, publication_id: str, number: int) -> dict:
        (folder / "index.html").write_text(publication_id * 60_000, encoding="utf-8")
        return {}

    monkeypatch.setattr(results, "_WORTH_TELLING", 500_000)
    for year in (2024, 2025, 2026):
        publications.publish(received, date(year, 12, 31), {"build_digest": "x"}, write)
    told = found(received, "Gamle udgivelser")
    assert told.level is Severity.NOTE and told.text.startswith(
        "1 om dage for mere end 12 måneder siden ligger hele"
    ), told.text
    assert "publication thin --older-than 12" in told.remedy
    configured("[publication]\nwhole_for_months = 12\n")
    assert "Gamle udgivelser" not in [one.about for one in results.examine(received)]


def test_a_line_of_the_trail_that_cannot_be_read_is_told(received: Output) -> None:
    with received.audit_log.open("a", encoding="utf-8") as file:
        file.write('{"when": "2026\n')
    assert "1 af " in found(received, "Sporet").text


def test_a_run_cut_short_is_told(received: Output) -> None:
    received.work.mkdir(exist_ok=True)
    assert "afbrudt" in found(received, "Kørsel").text


# ---- mail server ----------------------------------------------------------------------------------------------------


def mail(configured: Callable[[str], None], port: int, more: str = "") -> DoctorFinding:
    configured(f'[mailing]\nsmtp_host = "127.0.0.1"\nsmtp_port = {port}\nsmtp_security = "none"\n{more}')
    return results.mail_server()


def test_the_mail_server_is_asked_and_gets_no_message(configured: Callable[[str], None]) -> None:
    with MailServer() as server:
        assert mail(configured, server.port).level is Severity.WARNING  # no address for the dummy
        assert mail(configured, server.port, 'test_address = "proeve@example.dk"\n').level is Severity.SOUND
        assert "login" in mail(configured, server.port, 'smtp_user = "a"\nsmtp_password = "b"\n').text
        assert server.mailbox.accepted == [] and server.mailbox.connections == 3
        gone = server.port
    finding = mail(configured, gone)
    assert finding.level is Severity.FAULT and "svarer ikke" in finding.text


def test_no_mail_server_is_no_fault(configured: Callable[[str], None]) -> None:
    assert results.mail_server().level is Severity.NOTE


def test_an_examination_that_gives_up_does_not_hide_the_others(received: Output, monkeypatch: Patch) -> None:
    def fail(output: Output, now: datetime) -> None:
        raise ValueError("0101581234")

    monkeypatch.setattr(safekeeping, "examine", fail)
    finding = found(received, "Opbevaring")
    assert finding.level is Severity.FAULT and "ValueError" in finding.text and "0101581234" not in finding.text
    assert found(received, "Mailserver")


# ---- packs and worklists --------------------------------------------------------------------------------------------


def of_parcels(output: Output) -> dict[str, DoctorFinding]:
    return {one.about: one for one in parcel_places.examine(output)}


def test_passwords_that_others_can_read_or_that_lie_with_the_packs_are_told(
    output: Output, tmp_path: Path, configured: Callable[[str], None]
) -> None:
    place = tmp_path / "koder"
    configured(f'[parcels]\npassword_folder = "{place}"\n')
    assert of_parcels(output) == {}, "nothing is used yet"
    passwords.made_for("101")
    assert of_parcels(output)["Adgangskoder"].level is Severity.SOUND
    (place / "101.txt").chmod(0o644)
    assert "kan læses af andre" in of_parcels(output)["Adgangskoder"].text
    (place / "101.txt").chmod(0o600)
    (place / "101.txt").write_text("kort", encoding="utf-8")
    assert "mindst 12 tegn" in of_parcels(output)["Adgangskoder"].text
    inside = output.root / "koder"
    configured(f'[parcels]\npassword_folder = "{inside}"\n')
    passwords.made_for("101")
    assert "ligger sammen med pakkerne" in of_parcels(output)["Adgangskoder"].text


def test_a_digital_post_that_cannot_work_is_told(
    output: Output, tmp_path: Path, configured: Callable[[str], None]
) -> None:
    numbers, folder = tmp_path / "cvr.csv", tmp_path / "ind"

    def told(sender: str) -> DoctorFinding:
        configured(
            f'[parcels]\npassword_folder = "{tmp_path / "koder"}"\nworklists = "memo"\nmemo_folder = "{folder}"\n'
            f'memo_sender_cvr = "{sender}"\nmemo_recipients = "{numbers}"\n'
        )
        return of_parcels(output)["Digital Post"]

    assert "memo_sender_cvr i [parcels] er tom" in told("").text
    assert "Kontoen kan ikke skrive" in told("53367917").text
    folder.mkdir()
    assert "ikke et gyldigt CVR-nummer" in told("53367911").text
    assert "kan ikke læses" in told("53367917").text
    numbers.write_text("kode;cvr\n101;64942212\n", encoding="utf-8")
    assert told("53367917").level is Severity.SOUND and "1 modtagere" in told("53367917").text
