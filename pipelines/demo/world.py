"""The whole synthetic world as one stream of rows.

Belongs here: which parts make up the world, and their order. Does not belong here: the parts themselves, or what of
them a batch shows.
"""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.demo.cooperation import agreement_rows, meeting_rows
from pipelines.demo.rows import Row
from pipelines.demo.scene import Scene
from pipelines.demo.sentence_cases import Paroled, sentence_case_rows
from pipelines.demo.supervision_cases import supervision_case_rows


def world_rows(scene: Scene, sentence_cases: int, supervision_cases: int) -> Iterator[Row]:
    """Every row there will ever be, case by case, so that no more than one case is held in memory."""
    yield from scene.institutions.rows()
    yield from agreement_rows(scene)
    yield from meeting_rows(scene)
    paroled: list[Paroled] = []
    yield from sentence_case_rows(scene, sentence_cases, paroled)
    yield from supervision_case_rows(scene, supervision_cases, paroled)
