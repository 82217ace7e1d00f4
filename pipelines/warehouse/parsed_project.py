"""The dbt project as a build uses it: a copy of its sources and what dbt parsed from them, each bound by its sum.

Belongs here: making and keeping that copy, and proving that it is what the sources say. Does not belong here: running
dbt (``dbt_build``).

Parsing is most of a small build, so it is kept between runs. It is kept apart from the sources, in the account's cache
folder, since every dbt command a person gives in the project's folder rewrites ``target`` there: whatever is parsed in
between, of whatever was edited and taken back, no build reads it. A kept copy is used only while its own files, the
parsed project and the sources of the program have the sums they had when it was made; else it is made anew.
"""

from __future__ import annotations

import atexit
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.errors import UserError
from pipelines.layout import DBT_PROJECT
from pipelines.locks import exclusive
from pipelines.warehouse import rule_models
from pipelines.warehouse.dbt_command import invoke

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest

_NOT_SOURCES = {"target", "logs", "__pycache__"}
_STAMP = "stamp.json"
_PARSED, _DESCRIBED = "partial_parse.msgpack", "manifest.json"
#: So many copies are kept: one for the program as it is, the others for the tests' changed projects.
_MOST_KEPT = 8
#: What dbt notes of the moment and the machine; everything else of a node can change a figure.
_OF_THE_MOMENT = {"created_at", "root_path", "build_path", "compiled_path", "deferred"}


@dataclass(frozen=True)
class ParsedProject:
    """A proved copy of the dbt project.

    ``digest`` is a sha256 over everything the parsed project holds (statements, macros, settings, columns, seeds'
    sums), the same on every machine; ``folder`` has the copied sources; ``parsed`` is dbt's own form of the project,
    ``described`` its ``manifest.json``.
    """

    folder: Path
    digest: str
    parsed: bytes
    described: bytes

    def manifest(self) -> Manifest:
        """Return the parsed project for one invocation of dbt, which writes in it."""
        from dbt.contracts.graph.manifest import Manifest
        from dbt.parser.manifest import extended_mashumuro_decoder

        # The decoder's name is dbt's own spelling; dbt itself reads the file the same way (dbt-core is pinned).
        return Manifest.from_msgpack(self.parsed, decoder=extended_mashumuro_decoder)


def load() -> ParsedProject:
    """Return the project as its sources are now, parsed anew unless a proved copy of exactly these is kept."""
    sources = _sources()
    wanted = _digest(sources.items())
    folder = _kept_under()
    place = folder / wanted[:32]
    with exclusive(folder / "parse.lock"):
        found = _proved(place, wanted)
        if found is None:
            shutil.rmtree(place, ignore_errors=True)
            _make(place, wanted, sources)
            found = _proved(place, wanted)
            _remove_oldest(folder)
        if found is None:
            raise UserError(f"dbt-projektet kan ikke gemmes i {place}. Er drevet fuldt? Ret det, og kør igen.")
        os.utime(place / _STAMP)
    return found


def cache_folder() -> Path:
    """Return where this account keeps parsed projects: below XDG_CACHE_HOME, else ``.cache`` in the home folder."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "god-loesladelse" / "dbt"


def _kept_under() -> Path:
    folder = cache_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except (OSError, RuntimeError):  # an account without a home folder, or with one that it may not write in
        return _for_this_process()


@cache
def _for_this_process() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="god-loesladelse-dbt-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


# ---- sources --------------------------------------------------------------------------------------------------------


def _sources() -> dict[str, bytes]:
    """Return every source file of the dbt project, and the list of rules as the folder of rules has it now."""
    sources = _files(DBT_PROJECT)
    # dbt cannot list its own models while it parses, so the list is written from their folder, into the copy alone.
    sources[rule_models.FILE.relative_to(rule_models.PROJECT).as_posix()] = rule_models.text(DBT_PROJECT).encode()
    return sources


def _files(folder: Path) -> dict[str, bytes]:
    return {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file() and not _NOT_SOURCES & set(file.relative_to(folder).parts)
    }


def _digest(files: Iterable[tuple[str, bytes]]) -> str:
    digest = hashlib.sha256(f"{version('dbt-core')} {version('dbt-duckdb')}".encode())
    for name, content in sorted(files):
        digest.update(name.encode() + b"\0" + hashlib.sha256(content).digest())
    return digest.hexdigest()


# ---- the kept copy --------------------------------------------------------------------------------------------------


def _proved(place: Path, wanted: str) -> ParsedProject | None:
    """Return the kept copy when each of its sums holds."""
    try:
        stamp = json.loads((place / _STAMP).read_text(encoding="utf-8"))
        contents = {name: (place / name).read_bytes() for name in (_PARSED, _DESCRIBED)}
        is_whole = stamp["files"] == _sums(contents) and _digest(_files(place / "project").items()) == wanted
        return ParsedProject(place / "project", stamp["digest"], *contents.values()) if is_whole else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _make(place: Path, wanted: str, sources: dict[str, bytes]) -> None:
    """Copy the sources, let dbt parse the copy, and write the stamp last."""
    project, target = place / "project", place / "target"
    for name, content in sources.items():
        file = project / name
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        file.write_bytes(content)
    manifest = invoke(["parse", "--target-path", str(target)], project, target / "warehouse.duckdb", manifest=None)
    contents = {name: (target / name).read_bytes() for name in (_PARSED, _DESCRIBED)}
    for name, content in contents.items():
        (place / name).write_bytes(content)
    shutil.rmtree(target)
    stamp = {"sources": wanted, "digest": _content_digest(manifest), "files": _sums(contents)}
    (place / _STAMP).write_text(json.dumps(stamp, indent=1), encoding="utf-8")


def _sums(contents: dict[str, bytes]) -> dict[str, str]:
    return {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}


def _content_digest(manifest: Manifest) -> str:
    """Return a sum over what the parsed project says, without what tells when and where it was parsed."""
    kinds = ("nodes", "sources", "macros")
    parts: dict[str, dict[str, Any]] = {
        kind: {name: _content(entry.to_dict()) for name, entry in getattr(manifest, kind).items()} for kind in kinds
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()


def _content(entry: dict[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in entry.items() if name not in _OF_THE_MOMENT}
    if isinstance(kept.get("depends_on"), dict):  # dbt gathers these in sets
        kept["depends_on"] = {kind: sorted(names) for kind, names in kept["depends_on"].items() if names}
    return kept


def _remove_oldest(folder: Path) -> None:
    def last_used(place: Path) -> float:
        return (place / _STAMP).stat().st_mtime if (place / _STAMP).exists() else 0.0

    for place in sorted((place for place in folder.iterdir() if place.is_dir()), key=last_used)[:-_MOST_KEPT]:
        shutil.rmtree(place, ignore_errors=True)
