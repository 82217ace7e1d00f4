"""Whole runs over a delivery full of civil registration numbers and of texts that do harm elsewhere.

No number is found in anything they leave or say, and no text is taken for anything else than text. The runs succeed,
fail and are killed, through the command line and through the storage of Dagster's web interface.
They are forked from one process, one after another in one output folder.
"""

from __future__ import annotations

import csv
import email
import json
import os
import re
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from io import BytesIO

import pytest

from pipelines.layout import Output
from tests.hostile_texts import MARK, make_hostile, shown_by_harmless
from tests.pipeline.leak_search import numbers_in, search, values
from tests.pipeline.test_leaks import FREE_TEXT, Canaries, spoiled_delivery

CASES = 600
#: Runs one after another; ``SECRET`` is a number that the sabotage puts into an exception or a failing statement.
DRIVER = """
import json, os, signal, sys
from pathlib import Path

landing, root, few, every = sys.argv[1:]
secret = sys.stdin.readline().strip()  # not an argument: dbt writes those down
from pipelines import cli
from pipelines.judging import quarantine
from pipelines.orchestration import dagster_instance
from pipelines.orchestration.definitions import JOB, build_definitions
from pipelines.layout import Output
from pipelines.publishing import guarding
from pipelines.receiving import archive
from pipelines.warehouse import build
import reports.read_back.read_figures, reports.publication

output = Output(Path(root))


def kill(*arguments, **named):
    os.killpg(0, signal.SIGKILL)


def fail(*arguments, **named):
    raise ValueError("010170-1234 " + secret)


def fail_in_dbt(load):
    def spoiled(connection, *arguments):
        load(connection, *arguments)
        connection.execute("create schema kept")
        connection.execute("alter table raw.afsoningssager rename to afsoningssager_kept")
        connection.execute(
            f"create view raw.afsoningssager as select * replace (error('{secret} ' || sags_id) as sags_id) "
            "from raw.afsoningssager_kept"
        )
    return spoiled


def through_the_command_line():
    return cli.main(["run", "--landing", landing, "--output", root])


def through_the_web_interface():
    import dagster as dg

    dagster_instance.prepare(output)
    configuration = {"resources": {"main_job": {"config": {"landing": landing, "output": root}}}}
    with dg.DagsterInstance.get() as instance:
        job = build_definitions().resolve_job_def(JOB)
        result = job.execute_in_process(instance=instance, run_config=configuration, raise_on_error=False)
        return 0 if result.success else 1


def of_web_runs():
    import dagster as dg

    dagster_instance.prepare(output)
    with dg.DagsterInstance.get() as instance:
        return sorted(run.status.value for run in instance.get_runs())


def forked(name, run, settings, *sabotage):
    sys.stdout.flush()
    process = os.fork()
    if not process:
        os.setpgid(0, 0)
        os.environ["GOD_LOESLADELSE_CONFIGURATION"] = settings
        for module, function, by in sabotage:
            setattr(module, function, by)
        try:
            status = run()
        except BaseException as problem:
            print(f"{type(problem).__name__}: {problem}", flush=True)
            status = 99
        os._exit(status)
    status = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    print("STATUS", json.dumps([name, status]), flush=True)


def statuses():
    print("WEB", json.dumps(of_web_runs()), flush=True)
    return 0


line, web = through_the_command_line, through_the_web_interface

def few_documents(write):
    def chosen(edition, data, figures, unit, *arguments, **named):
        # Of the institutions with a hostile name three are enough, each with a text that means something in another
        # kind of document.
        without = unit.level == "institution" and not unit.name.startswith(("=", "#", "Fæng"))
        return {} if without else write(edition, data, figures, unit, *arguments, **named)
    return chosen


def few_pages(tasks):
    def chosen(edition, sources):
        # The other municipalities have no case, so that nothing of a delivery's texts could stand on their pages.
        return [one for one in tasks(edition, sources) if one.level != "municipality" or one.code in ("101", "147")]
    return chosen


reports.publication.tasks = few_pages(reports.publication.tasks)


forked("receiving is killed in the web interface", web, few, (archive, "commit_batch", kill))
forked("web runs", statuses, few)
forked("judging fails in the web interface", web, few, (quarantine, "_repeated", fail))
forked("dbt fails", line, few, (build, "load", fail_in_dbt(build.load)))
forked("publication is killed", line, few, (guarding.Guard, "audit", kill))
print("SEARCH NOW", flush=True)
sys.stdin.readline()
forked("pages fail in the web interface", web, few, (reports.publication, "make", fail))
import reports.documents

less = few_documents(reports.documents.write_documents)
forked("all is well", web, every, (reports.documents, "write_documents", less))
forked("web runs", statuses, few)
mailing = ["mail", "prepare", "--output", root, "--quarter", "2026-Q3", "--by", "Anna", "--go-on"]
forked("the mailing is prepared", lambda: cli.main(mailing), every)
meeting = ["meeting", "prepare", "--area", "oest", "--municipalities", "101", "--output", root]
forked("the meeting is prepared", lambda: cli.main(meeting), every)
"""


