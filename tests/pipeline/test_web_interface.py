"""The web interface as an operator has it: started by the command, looked at in a real browser."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from pipelines import audit_trail
from pipelines.layout import Output
from pipelines.orchestration.stages import STAGES
from tests.pipeline.whole_path import environment, small_world
from tests.small_delivery import SmallDelivery

CHROMIUM = Path("/usr/bin/chromium")
pytestmark = pytest.mark.skipif(
    not CHROMIUM.exists(), reason="Debian's chromium is not installed: the web interface was not tried in a browser"
)
# Five processes that import Dagster, on a machine that has other things to do.
PATIENCE = 180


@dataclass(frozen=True)
class Interface:
    """A running web interface: its address and folders."""

    address: str
    landing: Path
    output: Output


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.fixture(scope="module")
def interface(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Interface]:
    folder = tmp_path_factory.mktemp("web")
    world = small_world()
    landing, output = folder / "landing", Output(folder / "output")
    shutil.copytree(world.landing, landing)
    shutil.copytree(world.output.root, output.root, symlinks=True)
    port = free_port()
    words = ["ui", "--landing", landing, "--output", output.root, "--port", port]
    with (folder / "said.txt").open("w") as said:
        started = subprocess.Popen(
            [sys.executable, "-m", "pipelines.cli", *map(str, words)],
            stdout=said,
            stderr=said,
            env=environment(),
            start_new_session=True,
        )
        try:
            wait_until_it_answers(f"http://127.0.0.1:{port}/server_info", started)
            yield Interface(f"http://127.0.0.1:{port}", landing, output)
        finally:
            # Dagster ends the processes that it started; what does not end by itself is ended with its group.
            os.killpg(started.pid, signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                started.wait(3)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(started.pid, signal.SIGKILL)


def wait_until_it_answers(address: str, process: subprocess.Popen[Any]) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        assert process.poll() is None, "the web interface ended"
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except OSError:
            time.sleep(1)
    raise AssertionError("the web interface does not answer")


@pytest.fixture(scope="module")
def page(interface: Interface) -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        )
        opened = browser.new_page(viewport={"width": 1400, "height": 900})
        opened.set_default_timeout(PATIENCE * 1000)
        opened.asked_elsewhere = []
        opened.on(
            "request",
            lambda request: (
                None
                if request.url.startswith((interface.address, "data:", "blob:"))
                else opened.asked_elsewhere.append(request.url)
            ),
        )
        yield opened
        browser.close()


def newest_run(page: Any, interface: Interface) -> str:
    """Open the history and return the address of the newest run."""
    page.goto(f"{interface.address}/runs")
    row = page.locator("a[href^='/runs/']").first
    row.wait_for()
    return f"{interface.address}{row.get_attribute('href')}"


def run_by_hand(page: Any, interface: Interface) -> str:
    """Press the button that makes everything, and return the address of the run once it has ended."""
    before = newest_run(page, interface)
    page.goto(f"{interface.address}/asset-groups")
    page.get_by_role("button", name="Materialize all").click()
    page.get_by_text(re.compile("Launched run", re.IGNORECASE)).first.wait_for()
    run = newest_run(page, interface)
    assert run != before
    page.get_by_text(re.compile("^In progress [(]0[)]$")).wait_for()
    page.get_by_text(re.compile("^Queued [(]0[)]$")).wait_for()
    return run


def test_the_graph_has_the_five_stages_in_their_order(page: Any, interface: Interface) -> None:
    page.goto(f"{interface.address}/asset-groups")
    page.get_by_role("button", name="Materialize all").wait_for()
    places = []
    for stage in STAGES:
        box = page.get_by_text(stage, exact=True).last
        box.wait_for()
        places.append(box.bounding_box()["x"])
    assert places == sorted(places)
    assert page.asked_elsewhere == []


def test_the_run_of_the_command_line_is_in_the_history_and_so_is_one_started_here(
    page: Any, interface: Interface
) -> None:
    page.goto(f"{interface.address}/runs?q[0]=tag:startet_fra%3Dkommandolinje")
    page.locator("a[href^='/runs/']").first.wait_for()
    before = len(list(audit_trail.entries(interface.output)))
    page.goto(run_by_hand(page, interface))
    page.get_by_text("Success", exact=True).first.wait_for()
    page.get_by_text("Intet nyt siden sidste kørsel; intet er ændret.").first.wait_for()
    entries = list(audit_trail.entries(interface.output))[before:]
    assert [(entry["event"], entry.get("nothing_new")) for entry in entries] == [("run", True)]


def test_a_run_that_refuses_a_delivery_is_red_and_says_why(page: Any, interface: Interface) -> None:
    delivery = SmallDelivery("2026-12-31")
    delivery.row_counts["afsoningssager.csv"] = 9
    delivery.write(interface.landing)
    page.goto(run_by_hand(page, interface))
    page.get_by_text("Failure", exact=True).first.wait_for()
    page.reload()  # the log is then shown from its end
    page.get_by_text(re.compile("Afvist: leverance 2026-12-31: .*afsoningssager.csv")).first.wait_for()
    last = list(audit_trail.entries(interface.output))[-1]
    assert (last["event"], last["refused"]) == ("run", ["2026-12-31"])
