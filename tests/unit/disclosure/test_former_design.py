"""A folder whose earlier publications were made by the former design goes on: its figures stand as known facts."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from pipelines.disclosure import guard, storage
from pipelines.disclosure.attack.audit import audit
from pipelines.disclosure.model import HIDDEN, FormerPrinted, Key, Unit
from pipelines.errors import UserError

from .worlds import RULE, K, one_year

EAST: tuple[Unit, Unit] = (("region", "R1"), ("area", "East"))


def test_its_files_are_read_as_what_they_printed() -> None:
    content = {"name": "old", "published": [[RULE, "municipality", "a", "2026-Q3", "due", 0]], "counts": []}
    found = storage.printed_from_json(json.dumps(content))
    assert found == FormerPrinted("old", {Key(RULE, "municipality", "a", "2026-Q3", "due"): 0})


def test_a_file_of_a_later_program_stops_the_publication_instead_of_being_left_out(tmp_path: Path) -> None:
    content = {"format": storage.FORMAT + 1, "name": "new", "published": []}
    (tmp_path / guard.PRINTED).write_bytes(gzip.compress(json.dumps(content).encode()))
    with pytest.raises(UserError, match="nyere version"):
        guard.find(tmp_path)
    with pytest.raises(storage.WrittenByLaterProgram):
        storage.certificate_from_json(json.dumps({"format": storage.CERTIFICATE_FORMAT + 1}))


def test_a_proof_from_before_proofs_had_a_number_is_read() -> None:
    due = {m: [9] * 4 for m in "cdefgh"} | {"a": [1] * 4, "b": [2] * 4}
    problem = one_year(dict.fromkeys("abcdefgh", EAST), due)
    proof = guard.guard(problem, threshold=K, seed=b"x", earlier=[]).verdict.certificate
    content = json.loads(storage.certificate_to_json(proof))
    del content["format"]
    assert storage.certificate_from_json(json.dumps(content)) == proof


def test_a_proof_of_the_former_design_is_known_as_such_and_not_misread() -> None:
    cell = ["aid_applied", "461", "2025-Q4", "2026-09-30", "not_met", 0]
    claim = [["aid_applied", "area", "Vest", "quarter", "2025-Q4", "due", "2026-09-30"], [0, 1], [5, 6]]
    content = {"threshold": 5, "insiders": True, "tables": [[cell]], "claims": [claim], "given_away": []}
    with pytest.raises(storage.WrittenByFormerDesign):
        storage.certificate_from_json(json.dumps(content))


def test_what_it_printed_enters_the_attack_and_what_was_counted_anew_is_told() -> None:
    due = {m: [9] * 4 for m in "defghijk"} | {"a": [0, 0, 0, 1], "b": [1] * 4, "c": [1] * 4}
    problem = one_year(dict.fromkeys("abcdefghijk", EAST), due)
    known = {Key(RULE, "municipality", m, "2026-Q4", "due"): sum(due[m]) for m in "b"}
    other = {Key(RULE, "municipality", "d", "2026-Q4", "due"): 35}
    former = FormerPrinted("old", known | other)
    guarded = guard.guard(problem, threshold=K, seed=b"x", earlier=[former])
    assert guarded.verdict.green
    assert guarded.verdict.left_out == 1
    opened = {(finding.target.unit, finding.reader) for finding in guarded.verdict.given_away}
    assert ("b", "outsider") in opened
    assert all(value is HIDDEN for key, value in guarded.published.items() if key.unit == "b")
    alone = audit(guarded.published, problem, threshold=K)
    assert not alone.given_away
