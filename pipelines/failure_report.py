"""What the developers get of a failure nobody foresaw: type, place, our own lines on the way there, and versions.

Belongs here: gathering that and keeping it in a file that the message names. Does not belong here: deciding what is
unforeseen (``privacy.containment``, ``cli``).

Nothing of a delivery is in it: the text of an exception may quote a value, so it is never read, and neither are the
arguments and variables of a frame. The lines are the program's own.
"""

from __future__ import annotations

import contextlib
import json
import os
import platform
import sys
import tempfile
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from pipelines.code_version import code_version
from pipelines.errors import UserError
from pipelines.layout import PROGRAM, PROJECT

# Frames of the tests are told too: there is no value in a line of code.
_OWN = (*PROGRAM, "tests", "benchmarks")
_PACKAGES = ("dagster", "dbt-core", "dbt-duckdb", "duckdb", "great-expectations", "pandas", "pyarrow", "typst")


def place_of(error: BaseException) -> str:
    """Return the last of our own lines on the way to the error, for example ``pipelines/cli.py linje 12``."""
    own = [frame for frame in traceback.extract_tb(error.__traceback__) if _own_name(frame.filename)]
    return f"{_own_name(own[-1].filename)} linje {own[-1].lineno}" if own else "ukendt sted"


def keep(error: BaseException) -> str:
    """Keep the report and return the sentence that names its file (Danish); where none can be kept, says so."""
    name = f"fejl-{datetime.now(UTC):%Y%m%d-%H%M%S}-{os.getpid()}.json"
    text = json.dumps(_content(error), ensure_ascii=False, indent=1) + "\n"
    for folder in (_state_folder(), Path(tempfile.gettempdir())):
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(text)
        except OSError:
            continue
        return f"Send udviklerne rapporten {folder / name}; den har ingen oplysninger fra leverancen."
    return "En rapport til udviklerne kunne ikke gemmes; meld dem stedet."


@contextlib.contextmanager
def about(what: str) -> Iterator[None]:
    """Let whatever fails in the block name what it is about (a page and its unit); raises UserError alone."""
    try:
        yield
    except UserError as problem:
        told = f"{what}: {problem}"
    except Exception as error:
        told = f"{what} kunne ikke laves: {type(error).__name__} ved {place_of(error)}. {keep(error)}"
    else:
        return
    raise UserError(told)


def _state_folder() -> Path:
    base = os.environ.get("XDG_STATE_HOME")
    try:
        return (Path(base) if base else Path.home() / ".local" / "state") / "god-loesladelse"
    except RuntimeError:  # an account without a home folder
        return Path(tempfile.gettempdir())


def _content(error: BaseException) -> dict[str, Any]:
    errors, seen = [], set()
    following: BaseException | None = error
    while following is not None and id(following) not in seen:
        seen.add(id(following))
        errors.append({"type": _type(following), "stack": _stack(following)})
        following = following.__cause__ or following.__context__
    return {
        "errors": errors,
        "program": code_version(),
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "packages": {name: _version(name) for name in _PACKAGES},
        "command": next((word for word in sys.argv[1:2] if word.isascii() and word.isalpha()), ""),
    }


def _stack(error: BaseException) -> list[str]:
    """Return our own lines, and of each library only its name."""
    lines: list[str] = []
    for frame in traceback.extract_tb(error.__traceback__):
        own = _own_name(frame.filename)
        line = f"{own} linje {frame.lineno} i {frame.name}: {frame.line}" if own else f"({_library(frame.filename)})"
        if own or line not in lines[-1:]:
            lines.append(line)
    return lines


def _own_name(filename: str) -> str:
    """Return the file's name below the program's folder, "" for a library's, which may be installed beside it."""
    file = Path(filename)
    own = file.relative_to(PROJECT) if file.is_relative_to(PROJECT) else Path()
    return own.as_posix() if own.parts[:1] and own.parts[0] in _OWN else ""


def _library(filename: str) -> str:
    parts = Path(filename).parts
    place = max((place for place, part in enumerate(parts) if part == "site-packages"), default=-2) + 1
    return parts[place] if 0 < place < len(parts) else Path(filename).stem


def _type(error: BaseException) -> str:
    return f"{type(error).__module__}.{type(error).__qualname__}"


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "-"
