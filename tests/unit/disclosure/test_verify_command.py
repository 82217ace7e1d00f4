"""``verify`` adds up the proof of a publication as well as its sums: of a whole one, a changed one, a moved one."""

from __future__ import annotations

import gzip
import hashlib
import json
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pipelines import cli, publications
from pipelines.disclosure import guard
from pipelines.disclosure.families import families_of
from pipelines.layout import Output
from pipelines.publications import Publication
from pipelines.publishing import thinning
from pipelines.publishing.grounds import GROUNDS

from . import worlds

DAYS = (date(2025, 12, 31), date(2026, 3, 31), date(2026, 6, 30))
Content = dict[str, Any]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three publications in a row of a small country, the last of which builds on cells of those before it."""
    output = Output(tmp_path_factory.mktemp("proof"))
    families = families_of({"rule": "denominator"})
    problems = worlds.History(1, municipalities=10, span=6, families=families).problems()
    for day, (printed, guarded) in zip(DAYS, worlds.publish(problems), strict=True):

        def write(
            folder: Path,
            publication_id: str,
            _number: int,
            printed: guard.Printed = printed,
            guarded: guard.Guarded = guarded,
        ) -> Content:
            (folder / "delt").mkdir()
            (folder / "delt" / "index.html").write_text(publication_id, encoding="utf-8")
            guard.keep(folder / GROUNDS, printed)
            guard.keep_certificate(folder / GROUNDS, guarded.verdict.certificate)
            return {"disclosure_audit": {"threshold": worlds.K}}

        publications.publish(output, day, {"code_version": "1.0.0+0123456789ab"}, write)
    return output.published


@pytest.fixture
def published(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "published", symlinks=True))


def newest(published: Path) -> Publication:
    return publications.read(published / "current")


def replace_file(publication: Publication, name: str, content: bytes) -> None:
    """Change a file of the grounds and its sum in ``release.json`` too, as one would who wants it not to be noticed."""
    file, paper = publication.folder / GROUNDS / name, publication.folder / "release.json"
    description = json.loads(paper.read_text(encoding="utf-8"))
    entry = next(one for one in description["files"] if one["path"] == (GROUNDS / name).as_posix())
    entry["sha256"], entry["bytes"] = hashlib.sha256(content).hexdigest(), len(content)
    for path, new in ((file, content), (paper, json.dumps(description).encode())):
        path.unlink()
        path.write_bytes(new)


def change(publication: Publication, name: str, by: Callable[[Content], object]) -> None:
    content = json.loads(gzip.decompress((publication.folder / GROUNDS / name).read_bytes()))
    by(content)
    replace_file(publication, name, gzip.compress(json.dumps(content).encode()))


def test_a_proof_that_adds_up_is_said_with_how_many_figures_and_tables(
    published: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, *_between, last = [guard.find_certificate(published / day.isoformat() / GROUNDS) for day in DAYS]
    assert first and last and len(first.claims) > 5 and len(last.claims) == 1
    assert cli.main(["verify", str(published / DAYS[0].isoformat())]) == 0
    said = capsys.readouterr()
    assert "alle kontrolsummer stemmer" in said.out and said.err == ""
    assert f"Beviset går op: {len(first.claims)} skjulte tal kan være alt fra 0 til 4, og " in said.out
    assert f" {len(first.tables)} tabeller viser det." in said.out
    assert cli.main(["verify", str(published / "current")]) == 0
    said = capsys.readouterr()
    assert "Beviset går op: 1 skjult tal kan være alt fra 0 til 4, og " in said.out
    assert f" {len(last.tables)} tabeller viser det, regnet sammen med 2 tidligere." in said.out


def _another_number(proof: Content) -> None:
    proof["tables"][-1][0][-1] += 1


def _below_none(proof: Content) -> None:
    proof["tables"][0][0][-1] = -1


def _no_tables(proof: Content) -> None:
    next(claim for claim in proof["claims"] if claim[1])[1] = []


def _no_claim(proof: Content) -> None:
    proof["claims"].pop()


def _lower_threshold(proof: Content) -> None:
    proof["threshold"] = 3


def _no_such_table(proof: Content) -> None:
    proof["claims"][0][2] = [99999]


def _unknown_publication(proof: Content) -> None:
    proof["tables"][0][0][3] = "2019-12-31"


@pytest.mark.parametrize(
    ("by", "fault"),
    [
        (_another_number, "passer ikke med"),
        (_below_none, "ikke kan tælles"),
        (_no_tables, "overbeviser ikke"),
        (_no_claim, "intet bevis for"),
        (_lower_threshold, "beviset er for grænsen 3, og udgivelsen er lavet med 5"),
        (_no_such_table, "nævner en tabel, der ikke er der"),
        (_unknown_publication, "ikke må være et andet"),
    ],
)
def test_one_thing_changed_in_the_proof_is_noticed_though_the_sums_are_right(
    published: Path, capsys: pytest.CaptureFixture[str], by: Callable[[Content], None], fault: str
) -> None:
    change(newest(published), guard.CERTIFICATE, by)
    assert cli.main(["verify", str(published / "current")]) == 1
    said = capsys.readouterr()
    assert "alle kontrolsummer stemmer" in said.out
    assert fault in said.err and "Beviset går ikke op: " in said.err and "går op: " not in said.out


@pytest.mark.parametrize("number", [0, 2])
def test_a_figure_printed_otherwise_than_counted_is_noticed_also_in_an_earlier_publication(
    published: Path, capsys: pytest.CaptureFixture[str], number: int
) -> None:
    def other_figure(printed: Content) -> None:
        next(row for row in printed["published"] if row[-1] is not None)[-1] += 1

    change(publications.read(published / DAYS[number].isoformat()), guard.PRINTED, other_figure)
    # Both are about 2025: the last publication's rolling year begins in it.
    assert cli.main(["verify", str(published / "current")]) == 1
    assert "men er talt anderledes" in capsys.readouterr().err


def test_a_thinned_publication_keeps_its_proof_and_it_is_checked(
    published: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    thinning.thin(Output(published.parent), date(2026, 5, 1), dry_run=False)
    thinned = publications.read(published / DAYS[1].isoformat())
    assert cli.main(["verify", str(thinned.folder)]) == 0
    said = capsys.readouterr().out
    assert "1 sider og filer er tyndet ud" in said and "Beviset går op: " in said and "med 1 tidligere" in said
    change(thinned, guard.CERTIFICATE, _another_number)
    assert cli.main(["verify", str(thinned.folder)]) == 1


def test_away_from_the_publications_it_builds_on_the_proof_is_said_not_to_be_checked(
    published: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = shutil.copytree(newest(published).folder, tmp_path / "elsewhere" / "copy")
    assert cli.main(["verify", str(copy)]) == 0
    said = capsys.readouterr().out
    assert "Beviset er ikke efterregnet: " in said and "udgivelse nr. 1, 2 ligger ikke ved siden af" in said


def test_a_publication_before_it_without_its_grounds_is_as_if_it_were_not_there(
    published: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.rmtree(published / DAYS[1].isoformat() / GROUNDS)
    assert cli.main(["verify", str(published / "current")]) == 0
    assert "udgivelse nr. 2 ligger ikke ved siden af" in capsys.readouterr().out


def test_a_lower_threshold_is_a_fault_wherever_the_publication_lies(
    published: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change(newest(published), guard.CERTIFICATE, _lower_threshold)
    copy = shutil.copytree(newest(published).folder, tmp_path / "elsewhere" / "copy")
    assert cli.main(["verify", str(copy)]) == 1
    assert "beviset er for grænsen 3" in capsys.readouterr().err


def test_the_first_publication_can_be_checked_wherever_it_lies(
    published: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = shutil.copytree(published / DAYS[0].isoformat(), tmp_path / "elsewhere" / "copy")
    assert cli.main(["verify", str(copy)]) == 0
    assert "Beviset går op: " in capsys.readouterr().out


def test_a_copy_without_the_grounds_says_that_the_proof_is_not_there(
    published: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    leave_out = shutil.ignore_patterns(GROUNDS.name)
    copy = shutil.copytree(published / DAYS[0].isoformat(), tmp_path / "copy", ignore=leave_out)
    assert cli.main(["verify", str(copy)]) == 1, "its sums name the files that are not there"
    said = capsys.readouterr()
    assert "Beviset er ikke efterregnet: direktorat/grundlag/ er ikke helt med" in said.out
    assert f"{(GROUNDS / guard.CERTIFICATE).as_posix()} mangler" in said.err


def test_a_publication_without_a_shared_edition_has_no_proof(
    output: Output, capsys: pytest.CaptureFixture[str]
) -> None:
    made = publications.publish(output, DAYS[0], {}, lambda folder, _publication_id, _number: {})
    assert cli.main(["verify", str(made.folder)]) == 0
    assert "ingen delt udgave og derfor intet bevis" in capsys.readouterr().out


def _zipped(content: object) -> bytes:
    return gzip.compress(json.dumps(content).encode())


def _printed(cell: list[object]) -> bytes:
    return _zipped({"threshold": 5, "tables": [[cell]], "claims": []})


#: What a file of the grounds may hold that cannot be read. Named: zipped bytes bear the second they were made in.
DAMAGED = {
    "not zipped": b"no zip",
    "cut short": _zipped([])[:-6],
    "no text": gzip.compress(b"\xff"),
    "half a text": gzip.compress(b"{"),
    "a list": _zipped([]),
    "a cell of two": _printed(["rule", "101"]),
    "half a person": _printed(["rule", "101", "2025-Q1", "x", 0, 1.5]),
    "a claim without words": _zipped({"threshold": 5, "tables": [], "claims": [[["rule"], [], []]]}),
}


@pytest.mark.parametrize("name", [guard.CERTIFICATE, guard.PRINTED])
@pytest.mark.parametrize(
    ("content", "fault"),
    [
        *(pytest.param(content, "er beskadiget", id=what) for what, content in DAMAGED.items()),
        pytest.param(_zipped({"format": 99}), "nyere version", id="a format to come"),
    ],
)
def test_a_damaged_file_of_the_grounds_is_told_with_its_name(
    published: Path, capsys: pytest.CaptureFixture[str], name: str, content: bytes, fault: str
) -> None:
    replace_file(newest(published), name, content)
    assert cli.main(["verify", str(published / "current")]) == 1
    told = capsys.readouterr().err
    assert f"{name} " in told and fault in told and "Traceback" not in told and told.count("\n") == 1


def test_a_proof_of_the_former_design_says_which_version_can_check_it(
    published: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change(newest(published), guard.CERTIFICATE, lambda proof: proof.update(insiders=True))
    assert cli.main(["verify", str(published / "current")]) == 0
    assert "den version af programmet, der skrev det (1.0.0+0123456789ab)" in capsys.readouterr().out


def _of_the_former_design(printed: Content) -> None:
    del printed["format"]


def test_what_publications_of_the_former_design_gave_away_is_said_to_be_beyond_the_proof(
    published: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = (published / day.isoformat() for day in DAYS[:2])
    change(publications.read(first), guard.PRINTED, _of_the_former_design)
    assert cli.main(["verify", str(first)]) == 0
    assert "skrevet efter den tidligere metode" in capsys.readouterr().out
    assert cli.main(["verify", str(published / "current")]) == 0
    assert "Tal efter den tidligere metode (1 tidligere udgivelse) er ikke regnet med." in capsys.readouterr().out
    change(publications.read(second), guard.PRINTED, _of_the_former_design)
    assert cli.main(["verify", str(published / "current")]) == 0
    said = capsys.readouterr().out
    assert "ikke efterregnet: 2 tidligere udgivelser viser tal efter den tidligere metode" in said


def test_a_figure_of_a_duty_that_was_not_counted_is_told(published: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def unknown_duty(printed: Content) -> None:
        printed["published"][0][0] = "no_such_duty"

    change(newest(published), guard.PRINTED, unknown_duty)
    assert cli.main(["verify", str(published / "current")]) == 1
    assert "trykt.json.gz nævner en regel eller en enhed, der ikke er talt" in capsys.readouterr().err
