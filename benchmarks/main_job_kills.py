"""``kill -9`` at random moments of the main job: is all whole at once, and does the next run end as an undisturbed one?

Run with: python -m benchmarks.main_job_kills [--kills 200] [--seed 1]

Belongs here: starting, killing and judging whole runs (ingest, build, publication). Does not belong here: receiving
alone (``benchmarks.kills``).

A moment is a stage that the run tells on stderr and random seconds within it, or the n-th change of the output folder
(a rename, a link, a file opened for writing), so that also what takes a millisecond is hit. The whole process group is
killed, or the main process alone, so that the processes it started outlive it. A run is forked from a process that has
imported everything, so that starting up is not what is hit; the code under test is that of the command line.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import hashlib
import json
import os
import random
import re
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from pipelines import audit_trail, publications
from pipelines.batches import batch_list
from pipelines.layout import Output
from pipelines.receiving import archive

_CHANGES = ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.symlink", "os.link", "os.truncate", "os.chmod")
_ENDS_STAGE = re.compile(r"\(\d+,\d s\)$")
_KEY = "a key for measuring only, of no worth"


@dataclass
class World:
    """Deliveries, an output folder to begin with, and what an undisturbed run makes of them."""

    name: str
    landing: Path
    begin: Path | None
    settings: str
    expected: dict[str, Any] = field(default_factory=dict)
    contents_before: list[Any] = field(default_factory=list)
    stages: list[tuple[str, float]] = field(default_factory=list)
    changes: int = 0

    def fresh(self, root: Path) -> Output:
        """Make the output folder to begin with."""
        if self.begin is not None:
            shutil.copytree(self.begin, root, symlinks=True)
        return Output(root)


# ---- running and killing ---------------------------------------------------------------------------------------------


def import_everything() -> None:
    """Import what a run imports, without opening a database or starting a thread."""
    import pyarrow.parquet  # noqa: F401

    from pipelines.code_version import code_version
    from pipelines.contract import contract

    code_version()
    contract()
    gc.collect()
    gc.freeze()  # what is imported is not gone through, and so not copied, in every fork


def begin(world: World, output: Output, count_to: int | None = None, report: Path | None = None) -> tuple[int, int]:
    """Fork a run; return its process and the reading end of its stderr. At change ``count_to`` it kills itself."""
    reading, writing = os.pipe()
    process = os.fork()
    if process:
        os.close(writing)
        return process, reading
    try:
        os.setpgid(0, 0)
        os.close(reading)
        os.dup2(writing, 2)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        sys.stderr = os.fdopen(2, "w", buffering=1, closefd=False)
        sys.stdout = os.fdopen(1, "w", closefd=False)
        os.environ["GOD_LOESLADELSE_CONFIGURATION"] = world.settings
        changes = _count_changes(output.root, count_to) if count_to is not None or report is not None else int
        from pipelines import cli

        status = cli.main(["run", "--landing", str(world.landing), "--output", str(output.root)])
        if report is not None:
            report.write_text(str(changes()), encoding="ascii")
        os._exit(status)
    except BaseException as problem:
        os.write(2, f"benchmark itself: {problem!r}\n".encode())
        os._exit(70)


def _count_changes(root: Path, kill_at: int | None) -> Callable[[], int]:
    count = 0
    below = str(root)

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal count
        if event == "open":
            path, _, flags = arguments
            if not (flags or 0) & (os.O_WRONLY | os.O_RDWR | os.O_CREAT) or not str(path).startswith(below):
                return
        elif event not in _CHANGES or not any(str(part).startswith(below) for part in arguments[:2]):
            return
        count += 1
        if count == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)
    return lambda: count


def run_to_end(world: World, output: Output, *, counted: bool = False) -> tuple[int, list[tuple[str, float]], str, int]:
    """Run undisturbed; return the status, each line's stage with its seconds, all that was said, and the changes."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "changes"
        process, reading = begin(world, output, report=report if counted else None)
        stages, said = [], []
        last = time.monotonic()
        with os.fdopen(reading, encoding="utf-8") as lines:
            for line in lines:
                now = time.monotonic()
                said.append(line)
                if _ENDS_STAGE.search(line):
                    stages.append((_stage(line), now - last))
                    last = now
        status = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
        stages.append(("", time.monotonic() - last))
        changes = int(report.read_text(encoding="ascii")) if report.exists() else 0
    return status, stages, "".join(said), changes


