"""The verdict of Great Expectations on the batch that is assessed, one check per file and kind.

Belongs here: starting the judge in a process of its own (importing it takes longer than judging, so it starts while
the rest of the run makes itself ready) and gathering its results. Does not belong here: what is expected
(``expectations``).
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pipelines.errors import PassingError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from expectations.deliveries import CheckResult
    from pipelines.layout import Output

#: The checks of each file: which severity and kind they gather, and what they tell (Danish).
CHECKS = {
    "kontrakt": "Filen følger kontrakten, så den kan indlæses.",
    "indhold": "Rækkerne er, som kontrakten venter dem; resten er i karantæne eller har en advarsel.",
    "udvikling": "Filen har udviklet sig som ventet siden de tidligere leverancer.",
}


@dataclass
class Verdict:
    """One check of one file: whether all its expectations hold, and the counts of those that do not."""

    passed: bool = True
    metadata: dict[str, Any] = field(default_factory=dict)


class Judge:
    """Great Expectations in a process of its own; started early, asked as deliveries come, ended with the run."""

    def __init__(self) -> None:
        """Start the process; it imports, then waits for the batch to judge."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "expectations", "--wait"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
        )
        self._asked: set[str] = set()

    def ask(self, output: Output, batch_id: str) -> None:
        """Let a batch be judged while this process goes on; ``judge`` waits for it."""
        assert self._process.stdin is not None
        self._asked.add(batch_id)
        with contextlib.suppress(BrokenPipeError):  # a process that has died is told of by ``judge``
            self._process.stdin.write(_line(output, batch_id))
            self._process.stdin.flush()

    def judge(self, output: Output, batches: Iterable[str]) -> None:
        """Judge the batches, and wait for those already asked about; the verdicts are kept beside their rows.

        Raises PassingError when that cannot be done.
        """
        self._process.communicate("".join(_line(output, batch) for batch in batches if batch not in self._asked))
        if self._process.returncode != 0:
            raise PassingError("Leverancen kunne ikke bedømmes af Great Expectations. Intet er ændret; kør igen.")

    def stop(self) -> None:
        """End the process when the run ends without having asked it."""
        if self._process.poll() is None:
            self._process.kill()
            self._process.communicate()


def _line(output: Output, batch_id: str) -> str:
    return f"{output.root}\t{batch_id}\n"


def results(output: Output, batch_id: str) -> list[CheckResult]:
    """Return the kept verdict on a batch, and how it compares with the batches before it."""
    from expectations.deliveries import judge_batch
    from expectations.over_time import judge_over_time

    return judge_batch(output, batch_id) + judge_over_time(output, batch_id)


def unjudged(output: Output, assessed: str) -> list[str]:
    """Return the batches to judge: the assessed one unless its verdict still holds, and the usable ones without any.

    The latter have just been received, or a run was killed before it judged them.
    """
    from expectations.deliveries import VALIDATION, is_judged
    from pipelines.batches import batch_list

    usable = [batch.batch_id for batch in batch_list.all_batches(output) if batch.is_usable]
    without = {batch_id for batch_id in usable if not (output.staged / batch_id / VALIDATION).exists()}
    return sorted(without | (set() if is_judged(output, assessed) else {assessed}))


def verdicts(results: Sequence[CheckResult], tables: Iterable[str]) -> dict[tuple[str, str], Verdict]:
    """Gather the results by table and check; counts only, never a value."""
    gathered = {(table, check): Verdict(metadata={"forventninger": 0}) for table in tables for check in CHECKS}
    for result in results:
        verdict = gathered[result.file.partition(".")[0], _check_of(result)]
        verdict.metadata["forventninger"] += 1
        if not result.passed:
            verdict.passed = False
            verdict.metadata[result.name] = result.problem or f"{result.unexpected_count} af {result.checked}"
    return gathered


def _check_of(result: CheckResult) -> str:
    from expectations.over_time import CHECK_NAMES

    if result.name in CHECK_NAMES:
        return "udvikling"
    return "kontrakt" if result.severity == "error" else "indhold"
