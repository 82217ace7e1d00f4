"""One run at a time, and what a killed run leaves is settled."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipelines.errors import UserError
from pipelines.layout import Output
from pipelines.locks import register_worker, sole_run

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
    with sole_run(output):
        assert not output.work.exists()


def test_a_worker_that_outlived_its_run_is_ended(tmp_path: Path) -> None:
    output = Output(tmp_path)
    code = "import sys, time; from pathlib import Path; from pipelines.locks import _start_time; import os\n"
    code += "folder = Path(sys.argv[1]); folder.mkdir(parents=True)\n"
    code += "(folder / str(os.getpid())).write_text(_start_time(os.getpid())); print('up', flush=True); time.sleep(60)"
    worker = subprocess.Popen(
        [sys.executable, "-c", code, str(output.work / "build" / "workers")], stdout=subprocess.PIPE, text=True
    )
    assert worker.stdout is not None
    worker.stdout.readline()
    with sole_run(output):
        pass
    assert worker.wait(timeout=10) == -signal.SIGKILL


def test_a_process_that_only_shares_the_number_is_left_alone(tmp_path: Path) -> None:
    output = Output(tmp_path)
    bystander = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    workers = output.work / "build" / "workers"
    workers.mkdir(parents=True)
    (workers / str(bystander.pid)).write_text("1")
    with sole_run(output):
        pass
    time.sleep(0.2)
    assert bystander.poll() is None
    bystander.kill()
    bystander.wait()


def test_a_worker_notes_itself(tmp_path: Path) -> None:
    register_worker(tmp_path)
    assert (tmp_path / str(os.getpid())).read_text() != ""
