"""The main job's stages one by one, each as a command of its own: words in, status out.

Belongs here: what lets different accounts do the stages of one run. Does not belong here: the stages
(``pipelines.runs.main_job``) and who does them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipelines.layout import Output
from pipelines.people import operators
from pipelines.progress import Progress
from pipelines.runs import main_job


@contextmanager
def _begun(words: list[str]) -> Iterator[main_job.MainJobRun]:
    landing, root = (Path(word) for word in words)
    output = Output(root)
    operators.work_in_turn(output)
    with main_job.start(main_job.Request(output, landing), Progress()) as run:
        yield run


def receive(words: list[str]) -> int:
    """Receive the deliveries of the landing folder (first word) into the output folder (second word)."""
    with _begun(words) as run:
        return 0 if run.receive().loaded else 1


def build(words: list[str]) -> int:
    """Build the warehouse of what was received, without asking Great Expectations, which takes as long to start."""
    with _begun(words) as run:
        assert not run.receive().loaded
        run.build()
    return 0


def publish(words: list[str]) -> int:
    """Publish what was built."""
    with _begun(words) as run:
        assert run.is_warehouse_current()
        return 0 if run.publish() is not None else 1
