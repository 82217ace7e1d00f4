"""A batch's judged rows: written when it is received, and made anew from the archive when they are missing or unsound.

Belongs here: bringing the archive, the judging and the rows' folder together for one batch. Does not belong here: how a
row is judged (``quarantine``), the form of the folder (``judged_rows``), receiving (``intake``).

Whoever calls ``stage`` holds the output folder's lock (``locks.sole_run``).
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from pipelines import audit_trail
from pipelines.batches.batch_list import EXPIRED, find
from pipelines.contract import contract
from pipelines.durable_files import make_folder
from pipelines.errors import UserError
from pipelines.judging import judged_rows, plausibility, quarantine
from pipelines.judging.quarantine import JudgedFile
from pipelines.layout import Output
from pipelines.privacy.containment import contained
from pipelines.privacy.pseudonyms import PseudonymKey, pseudonym_key
from pipelines.receiving import archive
from pipelines.receiving import landing as landing_folder
from pipelines.receiving.landing import Delivery, Manifest


def key_to_use(output: Output, *, accept_new_key: bool) -> PseudonymKey:
    """Return the pseudonym key and note it as the one in use; raises UserError when the batches have another."""
    in_use = archive.key_in_use(output)
    key = pseudonym_key(output, may_make=in_use is None or accept_new_key)
    if in_use is not None and key.key_id != in_use and not accept_new_key:
        raise UserError(
            "Pseudonymnøglen er en anden end den, som de tidligere leverancer er indlæst med. Læg den rigtige nøgle "
            "tilbage, eller tag den nye i brug med --accept-new-key; så får alle klienter nye nøgler."
        )
    if key.key_id != in_use:
        audit_trail.record(output, "pseudonym_key", key_id=key.key_id, earlier=in_use)
        archive.use_key(output, key.key_id)
    return key


@contained
def stage(output: Output, batch_id: str) -> Path:
    """Return the folder of a batch's staged rows, made anew from the archive when it is missing or not sound."""
    batch = find(output, batch_id)
    folder = output.staged / batch_id
    key_id = archive.key_in_use(output)
    if judged_rows.is_whole(folder, key_id):
        return folder
    if batch.state == EXPIRED:
        raise UserError(f"Leverancen {batch_id} er udløbet; dens rækker er slettet. Vælg en anden med --batch.")
    key = key_to_use(output, accept_new_key=False)
    manifest = _archived_manifest(output, batch_id)
    contents = {
        file["file"]: archive.fetch(output, file["sha256"], f"{batch_id}/{file['file']}")
        for file in batch.receipt["files"]
    }
    delivery = Delivery(manifest, contents, batch.receipt["unknown_files"])
    judged = quarantine.judge(landing_folder.tables(delivery), manifest.date_format, key)
    with archive.workspace(output) as work:
        facts = file_facts(manifest, judged, write_rows(work / "staged", manifest, judged, key))
        if _counts(facts) != _counts(batch.receipt["files"]):  # the contract has changed since
            rejudged = {"contract_version": contract().version, "files": facts}
            archive.add_paper(output, batch_id, archive.REJUDGED, rejudged)
        put_in_place(output, work / "staged", batch_id)
    audit_trail.record(output, "delivery_restaged", batch=batch_id, manifest_sha256=batch.manifest_sha256)
    return folder


def _counts(facts: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    # Warnings are left out: those about the batch before belong to the day it was received.
    return [(file["file"], file["rows"], file["loaded"], file["quarantine"]) for file in facts]


def _archived_manifest(output: Output, batch_id: str) -> Manifest:
    return landing_folder.read_manifest(archive.batch_folder(output, batch_id))


def write_rows(
    folder: Path, manifest: Manifest, judged: list[JudgedFile], key: PseudonymKey
) -> dict[str, dict[str, int]]:
    """Write the rows to an unfinished folder; return the warnings per file that need no earlier batch."""
    judged_rows.write(folder, manifest.batch_id, judged)
    judged_rows.finish(folder, manifest.batch_id, key.key_id)
    return {part.file.name: plausibility.warnings(part, manifest.extract_date_text) for part in judged}


def put_in_place(output: Output, unfinished: Path, batch_id: str) -> None:
    """Let finished rows take the place of the batch's old ones."""
    place = make_folder(output.staged) / batch_id
    if place.exists():
        shutil.rmtree(place)
    unfinished.rename(place)


def file_facts(
    manifest: Manifest, judged: list[JudgedFile], warnings: dict[str, dict[str, int]]
) -> list[dict[str, Any]]:
    """Return how each file's rows were judged, as a receipt tells it."""
    return [
        {
            "file": part.file.name,
            "sha256": manifest.entries[part.file.name].sha256,
            "rows": part.rows,
            "loaded": part.loaded,
            "quarantined": len(part.faults),
            "quarantine": part.reasons(),
            "warnings": warnings[part.file.name],
            "unknown_columns": part.unknown_columns,
        }
        for part in judged
    ]
