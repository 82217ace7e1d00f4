"""Three accounts of one group, each with its own, take turns: receive, prepare, approve, send, publish."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.mailing.mail_server import MailServer
from tests.small_delivery import KEY, SmallDelivery

PROJECT = Path(__file__).resolve().parents[2]
PACKAGES = sysconfig.get_paths()["purelib"]
NAMES = ("anna", "bodil", "carla")

# The first half of a run, as the command does it, without building anything.
RECEIVE = """
import sys
from pathlib import Path
from pipelines.batches import intake
from pipelines.layout import Output
from pipelines.locks import sole_run
from pipelines.people import operators

output = Output(Path(sys.argv[1]))
operators.work_in_turn(output)
with sole_run(output):
    assert intake.receive(Path(sys.argv[2]), output).loaded == ["2026-09-30"]
"""

pytestmark = pytest.mark.skipif(
    sys.platform != "linux"
    or os.geteuid() != 0
    or any(shutil.which(tool) is None for tool in ("useradd", "groupadd", "setpriv")),
    reason="makes three accounts of the system, which only root can, on Linux",
)


@dataclass
class Group:
    """The accounts, their group, and a folder in which the group may work."""

    folder: Path
    name: str
    number: int
    accounts: dict[str, int]
    python: str
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def output(self) -> Path:
        """The output folder."""
        return self.folder / "drift" / "resultater"

    def run(self, who: str, *words: str) -> subprocess.CompletedProcess[str]:
        """Run the program as one of the accounts."""
        return self.run_python(who, "-m", "pipelines.cli", *words)

    def run_python(self, who: str, *words: str) -> subprocess.CompletedProcess[str]:
        """Run Python as one of the accounts."""
        home = self.folder / f"home-{who}"
        return subprocess.run(
            [*_as_account(self.accounts[who]), self.python, *words],
            env=self.environment | {"HOME": str(home), "LOGNAME": "somebody", "USER": "somebody"},
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=900,
        )


def _as_account(number: int) -> list[str]:
    return ["setpriv", "--reuid", str(number), "--regid", str(number), "--init-groups"]


@pytest.fixture(scope="module")
def group() -> Iterator[Group]:
    """Three accounts in one group and a fourth outside it; all are removed again."""
    mark = f"gl{os.getpid()}"
    folder = Path(tempfile.mkdtemp(prefix="god-loesladelse-operators-"))
    folder.chmod(0o755)
    made: dict[str, int] = {}
    try:
        subprocess.run(["groupadd", mark], check=True, capture_output=True)
        import grp
        import pwd

        for name in (*NAMES, "dagmar"):
            joined = ["-G", mark] if name in NAMES else []
            subprocess.run(["useradd", "-M", "-U", *joined, f"{mark}{name}"], check=True, capture_output=True)
            made[name] = pwd.getpwnam(f"{mark}{name}").pw_uid
            home = folder / f"home-{name}"
            home.mkdir(mode=0o700)
            os.chown(home, made[name], -1)
        number = grp.getgrnam(mark).gr_gid
        (folder / "drift").mkdir()
        os.chown(folder / "drift", -1, number)
        (folder / "drift").chmod(0o2770)
        environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": f"{PROJECT}:{PACKAGES}",
            "PYTHONDONTWRITEBYTECODE": "1",
            "GOD_LOESLADELSE_PSEUDONYM_KEY": KEY,
            "GOD_LOESLADELSE_CONFIGURATION": str(folder / "configuration.toml"),
        }
        yield Group(folder, mark, number, made, _python(made["anna"], environment), environment)
    finally:
        for name in made:
            subprocess.run(["userdel", "--force", f"{mark}{name}"], check=False, capture_output=True)
        subprocess.run(["groupdel", mark], check=False, capture_output=True)
        shutil.rmtree(folder, ignore_errors=True)


def _python(account: int, environment: dict[str, str]) -> str:
    """Return an interpreter of this version that another account may run: the own one may lie in root's home folder."""
    own = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for python in (sys.executable, f"/usr/bin/{own}", f"/usr/local/bin/{own}"):
        command = [*_as_account(account), python, "-c", "import duckdb, dagster, pipelines.cli"]
        if Path(python).exists() and not subprocess.run(command, env=environment, capture_output=True).returncode:
            return python
    pytest.skip(f"no {own} that other accounts than root may run")


def test_three_accounts_of_a_group_receive_prepare_approve_send_and_publish_in_turn(group: Group) -> None:
    SmallDelivery().write(group.folder / "landing")
    output = ["--output", str(group.output)]
    mail = [*output, "--quarter", "2026-Q4"]

    def done(who: str, *words: str) -> str:
        result = group.run(who, *words)
        assert result.returncode == 0, f"{who}: {words[:2]}: {result.stderr[-2000:]}"
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
        received = group.run_python("anna", "-c", RECEIVE, str(group.output), str(group.folder / "landing"))
        assert received.returncode == 0, received.stderr[-2000:]
        told = done("bodil", "run", "--landing", str(group.folder / "landing"), *output)
        assert "1 kendt i forvejen" in told, "received by the other account"
        done("bodil", "mail", "prepare", *mail, "--by", "Bodil", "--go-on")
        assert group.run("bodil", "mail", "approve", *mail, "--by", "Bente").returncode == 1, "the account prepared it"
        done("carla", "mail", "approve", *mail, "--by", "Carla")
        assert "Klar til at sende." in done("anna", "mail", "approve", *mail, "--by", "Anna")
        assert "sendt: 1" in done("carla", "mail", "send", *mail, "--send").replace("  ", " ")
    assert server.mailbox.addresses()[1:] == ["x@k101.dk"]
    assert (group.output / "published" / "current" / "release.json").is_file()
    assert '"event": "mail_approved"' in (group.output / "audit.jsonl").read_text(encoding="utf-8")
    _only_the_group_may_look(group)
    stranger = group.run("dagmar", "mail", "status", *mail)
    assert stranger.returncode == 1 and "ikke medlem af gruppen" in stranger.stderr


def _only_the_group_may_look(group: Group) -> None:
    owners = set()
    for path in [group.output, *group.output.rglob("*"), *group.output.with_name("resultater-journal").rglob("*")]:
        if path.is_symlink():
            continue
        status = path.stat()
        owners.add(status.st_uid)
        wanted = 0o070 if path.is_dir() else 0o040 if not status.st_mode & 0o200 else 0o060
        assert status.st_gid == group.number, path
        assert not status.st_mode & 0o007, f"{path} is open to everybody"
        assert status.st_mode & wanted == wanted, f"{path} is not open to the group"
    assert owners == {group.accounts[name] for name in NAMES}
