"""What a run killed between two steps leaves, and how the next run finishes it.

Belongs here: the pairs of steps whose first half stands without the second. Does not belong here: unfinished work and
processes that outlived their run (``locks`` removes both), and how a thing is made.

Two orders make every kill harmless. What a reader sees is moved into place last, by one rename; its first half is then
either removed or, when it is whole, completed here. And a thing done is written to the audit trail after it is done:
what stands without its line gets one, marked ``settled``. Things that leave nothing to find again (a refusal, bytes
removed) are written to the trail before they are done.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipelines import audit_trail, publications
from pipelines.receiving import archive
from pipelines.runs.output_state import OutputState

#: Which fact names the thing that an event is about.
_NAMED_BY = {
    "delivery_received": "batch",
    "delivery_withdrawn": "batch",
    "delivery_expired": "batch",
    "publication": "publication",
}


def settle(state: OutputState) -> list[str]:
    """Finish what a killed run left half done; returns what a user should know (Danish). The caller holds the lock."""
    told = []
    for file in state.unfinished_files:
        file.unlink(missing_ok=True)
    publication = publications.settle(state.output)
    if publication is not None:
        told.append(f"Udgivelsen {publication.publication_id} var hel, da en kørsel blev afbrudt; den gælder nu.")
    for event, facts in list(_unwritten(state)):
        audit_trail.record(state.output, event, **facts, settled=True)
    return told


def is_settled(state: OutputState) -> bool:
    """Whether a run would find nothing to finish."""
    if state.unfinished_files or not state.has_whole_publications:
        return False
    return next(_unwritten(state), None) is None


def _unwritten(state: OutputState) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield what has been done and is not in the audit trail."""
    written = set()
    built = None
    for entry in state.trail:
        # The program's first version wrote "release" where a publication is meant.
        event = "publication" if entry["event"] == "release" else entry["event"]
        name = _NAMED_BY.get(event)
        if name is not None:
            written.add((event, entry.get(name) or entry.get("release")))
        if event == "warehouse":
            built = entry.get("build_digest")
    for event, facts in _done(state):
        if (event, facts[_NAMED_BY[event]]) not in written:
            yield event, facts
    if state.grounds is not None and state.grounds["build_digest"] != built:
        yield "warehouse", dict(state.grounds)


def _done(state: OutputState) -> Iterator[tuple[str, dict[str, Any]]]:
    for batch in state.batches:
        facts = {"batch": batch.batch_id, "manifest_sha256": batch.manifest_sha256}
        yield "delivery_received", facts
        withdrawn = archive.read_paper(state.output, batch.batch_id, archive.WITHDRAWN)
        if withdrawn is not None:
            yield "delivery_withdrawn", {**facts, "reason": withdrawn["reason"], "by": withdrawn["withdrawn_by"]}
        expired = archive.read_paper(state.output, batch.batch_id, archive.EXPIRED)
        if expired is not None:
            yield "delivery_expired", {**facts, "by": expired["expired_by"]}
    for publication in state.publications:
        digest = publication.description["build_digest"]
        yield "publication", {"publication": publication.publication_id, "build_digest": digest}
