"""The output folder read once: what a run, the settling before it, and "nothing new" all decide from.

Belongs here: gathering what the stages have left, as one value. Does not belong here: deciding anything, and changing
anything.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines import audit_trail, durable_files, publications
from pipelines.batches import batch_list
from pipelines.batches.batch_list import Batch
from pipelines.layout import Output
from pipelines.locks import is_at_rest
from pipelines.publications import Publication
from pipelines.warehouse import in_place


@dataclass(frozen=True)
class OutputState:
    """What an output folder holds at one moment.

    ``trail`` are the entries of the audit trail, oldest first. ``grounds`` is what the warehouse in place says it was
    built from, ``build_digest`` the digest when warehouse and ``marts.duckdb`` agree on it; both are None without a
    sound warehouse. ``has_whole_publications`` says that none is unfinished or not pointed at, ``is_at_rest``
    that no run is at work.
    """

    output: Output
    batches: Sequence[Batch]
    publications: Sequence[Publication]
    current: Publication | None
    trail: Sequence[Mapping[str, Any]]
    unfinished_files: Sequence[Path]
    grounds: Mapping[str, str] | None
    build_digest: str | None
    has_whole_publications: bool
    is_at_rest: bool


def read(output: Output) -> OutputState:
    """Read an output folder; one that does not exist holds nothing."""
    return OutputState(
        output=output,
        batches=batch_list.all_batches(output),
        publications=publications.all_publications(output),
        current=publications.current(output),
        trail=list(audit_trail.entries(output)),
        unfinished_files=durable_files.unfinished_files(output),
        grounds=in_place.grounds(output),
        build_digest=in_place.current_digest(output),
        has_whole_publications=publications.is_settled(output),
        is_at_rest=is_at_rest(output),
    )
