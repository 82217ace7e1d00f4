"""A publication in every format is attacked from outside and as every municipality, by all of its files alone.

The sample of it is ``tests/pipeline/test_attack_on_a_publication.py``, with pages and data and a lot of what is hidden.
"""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import pytest

from pipelines import publications
from pipelines.disclosure import guard
from pipelines.disclosure.model import Printed
from pipelines.layout import Output
from pipelines.publishing.grounds import GROUNDS
from tests.pipeline.whole_path import run, small_world
from tests.unit.disclosure.attacker import Attacker, insiders
from tests.unit.disclosure.published.attack import read_publication, said

SETTINGS = """[publication]
editions = ["delt"]
formats = ["html", "pdf", "xlsx", "csv"]
processes = 2
"""
DRAWN = 30
"""Of each family so many hidden figures are tried by every municipality; all of them are tried from outside."""


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Output:
    made = Output(tmp_path_factory.mktemp("all-formats") / "output")
    done = run(small_world().landing, made, settings=SETTINGS)
    assert done.returncode == 0, done.stderr
    return made


def test_no_hidden_figure_is_worked_out_from_all_files_of_all_formats(output: Output) -> None:
    (publication,) = publications.all_publications(output)
    grounds = guard.find(publication.folder / GROUNDS)
    assert isinstance(grounds, Printed)
    reading = read_publication(publication.folder / "delt")
    assert reading.not_understood == []
    files = Counter(Path(one.partition("!")[0]).suffix for one in {figure.file for figure in reading.figures})
    assert files.keys() == {".html", ".pdf", ".xlsx", ".csv"} and min(files.values()) > 100
    told = said(reading.figures, grounds.published)
    assert (told.leaks, told.beside, told.printed) == ([], [], grounds.published)
    for family in grounds.problem.families:
        attacker = Attacker([(grounds.problem, told.printed)], family, beside=[told.beside])
        rows = {tuple(row): key for key, row in attacker.protected()}
        assert attacker.exposed() == [], family
        drawn = random.Random(family).sample(sorted(rows), min(len(rows), DRAWN))
        assert attacker.exposed(insiders(grounds.problem), [(rows[row], list(row)) for row in drawn]) == [], family
