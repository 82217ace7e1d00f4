"""The house: a stage is a room, every import goes down, and there is no circle."""

from __future__ import annotations

import ast
import collections
from graphlib import CycleError, TopologicalSorter

from tests.conventions.imports import imports, modules, room

# From the ground up; what stands on one line may not import its neighbours. The five stages are marked. What stands
# above the stages brings them together; mailing and replies are lives of their own beside them.
FLOORS = (
    ("accounts", "errors", "danish", "layout", "progress", "units"),
    ("code_version", "durable_files", "given_secrets", "quarters", "table_files", "typesetting", "zip_files"),
    ("configuration", "contract", "equal_files", "failure_report"),
    ("privacy", "demo", "vocabulary"),
    ("audit_trail",),
    ("locks",),
    ("people", "publications"),
    ("receiving",),  # stage 1: received
    ("judging",),  # stage 2: judged
    ("batches",),
    ("expectations", "warehouse"),  # stage 3: built
    ("rules",),
    ("disclosure",),  # stage 4: protected
    ("mailing",),
    ("replies",),
    ("reports",),
    ("publishing",),  # stage 5: published
    ("sharing", "upkeep", "watching"),
    ("runs",),
    ("orchestration",),
    ("commands",),
    ("cli", "pipelines"),
)
FLOOR_OF = {name: height for height, names in enumerate(FLOORS) for name in names}


def test_every_room_has_its_floor() -> None:
    rooms = {room(module) for module in modules()}
    assert rooms - FLOOR_OF.keys() == set(), "a new room must be given a floor here and in docs/arkitektur.md"
    assert FLOOR_OF.keys() - rooms == set(), "these rooms no longer exist"


def test_nothing_imports_upwards_or_sideways_between_rooms() -> None:
    up = [
        f"{module} imports {wanted}"
        for module, all_wanted in sorted(imports().items())
        for wanted in sorted(all_wanted)
        if room(module) != room(wanted) and FLOOR_OF[room(wanted)] >= FLOOR_OF[room(module)]
    ]
    assert up == []


def test_no_circle_of_files() -> None:
    try:
        tuple(TopologicalSorter(imports()).static_order())
    except CycleError as circle:
        raise AssertionError(" -> ".join(reversed(circle.args[1]))) from None


def test_what_the_pages_take_from_the_pipelines_never_takes_from_the_pages() -> None:
    reached: set[str] = set()
    waiting = [wanted for module, wanted_by in imports().items() if room(module) == "reports" for wanted in wanted_by]
    while waiting:
        module = waiting.pop()
        if room(module) != "reports" and module not in reached:
            reached.add(module)
            waiting.extend(imports()[module])
    assert {module for module in reached if any(room(wanted) == "reports" for wanted in imports()[module])} == set()


def test_a_stage_is_a_room_and_the_document_names_each() -> None:
    document = (modules()["pipelines"].parents[1] / "docs" / "arkitektur.md").read_text(encoding="utf-8")
    for stage in ("receiving", "judging", "warehouse", "disclosure", "publishing"):
        assert f"pipelines.{stage}" in modules()
        assert f"`pipelines/{stage}/`" in document, stage


def test_no_two_classes_of_the_program_have_one_name() -> None:
    places = collections.defaultdict(list)
    for module, file in modules().items():
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places[node.name].append(module)
    assert len(places) > 200
    assert {name: files for name, files in places.items() if len(files) > 1} == {}
