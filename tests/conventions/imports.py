"""The imports of the project's own modules, read from the source, wherever in a file they stand.

Belongs here: which file imports which. Does not belong here: what is allowed (``test_house``).
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
PACKAGES = ("pipelines", "reports", "expectations")


@cache
def modules() -> dict[str, Path]:
    """Return every module of the program by its dotted name; a package is its ``__init__``."""
    found = {}
    for package in PACKAGES:
        for file in sorted((PROJECT / package).rglob("*.py")):
            parts = file.relative_to(PROJECT).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = file
    return found


@cache
def imports() -> dict[str, frozenset[str]]:
    """Return what each module imports of the program itself, at the top, in a function or for types alone."""
    return {name: frozenset(_imported(name, file)) for name, file in modules().items()}


def _imported(name: str, file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            wanted = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            within = [f"{node.module}.{alias.name}" for alias in node.names]
            wanted = [one if one in modules() else node.module for one in within]
        else:
            continue
        yield from (one for one in wanted if one in modules() and one != name)


def room(module: str) -> str:
    """Return the room of a module: its folder below the package, or the module itself when it lies on the ground."""
    parts = module.split(".")
    if parts[0] == "pipelines":
        return parts[1] if len(parts) > 1 else "pipelines"
    return parts[0]
