"""One run at a time, and what a killed run leaves is settled."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from pipelines import audit_trail
from pipelines.errors import UserError
from pipelines.layout import Output
from pipelines.locks import RUN_VARIABLE, is_at_rest, remove_tree, sole_run

HOLD = """
import sys, time
from pathlib import Path
from pipelines.layout import Output
from pipelines.locks import sole_run
with sole_run(Output(Path(sys.argv[1]))):
    print("held", flush=True)
    time.sleep(60)
"""


def holder(folder: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(folder)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_a_second_run_is_told_which_process_is_at_work(tmp_path: Path) -> None:
    process = holder(tmp_path)
    try:
        with pytest.raises(UserError, match=f"proces {process.pid}"), sole_run(Output(tmp_path)):
            pass
    finally:
        process.kill()
        process.wait()


def test_the_lock_of_a_killed_run_is_free_and_its_unfinished_build_is_gone(tmp_path: Path) -> None:
    output = Output(tmp_path)
    process = holder(tmp_path)
    (output.work / "build").mkdir(parents=True)
    process.kill()
    process.wait()
    assert not is_at_rest(output)
    with sole_run(output):
        assert not output.work.exists()
    assert is_at_rest(output)


ORPHAN = """
import subprocess, sys, time
from pathlib import Path
from pipelines.layout import Output
from pipelines.locks import sole_run
output = Output(Path(sys.argv[1]))
with sole_run(output):
    build = output.work / "build" / "warehouse.duckdb"
    build.parent.mkdir(parents=True)
    hold = (
        "import duckdb, sys, time; c = duckdb.connect(sys.argv[1]); c.execute('create table t (a int)');"
        "print('held', flush=True); time.sleep(60)"
    )
    worker = subprocess.Popen([sys.executable, "-c", hold, str(build)], stdout=subprocess.PIPE, text=True)
    worker.stdout.readline()
    print(worker.pid, flush=True)
    time.sleep(60)
"""


def test_a_worker_that_outlived_its_killed_run_and_holds_the_build_file_is_ended(tmp_path: Path) -> None:
    output = Output(tmp_path)
    killed = subprocess.Popen([sys.executable, "-c", ORPHAN, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert killed.stdout is not None
    orphan = int(killed.stdout.readline())
    killed.kill()
    killed.wait()
    assert Path(f"/proc/{orphan}/environ").read_bytes() != b""  # it lives on, with DuckDB's lock
    with sole_run(output):
        build = output.work / "build" / "warehouse.duckdb"
        assert not build.exists() and _is_gone(orphan)
        build.parent.mkdir(parents=True)
        duckdb.connect(str(build)).close()
    assert not output.work.exists()
    assert [entry["event"] for entry in audit_trail.entries(output)] == ["run_interrupted"]


def _is_gone(process: int) -> bool:
    try:  # a process that nobody has waited for yet has no environment left
        return Path(f"/proc/{process}/environ").read_bytes() == b""
    except OSError:
        return True


def test_a_process_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    output = Output(tmp_path)
    bystander = subprocess.Popen(
        [sys.executable, "-c", "import time; time.sleep(60)"], env=os.environ | {RUN_VARIABLE: "another"}
    )
    output.lock.write_text(json.dumps({"process": bystander.pid, "started": "i dag", "run": "this"}))
    with sole_run(output):
        pass
    assert bystander.poll() is None
    bystander.kill()
    bystander.wait()


def test_a_run_that_ends_by_itself_leaves_no_work_and_names_no_holder(tmp_path: Path) -> None:
    output = Output(tmp_path)
    with pytest.raises(UserError), sole_run(output):
        (output.work / "build").mkdir(parents=True)
        raise UserError("en prøve")
    assert not output.work.exists() and output.lock.read_text() == "" and RUN_VARIABLE not in os.environ
    with sole_run(output):
        pass
    assert list(audit_trail.entries(output)) == []


def test_a_folder_is_removed_while_somebody_still_writes_there(tmp_path: Path) -> None:
    folder = tmp_path / "work"
    code = "import sys, pathlib, time\nfor n in range(60):\n p = pathlib.Path(sys.argv[1]) / str(n % 7)\n"
    code += " p.mkdir(parents=True, exist_ok=True); (p / str(n)).write_text('x'); time.sleep(0.005)\nprint('done')"
    writer = subprocess.Popen([sys.executable, "-c", code, str(folder)], stdout=subprocess.PIPE, text=True)
    while writer.poll() is None:
        remove_tree(folder)
    remove_tree(folder)
    assert not folder.exists()