@dataclass
class Runs:
    """What the runs left and said."""

    output: Output
    canaries: Canaries
    said: str
    status: dict[str, int]
    web: list[list[str]]
    found: list[tuple[str, str]]
    searched: dict[str, int]
    hostile_names: list[str]
    hostile_cases: list[str]


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Runs:
    folder = tmp_path_factory.mktemp("leaks")
    landing, output, canaries = folder / "landing", Output(folder / "output"), Canaries()
    landing.mkdir()
    delivery = spoiled_delivery(canaries, "2026-06-30", CASES)
    names, cases = make_hostile(delivery)
    delivery.write(landing)
    refused = spoiled_delivery(canaries, "2026-09-30")
    for row in refused.rows["engangshjaelp.csv"]:
        row["beloeb"] = canaries.next("{d}")
    refused.write(landing)
    settings = []
    for name, editions, formats in (
        ("few", '"direktorat", "delt"', '"html"'),
        ("every", '"direktorat", "delt", "kommune"', '"html", "pdf", "xlsx", "csv"'),
    ):
        settings.append(folder / f"{name}.toml")
        text = f"[publication]\neditions = [{editions}]\nformats = [{formats}]\nprocesses = 1\n"
        settings[-1].write_text(text, encoding="utf-8")
    secret = canaries.next()
    driver = subprocess.Popen(
        [sys.executable, "-c", DRIVER, *map(str, (landing, output.root, *settings))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=os.environ | {"GOD_LOESLADELSE_PSEUDONYM_KEY": "7b" * 32},
    )
    assert driver.stdin is not None and driver.stdout is not None
    driver.stdin.write(f"{secret}\n")
    driver.stdin.flush()
    wanted = {number for digits in canaries.used for number in (digits, digits.lstrip("0"))}
    searched: dict[str, int] = {}
    found: list[tuple[str, str]] = []
    said = []
    for line in driver.stdout:
        said.append(line)
        if line == "SEARCH NOW\n":  # what killed runs have left, before the next one removes it
            found += search(output, wanted, {})
            driver.stdin.write("\n")
            driver.stdin.flush()
    driver.wait()
    found += search(output, wanted, searched)
    text = "".join(said)
    found += [("printed", number) for number in numbers_in(text, wanted)]
    status = dict(json.loads(line.partition(" ")[2]) for line in said if line.startswith("STATUS "))
    web = [json.loads(line.partition(" ")[2]) for line in said if line.startswith("WEB ")]
    return Runs(output, canaries, text, status, web, found, searched, names, cases)


def test_the_runs_ended_as_they_were_meant_to(runs: Runs) -> None:
    assert runs.status == {
        "receiving is killed in the web interface": -9,
        "judging fails in the web interface": 1,
        "dbt fails": 1,
        "publication is killed": -9,
        "pages fail in the web interface": 1,
        "all is well": 0,
        "web runs": 0,
        "the mailing is prepared": 0,
        "the meeting is prepared": 0,
    }, runs.said
    assert "Traceback" not in runs.said


def test_no_number_and_no_free_text_is_found_in_anything_left_or_said(runs: Runs) -> None:
    assert len(runs.canaries.used) > 2000
    assert runs.found == []
    assert FREE_TEXT not in runs.said


def test_the_search_has_seen_every_kind_of_file(runs: Runs) -> None:
    wanted = {".html", ".pdf", ".xlsx", ".csv", ".duckdb", ".parquet", ".json", ".jsonl", ".db"}
    assert wanted <= runs.searched.keys(), runs.searched
    assert sum(runs.searched.values()) > 1000


def test_a_run_left_as_started_in_the_web_interface_is_settled_by_the_next_one(runs: Runs) -> None:
    before, after = runs.web
    assert before == ["STARTED"]
    # Those of the command line are in the same history: dbt failed in one, and one was killed.
    assert after == [*["FAILURE"] * 5, "SUCCESS"]


def test_hostile_texts_stand_on_pages_as_text_and_do_nothing(runs: Runs) -> None:
    places = [*runs.output.published.glob("2026-06-30/**/*.html"), *(runs.output.root / "mailing").rglob("*.html")]
    shown = " ".join(shown_by_harmless(places))
    assert [name for name in runs.hostile_names if name not in shown] == []
    assert sum(text in shown for text in runs.hostile_cases) > 0.9 * len(runs.hostile_cases)


def test_hostile_texts_are_no_formula_no_action_and_no_part_of_a_path(runs: Runs) -> None:
    import openpyxl

    seen = {".xlsx": 0, ".pdf": 0, ".csv": 0, ".eml": 0, ".pptx": 0}
    for file in runs.output.root.rglob("*"):
        assert MARK not in file.name, file
        if file.suffix not in seen or not file.is_file() or "archive" in file.parts:
            continue
        seen[file.suffix] += 1
        data = file.read_bytes()
        if file.suffix == ".xlsx":
            book = openpyxl.load_workbook(BytesIO(data))
            assert not any(cell.data_type == "f" for sheet in book for row in sheet.iter_rows() for cell in row), file
            assert not any(cell.hyperlink for sheet in book for row in sheet.iter_rows() for cell in row), file
        elif file.suffix == ".pdf":
            assert not re.search(rb"/(JavaScript|JS|Launch|EmbeddedFile)\b", data), file
            assert not re.search(rb"/URI\s*\([^)]*hostile", data), file
        elif file.suffix == ".csv":
            cells = (cell for row in csv.reader(data.decode("utf-8-sig").splitlines(), delimiter=";") for cell in row)
            assert not any(cell.startswith(("=", "+", "@")) for cell in cells), file
        elif file.suffix == ".pptx":
            with zipfile.ZipFile(BytesIO(data)) as deck:
                targets = b" ".join(deck.read(name) for name in deck.namelist() if name.endswith(".rels"))
            assert MARK.encode() not in targets and b"TargetMode" not in targets, file
        elif file.suffix == ".eml":
            message = email.message_from_bytes(data)
            assert message["Bcc"] is None and MARK not in str(message["To"]), file
    assert all(seen.values()), seen
    assert not list(runs.output.root.parent.glob("escaped*")) and not list(runs.output.root.parents[1].glob("hostile*"))


def test_no_hostile_text_reaches_the_storage_of_the_web_interface(runs: Runs) -> None:
    for file in (runs.output.root / "dagster").rglob("*.db"):
        assert not any(MARK in value for value in values(file)), file
