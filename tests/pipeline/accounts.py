"""Three accounts of one group of the system and a stranger, who take turns in one output folder.

Belongs here: making and removing them, running a command as one of them, and who may read what they left. Does not
belong here: what they do.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipelines.layout import PROJECT
from pipelines.warehouse import parsed_project
from tests.pipeline.warm_commands import OwnCommands, WarmCommands
from tests.small_delivery import KEY

NAMES = ("anna", "bodil", "carla")
STRANGER = "dagmar"
#: Why a test with them is skipped where they cannot be made.
needs_accounts = pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0 or any(shutil.which(tool) is None for tool in ("useradd", "groupadd")),
    reason="makes three accounts of the system, which only root can, on Linux",
)


@dataclass
class Group:
    """The accounts, their group, a folder in which the group may work, and the process that forks for each."""

    folder: Path
    name: str
    number: int
    accounts: dict[str, int]
    environment: dict[str, str]
    commands: WarmCommands

    @property
    def landing(self) -> Path:
        """The folder of deliveries."""
        return self.folder / "landing"

    @property
    def output(self) -> Path:
        """The output folder."""
        return self.folder / "drift" / "resultater"

    def run(self, who: str, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a command of the program as one of the accounts, which the environment gives another name."""
        return self._call(who, "pipelines.cli:main", *words)

    def stage(self, who: str, stage: str) -> subprocess.CompletedProcess[str]:
        """Run a stage of the main job as one of the accounts."""
        return self._call(who, f"tests.pipeline.stages:{stage}", str(self.landing), str(self.output))

    def _call(self, who: str, call: str, *words: str) -> subprocess.CompletedProcess[str]:
        own = {"HOME": str(self.folder / f"home-{who}"), "LOGNAME": "somebody", "USER": "somebody"}
        return self.commands.run(list(words), self.environment | own, account=f"{self.name}{who}", call=call)


@contextmanager
def group_of_accounts() -> Iterator[Group]:
    """Three accounts in one group and a fourth outside it; all are removed again."""
    import grp
    import pwd

    mark = f"gl{os.getpid()}"
    folder = Path(tempfile.mkdtemp(prefix="god-loesladelse-operators-"))
    folder.chmod(0o755)
    made: dict[str, int] = {}
    commands = None
    try:
        subprocess.run(["groupadd", mark], check=True, capture_output=True)
        for name in (*NAMES, STRANGER):
            joined = ["-G", mark] if name in NAMES else []
            subprocess.run(["useradd", "-M", "-U", *joined, f"{mark}{name}"], check=True, capture_output=True)
            made[name] = pwd.getpwnam(f"{mark}{name}").pw_uid
            home = folder / f"home-{name}"
            home.mkdir(mode=0o700)
            os.chown(home, made[name], -1)
            _give_parsed_project(home, made[name])
        number = grp.getgrnam(mark).gr_gid
        (folder / "drift").mkdir()
        os.chown(folder / "drift", -1, number)
        (folder / "drift").chmod(0o2770)
        environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": f"{PROJECT}:{sysconfig.get_paths()['purelib']}",
            "PYTHONDONTWRITEBYTECODE": "1",
            "GOD_LOESLADELSE_PSEUDONYM_KEY": KEY,
            "GOD_LOESLADELSE_CONFIGURATION": str(folder / "configuration.toml"),
        }
        commands = OwnCommands(_python(f"{mark}anna", environment), environment)
        yield Group(folder, mark, number, made, environment, commands)
    finally:
        if commands is not None:
            commands.stop()
        for name in made:
            subprocess.run(["userdel", "--force", f"{mark}{name}"], check=False, capture_output=True)
        subprocess.run(["groupdel", mark], check=False, capture_output=True)
        shutil.rmtree(folder, ignore_errors=True)


def _give_parsed_project(home: Path, number: int) -> None:
    """Let an account have the dbt project as it was parsed for this one; to parse it takes longer than all it does."""
    parsed = parsed_project.load().folder.parent
    own = home / ".cache" / "god-loesladelse" / "dbt" / parsed.name
    shutil.copytree(parsed, own)
    for path in (home / ".cache", *(home / ".cache").rglob("*")):
        os.chown(path, number, -1)


def _python(account: str, environment: dict[str, str]) -> str:
    """Return an interpreter of this version whose modules the accounts may read: the own one may be root's alone.

    What is asked of each is where its modules lie and that the packages fit; root and the account must say the same.
    """
    own = f"python{sys.version_info.major}.{sys.version_info.minor}"
    question = "import duckdb, os, sqlite3; print(os.__file__)"
    for python in filter(None, (sys.executable, shutil.which(own, path="/usr/bin:/usr/local/bin"))):
        said = {
            subprocess.run([python, "-c", question], user=who, env=environment, capture_output=True, text=True).stdout
            for who in (None, account)
        }
        if len(said) == 1 and said != {""}:
            return python
    pytest.skip(f"no {own} on this machine that other accounts than root may run")


def only_the_group_may_look(group: Group) -> None:
    """Fail unless all that the accounts left belongs to the group, which may read it, and is closed to everybody."""
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
    assert owners == {group.accounts[name] for name in NAMES}, "each has written some of it"
