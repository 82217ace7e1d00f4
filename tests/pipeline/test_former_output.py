"""An output folder of the version before publications were called publications opens with today's program.

Its files are written here as that version wrote them (names, columns and keys are taken from a folder that it made);
what a delivery holds is today's, since the bytes as received have not changed form.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines import publications
from pipelines.batches import batch_list, batch_rows
from pipelines.contract import contract
from pipelines.disclosure import guard
from pipelines.disclosure.model import HIDDEN, FormerPrinted, Key
from pipelines.layout import Output
from pipelines.publishing import thinning
from pipelines.publishing.grounds import FIGURES, GROUNDS
from pipelines.runs.main_job import Request, inputs_of
from pipelines.runs.output_state import read
from pipelines.warehouse import build
from pipelines.watching import status, status_text
from tests.small_delivery import SmallDelivery, receive

NAME = "2026-06-30"
FORMER_CONTRACT = "1-2de8a70640e6"
PRINTED = {
    "name": NAME,
    "disclosure": {"aid_decided": "denominator"},
    "parents": [["101", "2026-Q2", [["national", "DK"], ["area", "Øst"], ["region", "1084"]]]],
    "window": "2026-Q2",
    "counts": [["aid_decided", "101", "2026-Q2", 9, 3]],
    "shared": [],
    "bounds": [],
    "national_only": [],
    "restatement": False,
    "published": [
        ["aid_decided", "national", "DK", "2026-Q2", "due", 12],
        ["aid_decided", "municipality", "147", "2026-Q2", "due", None],
    ],
    "tables": [],
}
PROOF = {"threshold": 5, "insiders": True, "tables": [], "claims": [], "given_away": []}


@pytest.fixture
def former(landing: Path, output: Output) -> Output:
    """A folder of the former version: a delivery judged under its contract, a publication, its trail."""
    receive(SmallDelivery(NAME).write(landing), output)
    for paper in (output.archive / "batches" / NAME / "receipt.json", output.staged / NAME / "staged.json"):
        content = json.loads(paper.read_text(encoding="utf-8")) | {"contract_version": FORMER_CONTRACT}
        paper.chmod(0o600)
        paper.write_text(json.dumps(content), encoding="utf-8")
    _publish(output)
    old = {"when": "2026-07-01T09:14:04+00:00", "who": "anna", "release": NAME, "build_digest": "c0"}
    facts = {"loaded": [NAME], "refused": [], "batch": NAME, "manifest_sha256": "dc", "as_of": NAME}
    with output.audit_log.open("a", encoding="utf-8") as trail:
        for entry in ({**old, "event": "release"}, {**old, **facts, "event": "run"}):
            trail.write(json.dumps(entry) + "\n")
    return output


def _publish(output: Output) -> None:
    folder = output.published / NAME
    grounds = folder / GROUNDS
    grounds.mkdir(parents=True)
    (folder / "delt").mkdir()
    (folder / "delt" / "index.html").write_text("<p>Tolv sager</p>", encoding="utf-8")
    (folder / "kommune" / "101").mkdir(parents=True)
    (folder / "kommune" / "101" / "pakke.zip").write_bytes(b"PK")
    for name, content in ((guard.PRINTED, PRINTED), (guard.CERTIFICATE, PROOF)):
        (grounds / name).write_bytes(gzip.compress(json.dumps(content).encode()))
    (grounds / "froe.txt").write_text("ab" * 32 + "\n", encoding="ascii")
    (grounds / "sider.json").write_text(json.dumps({"delt/method//": "cf26"}), encoding="utf-8")
    with duckdb.connect() as connection:
        connection.execute(
            f"copy (select '{NAME}' as release_id, 1::integer as release_number, date '{NAME}' as as_of, "
            "'national' as level, 'DK' as unit_code, 'quarter' as period_type, '2026-Q1' as period, "
            "'aid_decided' as rule_id, 12::bigint as due, 9::bigint as met, 2::bigint as late, 1::bigint as missed, "
            f"'1-abc' as rule_version, '1.0.0+old' as code_version, '{NAME}' as batch_id) "
            f"to '{grounds / FIGURES}' (format parquet)"
        )
    files = [
        {
            "path": path.relative_to(folder).as_posix(),
            "bytes": path.stat().st_size,
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        }
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    ]
    described: dict[str, Any] = {
        "release_id": NAME,
        "number": 1,
        "as_of": NAME,
        "batch_id": NAME,
        "is_synthetic": False,
        "notice": None,
        "build_digest": "c070ef",
        "code_version": "1.0.0+old",
        "manifest_sha256": "dc33",
        "rule_versions": [],
        "inputs": [],
        "pages": {"all": 1, "unchanged": 0},
        "seconds": {"html": 7.0, "zip": 4.1},
        "files": files,
        "disclosure_audit": {"green": True, "threshold": 5, "hidden_first": 1, "hidden_second": 0},
    }
    (folder / "release.json").write_text(json.dumps(described), encoding="utf-8")
    (output.published / "current").symlink_to(NAME)


def test_its_publication_is_known_whole_and_can_be_thinned(former: Output) -> None:
    (one,) = publications.all_publications(former)
    assert one == publications.current(former) and publications.differences(one.folder) == []
    publications.publish(former, date(2026, 9, 30), {"build_digest": "d"}, lambda folder, _name, _number: {})
    done = thinning.thin(former, date(2026, 9, 1), dry_run=False)
    assert [old.publication_id for old in done.publications] == [NAME]
    assert (one.folder / GROUNDS / FIGURES).exists() and not (one.folder / "kommune").exists()
    assert publications.differences(one.folder) == []


def test_its_delivery_is_judged_again_under_todays_contract(former: Output) -> None:
    assert batch_list.find(former, NAME).receipt["contract_version"] == FORMER_CONTRACT
    folder = batch_rows.stage(former, NAME)
    staged = json.loads((folder / "staged.json").read_text(encoding="utf-8"))
    assert staged["contract_version"] == contract().version
    assert batch_list.find(former, NAME).receipt["contract_version"] == FORMER_CONTRACT, "a receipt never changes"


def test_its_figures_are_among_those_that_a_build_compares_with_and_lack_only_own_figures(former: Output) -> None:
    batch_rows.stage(former, NAME)
    inputs = inputs_of(Request(former), read(former))
    assert [file.parent.parent.parent.name for file in inputs.earlier_figures] == [NAME]
    with duckdb.connect() as connection:
        build.load(connection, former, inputs)
        found = connection.execute(
            "select publication_id, publication_number, due, met, own_due, own_met from raw.earlier_figures"
        ).fetchall()
    assert found == [(NAME, 1, 12, 9, None, None)]


def test_what_it_printed_is_reckoned_with_as_it_was_printed(former: Output) -> None:
    (one,) = publications.all_publications(former)
    assert guard.find(one.folder / GROUNDS) == FormerPrinted(
        NAME,
        {
            Key("aid_decided", "national", "DK", "2026-Q2", "due"): 12,
            Key("aid_decided", "municipality", "147", "2026-Q2", "due"): HIDDEN,
        },
    )


def test_its_trail_is_read_and_its_last_run_told(former: Output) -> None:
    found = status.read(former, datetime(2026, 7, 2, 9, 0, tzinfo=UTC))
    told = "\n".join(status_text.as_lines(found))
    assert "gennemført" in told and f"Udgivelse   {NAME}" in told and not found.has_failed
