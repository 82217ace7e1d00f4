"""The group of operators: those who receive, prepare, approve, send and publish in turn, each with an own account.

Belongs here: finding the group of the settings, and letting this process and what it starts write for it. Does not
belong here: modes of files (``durable_files``), and the rule that two people are two (``two_people.py``).
"""

from __future__ import annotations

import os
from pathlib import Path

from pipelines import accounts, configuration, durable_files
from pipelines.errors import UserError
from pipelines.layout import Output


def work_in_turn(output: Output | None) -> None:
    """Let whatever this process and its children write be the group's, when the settings name one; else change nothing.

    Raises UserError when the group is not known, the account is no member, or the output folder is not the group's.
    """
    name = configuration.settings().people.operators_group
    os.environ.pop(durable_files.GROUP_VARIABLE, None)
    if not name:
        return
    number = _number(name)
    if number not in {os.getegid(), *os.getgroups()}:
        raise UserError(
            f"Kontoen {accounts.current()} er ikke medlem af gruppen {name} (operators_group i [people]). Få kontoen "
            "meldt ind, og log ind igen."
        )
    os.environ[durable_files.GROUP_VARIABLE] = str(number)
    # What libraries write (DuckDB, SQLite, dbt) follows too: the group may, others may not.
    os.umask(0o007)
    for folder in (output.root, output.journal) if output is not None else ():
        if folder.exists():
            _share(folder, name, number)


def _number(name: str) -> int:
    try:
        import grp

        return grp.getgrnam(name).gr_gid
    except ImportError:  # pragma: no cover - Windows
        raise UserError("operators_group i [people] kan ikke bruges på denne maskine.") from None
    except KeyError:
        raise UserError(f"Gruppen {name} (operators_group i [people]) findes ikke på maskinen.") from None


def _share(root: Path, name: str, number: int) -> None:
    """Let a folder from before the group be the group's; its own mode last, so that a broken attempt is made again."""
    status = root.stat()
    if status.st_gid == number and status.st_mode & 0o2070 == 0o2070:
        return
    if status.st_uid != os.geteuid():
        raise UserError(
            f"Mappen {root} er ikke åben for gruppen {name}. Den konto, der ejer den, skal køre en kommando "
            "på den én gang; så følger resten med."
        )
    for path in sorted(root.rglob("*"), reverse=True):
        if not path.is_symlink():
            durable_files.protect(path)
    durable_files.protect(root)
