"""One build: every seed, model and data test of the dbt project, in a warehouse file of the caller's choice.

Belongs here: the build and what came of each node. Does not belong here: the project that is built
(``parsed_project``), how dbt is started (``dbt_command``), what is loaded before dbt runs and what happens to the file
afterwards (``build``). What dbt writes of a build goes to the run's work folder.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pipelines.warehouse.dbt_command import invoke
from pipelines.warehouse.parsed_project import ParsedProject, load


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


def build(
    build_file: Path,
    work: Path,
    *,
    project: ParsedProject | None = None,
    select: tuple[str, ...] = (),
    on_node: Callable[[NodeResult], None] | None = None,
) -> list[NodeResult]:
    """Build seeds, models and data tests into the file; returns one result per node, sound or not.

    ``project`` is the program's own as it is now, unless another is given. Unit tests are left out: they judge the
    code, not the delivery, and run with the project's tests.
    """
    project = project or load()
    # Nobody reads the JSON that dbt writes of a build.
    arguments = ["build", "--exclude-resource-type", "unit_test", "--no-write-json", "--target-path", str(work / "dbt")]
    if select:
        arguments += ["--select", *select]
    results = []
    for result in invoke(arguments, project.folder, build_file, manifest=project.manifest()).results:
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