def _stage(line: str) -> str:
    return line.partition(" (")[0].partition(":")[0].partition(" pr. ")[0].strip()


def kill_in_stage(world: World, output: Output, stage: int, seconds: float, *, whole_group: bool) -> bool:
    """Kill a run so long after the line before the stage; return whether it was still at work."""
    process, reading = begin(world, output)
    # A stage that is done already is passed over, and so is the line that ends it.
    before = {name for name, _ in world.stages[max(stage - 1, 0) :]}
    with os.fdopen(reading, encoding="utf-8") as lines:
        if stage:
            for line in lines:
                if _ENDS_STAGE.search(line) and _stage(line) in before:
                    break
        time.sleep(seconds)
        with contextlib.suppress(ProcessLookupError):
            (os.killpg if whole_group else os.kill)(process, signal.SIGKILL)
        return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) == -signal.SIGKILL


def kill_at_change(world: World, output: Output, change: int, *, whole_group: bool) -> bool:
    """Let a run be killed right before its n-th change of the output folder; return whether it was."""
    process, reading = begin(world, output, count_to=change)
    status = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    if whole_group:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process, signal.SIGKILL)
    os.close(reading)
    return status == -signal.SIGKILL


def in_child(work: Callable[[], Any]) -> Any:
    """Do the work in a forked process and return its (JSON) result: this process must open no database itself."""
    reading, writing = os.pipe()
    process = os.fork()
    if not process:
        os.close(reading)
        try:
            result = {"result": work()}
        except BaseException as problem:
            result = {"problem": f"{type(problem).__name__}: {problem}"}
        with os.fdopen(writing, "w") as stream:
            json.dump(result, stream)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as stream:
        text = stream.read()
    os.waitpid(process, 0)
    answer = json.loads(text)
    if "problem" in answer:
        raise AssertionError(answer["problem"])
    return answer["result"]


# ---- judging ---------------------------------------------------------------------------------------------------------


def content(file: Path) -> Any:
    """Return every table of the marts: its rows counted and summed by hash, row for row."""
    import duckdb

    with duckdb.connect(str(file), read_only=True) as connection:
        tables = connection.execute(
            "select table_name from duckdb_tables() where schema_name = 'marts' order by 1"
        ).fetchall()
        name = "marts.marts" if file.name == "marts.duckdb" else "marts"
        query = "select '{0}', count(*), sum(hash(t::varchar))::varchar from {1}.{0} as t"
        return [list(connection.execute(query.format(table, name)).fetchall()[0]) for (table,) in tables]


def contents(output: Output) -> dict[str, Any]:
    """Return the marts of both files."""
    return {file.name: content(file) if file.exists() else None for file in (output.warehouse, output.marts)}


def fingerprint(folder: Path) -> dict[str, str]:
    """Return name and checksum of each file."""
    return {
        str(path.relative_to(folder)): f"{path.stat().st_mtime_ns} {hashlib.sha256(path.read_bytes()).hexdigest()}"
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink()
    }


def faults_now(world: World, output: Output, earlier: dict[str, dict[str, str]]) -> list[str]:
    """Return what is not whole right after a kill, before any other run."""
    found = []
    try:
        now = in_child(lambda: contents(output))
    except AssertionError as problem:
        return [f"a database does not open: {problem}"]
    for name, rows in now.items():
        if rows is not None and rows != world.expected["contents"][name] and rows not in world.contents_before:
            found.append(f"{name} is no complete build")
        if (output.root / f"{name}.wal").exists():
            found.append(f"{name} has a log")
    current = publications.current(output)
    if (output.published / "current").is_symlink() and current is None:
        found.append("the pointer leads nowhere")
    if current is not None and publications.differences(current.folder):
        found.append("the pointer's publication is not whole")
    found += [f"{name} changed" for name, before in earlier.items() if fingerprint(output.published / name) != before]
    for batch_id in archive.batch_ids(output):
        files = batch_list.find(output, batch_id).receipt["files"]
        if not all(archive.is_kept(output, file["sha256"], file["file"]) for file in files):
            found.append(f"bytes of {batch_id} are not kept")
    return found


