"""Running dbt inside this process, on a warehouse file of the caller's choice.

Belongs here: the parsed project (kept between runs, since parsing is most of a small build), the invocation, and what
came of each node. Does not belong here: what is loaded before dbt runs and what happens to the file afterwards
(``pipelines/warehouse/build.py``).

dbt's own messages quote the statement and the value that failed, so nothing of them passes through here: a failure is
the node's name and its number of failing rows. Its log and its artefacts go to the run's work folder.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.errors import UserError
from pipelines.layout import DBT_PROJECT
from pipelines.locks import exclusive
from pipelines.warehouse import rule_models

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest

#: The one environment variable of the dbt profile: the warehouse file to build in.
BUILD_FILE_VARIABLE = "GOD_LOESLADELSE_BUILD"
_TARGET = DBT_PROJECT / "target"


@dataclass(frozen=True)
class NodeResult:
    """What came of one model, seed or test: dbt's unique id, status (success, pass, warn, fail, error, skipped),
    failing rows of a test, and seconds."""

    unique_id: str
    status: str
    failures: int
    seconds: float

    @property
    def is_sound(self) -> bool:
        """Whether the node may be built upon (a warning may)."""
        return self.status in ("success", "pass", "warn")


def manifest_path() -> Path:
    """Return ``manifest.json`` of the parsed project, parsing it first when its sources changed."""
    load_manifest()
    return _TARGET / "manifest.json"


def load_manifest() -> Manifest:
    """Return the parsed project; parses only when a source of the dbt project changed since the last time."""
    from dbt.contracts.graph.manifest import Manifest
    from dbt.parser.manifest import extended_mashumuro_decoder

    stamp = _TARGET / "parsed.sha256"
    kept = _TARGET / "partial_parse.msgpack"
    with exclusive(_TARGET / "parse.lock"):
        # dbt cannot list its own models while it parses, so the list of rules is written from their folder.
        rule_models.refresh()
        digest = _sources_digest()
        if kept.exists() and (_TARGET / "manifest.json").exists() and stamp.exists() and stamp.read_text() == digest:
            # The decoder's name is dbt's own spelling; dbt itself reads the file the same way (dbt-core is pinned).
            return Manifest.from_msgpack(kept.read_bytes(), decoder=extended_mashumuro_decoder)
        stamp.unlink(missing_ok=True)
        parse = ["parse", "--target-path", str(_TARGET)]
        manifest = _invoke(parse, build_file=_TARGET / "warehouse.duckdb", manifest=None)
        stamp.write_text(digest)
        return manifest


def build(
    build_file: Path, work: Path, *, select: tuple[str, ...] = (), on_node: Callable[[NodeResult], None] | None = None
) -> list[NodeResult]:
    """Build seeds, models and data tests into the file; returns one result per node, sound or not.

    Unit tests are left out: they judge the code, not the delivery, and run with the project's tests.
    """
    manifest = load_manifest()
    arguments = ["build", "--exclude-resource-type", "unit_test", "--target-path", str(work / "dbt")]
    if select:
        arguments += ["--select", *select]
    results = []
    for result in _invoke(arguments, build_file=build_file, manifest=manifest).results:
        node = NodeResult(
            unique_id=result.node.unique_id,
            status=str(result.status),
            failures=int(result.failures or 0),
            seconds=float(result.execution_time),
        )
        results.append(node)
        if on_node is not None:
            on_node(node)
    return results


def _invoke(arguments: list[str], *, build_file: Path, manifest: Manifest | None):  # type: ignore[no-untyped-def]
    from dbt.cli.main import dbtRunner

    common = ["--project-dir", str(DBT_PROJECT), "--profiles-dir", str(DBT_PROJECT), "--quiet"]
    common += ["--log-level-file", "none", "--no-use-colors"]
    with _build_file(build_file), contextlib.redirect_stdout(io.StringIO()):
        outcome = dbtRunner(manifest=manifest).invoke([*arguments, *common])
    if outcome.result is None:
        raise UserError(f"dbt kunne ikke køre ({type(outcome.exception).__name__}). Programmet selv er beskadiget.")
    return outcome.result


@contextlib.contextmanager
def _build_file(path: Path) -> Iterator[None]:
    before = os.environ.get(BUILD_FILE_VARIABLE)
    folder = Path.cwd()
    os.environ[BUILD_FILE_VARIABLE] = str(path)
    try:
        yield
    finally:
        os.chdir(folder)  # dbt moves to its project's folder and stays there
        if before is None:
            del os.environ[BUILD_FILE_VARIABLE]
        else:
            os.environ[BUILD_FILE_VARIABLE] = before


def _sources_digest() -> str:
    from importlib.metadata import version

    digest = hashlib.sha256(f"{version('dbt-core')} {version('dbt-duckdb')} {DBT_PROJECT}".encode())
    for file in sorted(DBT_PROJECT.rglob("*")):
        if file.is_file() and not {"target", "logs"} & set(file.relative_to(DBT_PROJECT).parts):
            digest.update(file.relative_to(DBT_PROJECT).as_posix().encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()