def outcome(output: Output) -> dict[str, Any]:
    """Return all that must be the same however the runs went."""
    every = publications.all_publications(output)
    now = publications.current(output)
    unfinished = [
        str(path.relative_to(output.root))
        for place in (output.published, output.work, output.archive, output.staged)
        for path in place.rglob(".*" if place != output.work else "*")
    ]
    counts: dict[str, int] = {}
    for entry in audit_trail.entries(output):
        if entry["event"] in ("delivery_received", "publication"):
            name = f"{entry['event']} {entry.get('batch') or entry.get('publication')}"
            counts[name] = counts.get(name, 0) + 1
    return {
        "contents": in_child(lambda: contents(output)),
        "publications": [publication.publication_id for publication in every],
        "current": now.publication_id if now else None,
        "differences": [line for publication in every for line in publications.differences(publication.folder)],
        "unfinished": unfinished,
        "batches": [batch.batch_id for batch in batch_list.all_batches(output)],
        "judged": sorted(path.parent.name for path in output.staged.glob("*/validation.json")),
        "audit": counts,
    }


# ---- worlds ----------------------------------------------------------------------------------------------------------


def worlds(folder: Path, sentence_cases: int) -> list[World]:
    """Make the deliveries, run each world undisturbed, and note what must come of it."""
    from pipelines.demo.history import write_history

    def settings(name: str, editions: str, processes: int) -> str:
        file = folder / f"{name}.toml"
        text = f'[publication]\neditions = [{editions}]\nformats = ["html", "csv"]\nprocesses = {processes}\n'
        file.write_text(text, encoding="utf-8")
        return str(file)

    landing = folder / "landing"
    days = [date(2026, 6, 30), date(2026, 9, 30)]
    write_history(landing, days, sentence_cases=sentence_cases, supervision_cases=sentence_cases * 2 // 3)
    first = folder / "landing-first"
    shutil.copytree(landing / "2026-06-30", first / "2026-06-30")
    shared, own = '"direktorat", "delt"', '"direktorat"'
    earlier = Output(folder / "earlier")
    status, _, said, _ = run_to_end(World("", first, None, settings("own", own, 1)), earlier)
    assert status == 0, said
    made = [
        World("nothing before, restricted edition", landing, None, settings("own", own, 1)),
        World("an earlier publication, shared edition", landing, earlier.root, settings("shared", shared, 1)),
        World("the same, pages in two processes", landing, earlier.root, settings("two", shared, 2)),
    ]
    for number, world in enumerate(made):
        output = world.fresh(folder / f"undisturbed{number}")
        if world.begin is not None:
            world.contents_before = list(in_child(lambda place=output: contents(place)).values())
        status, world.stages, said, world.changes = run_to_end(world, output, counted=True)
        assert status == 0, said
        world.expected = outcome(output)
        assert not world.expected["differences"] and not world.expected["unfinished"], world.expected
    return made


# ---- the campaign ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Moment:
    """When to kill: seconds within a stage, or (``change``) right before a change of the output folder."""

    stage: int
    seconds: float
    change: int | None
    whole_group: bool


def moments(world: World, chance: random.Random) -> list[Moment]:
    """Choose the kills before one undisturbed run: evenly over ingest, build and publication, earlier ones first.

    In that order, since a run killed late has finished what comes before.
    """
    names = [name for name, _ in world.stages]
    build = next(place for place, name in enumerate(names) if name.startswith("Bygger"))
    parts = (range(build), range(build, build + 1), range(build + 1, len(names)))
    found = []
    for _ in range(chance.choice((2, 10, 15))):
        part = chance.choice(parts)
        stage = chance.choices(part, [world.stages[place][1] + 0.05 for place in part])[0]
        change = chance.randint(1, world.changes) if chance.random() < 0.3 else None
        seconds = chance.uniform(0, world.stages[stage][1] * 0.95)
        found.append(Moment(stage, seconds, change, chance.random() < 0.5))
    return sorted(found, key=lambda moment: (moment.stage, moment.seconds))


def campaign(
    kills: int, seed: int, sentence_cases: int, report: Callable[[dict[str, Any]], None], keep: Path
) -> dict[str, Any]:
    """Kill so many runs, several in a row, then let one run undisturbed. Returns the counts and every fault."""
    chance = random.Random(seed)
    counts: dict[str, Any] = {"kills": 0, "converged": 0, "by stage": {}, "by victim": {}, "faults": []}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        made = worlds(folder, sentence_cases)
        report({"worlds": [[world.name, world.changes, world.stages] for world in made]})
        number = 0
        while counts["kills"] < kills:
            number += 1
            world = chance.choice(made)
            output = world.fresh(folder / f"killed{number}")
            earlier = {}
            if world.begin is not None:
                earlier = {path.name: fingerprint(path) for path in output.published.iterdir() if not path.is_symlink()}
            faults, story = [], []
            for moment in moments(world, chance):
                where = _kill(world, output, moment)
                if where is None:
                    story.append("was already done")
                    break
                victim = "whole group" if moment.whole_group else "main process alone"
                story.append(f"{where} ({victim})")
                counts["kills"] += 1
                stage = where.partition(" +")[0] if moment.change is None else "at a change"
                counts["by stage"][stage] = counts["by stage"].get(stage, 0) + 1
                counts["by victim"][victim] = counts["by victim"].get(victim, 0) + 1
                faults += faults_now(world, output, earlier)
            faults += _converge(world, output)
            counts["converged"] += not faults
            if faults:
                counts["faults"].append({"world": world.name, "story": story, "faults": faults, "kept": number})
                with contextlib.suppress(OSError):
                    shutil.copytree(output.root, keep / f"killed{number}", symlinks=True)
            shutil.rmtree(output.root)
            report({"number": number, "world": world.name, "story": story, "faults": faults, "kills": counts["kills"]})
    return counts


def _kill(world: World, output: Output, moment: Moment) -> str | None:
    """Start a run and kill it; return where, None when it had ended by then."""
    if moment.change is not None:
        hit = kill_at_change(world, output, moment.change, whole_group=moment.whole_group)
        return f"before change {moment.change}" if hit else None
    hit = kill_in_stage(world, output, moment.stage, moment.seconds, whole_group=moment.whole_group)
    title = world.stages[moment.stage][0] or "efter sidste linje"
    return f"{title} + {moment.seconds:.2f}" if hit else None


def _converge(world: World, output: Output) -> list[str]:
    """Run undisturbed; return how what is there differs from what an undisturbed run made of the beginning."""
    status, stages, said, _ = run_to_end(world, output)
    quickest = dict(stages)  # others use the machine too: the shortest time is the stage's own
    world.stages = [(name, min(seconds, quickest.get(name, seconds))) for name, seconds in world.stages]
    if status != 0:
        return [f"the next run ended with {status}: {said[-600:]}"]
    found = outcome(output)
    return [
        f"{part}: {found[part]} instead of {wanted}"[:600]
        for part, wanted in world.expected.items()
        if found[part] != wanted
    ]


def main() -> int:
    """Print what came of the kills; 1 when there was a single fault."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--sentence-cases", type=int, default=60)
    parser.add_argument("--keep", type=Path, help="where to keep the output folder of a faulty outcome")
    chosen = parser.parse_args()
    os.environ["GOD_LOESLADELSE_PSEUDONYM_KEY"] = _KEY
    import_everything()

    def report(line: dict[str, Any]) -> None:
        print(json.dumps(line, ensure_ascii=False), flush=True)

    keep = chosen.keep or Path(tempfile.mkdtemp(prefix="kills-"))
    counts = campaign(chosen.kills, chosen.seed, chosen.sentence_cases, report, keep)
    report(counts)
    return 1 if counts["faults"] else 0


if __name__ == "__main__":
    raise SystemExit(main())
