"""Whole runs over a delivery full of civil registration numbers and of texts that do harm elsewhere.

No number is found in anything they leave or say, and no text is taken for anything else than text. The runs succeed,
fail and are killed, through the command line and through the storage of Dagster's web interface.
They are forked from one process, one after another in one output folder.
"""

from __future__ import annotations

import contextlib
import csv
import email
import gzip
import itertools
import json
import os
import re
import sqlite3
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path

import pytest

from pipelines.layout import DBT_PROJECT, Output
from pipelines.warehouse.parsed_project import cache_folder
from tests.hostile_texts import MARK, make_hostile
from tests.pipeline.test_leaks import FREE_TEXT, Canaries, spoiled_delivery

CASES = 600
# At least nine digits with at most one sign between each two; looked at closely only then.
_DIGITS = re.compile(r"[0-9](?:[ .–-]?[0-9]){8,}")
_BETWEEN = "[ .–-]?"
_NUMBER = re.compile(
    rf"(?<![0-9A-Za-z])(?=([0-9]{{1,2}}{_BETWEEN}[0-9]{{2}}{_BETWEEN}[0-9]{{2}}{_BETWEEN}[0-9]{{4}})(?![0-9A-Za-z]))"
)

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


def texts(name: str, data: bytes) -> Iterator[tuple[str, str]]:
    """Yield what a file says, packed files unpacked and databases as their values; each with its kind."""
    from reports.read_back import pdf_text

    kind = Path(name).suffix
    yield kind, name
    yield kind, data.decode("utf-8", "replace")
    if b"\0" in data and kind != ".duckdb":  # DuckDB stores text as utf-8
        yield kind, data.decode("utf-16-le", "replace")
        yield kind, data[1:].decode("utf-16-le", "replace")
    if data[:2] == b"\x1f\x8b":
        yield from texts(name.removesuffix(".gz"), gzip.decompress(data))
    elif data[:5] == b"%PDF-":
        yield kind, " ".join(f"{block.text} {block.rows}" for block in pdf_text.blocks(data))
    elif data[:4] == b"PK\3\4" and zipfile.is_zipfile(BytesIO(data)):
        with zipfile.ZipFile(BytesIO(data)) as packed:
            for part in packed.namelist():
                yield from texts(part, packed.read(part))
    elif data[:4] == b"PAR1":
        from pyarrow import parquet

        yield kind, str(parquet.read_table(BytesIO(data)).to_pylist())


def values(file: Path) -> Iterator[str]:
    """Yield every value of a database, DuckDB's or SQLite's."""
    if file.suffix == ".duckdb":
        import duckdb

        with duckdb.connect(str(file), read_only=True) as connection:
            every = 'select format(\'"{}"."{}"."{}"\', database_name, schema_name, table_name) from duckdb_tables()'
            for (table,) in connection.execute(every).fetchall():
                yield str(connection.execute(f"select t::varchar from {table} as t").fetchall())
    else:
        with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as connection:
            for (table,) in connection.execute("select name from sqlite_master where type = 'table'").fetchall():
                for row in connection.execute(f'select * from "{table}"'):
                    for value in row:
                        if isinstance(value, bytes):
                            with contextlib.suppress(zlib.error):
                                value = zlib.decompress(value)
                            value = value.decode("utf-8", "replace")
                        yield str(value)


def files(output: Output) -> Iterator[Path]:
    """Yield all that the runs may have written, the archive of received bytes aside."""
    for root in (output.root, cache_folder(), DBT_PROJECT / "target", DBT_PROJECT / "logs"):
        for file in sorted(root.rglob("*")):
            if file.is_file() and not file.is_symlink() and (output.archive / "objects") not in file.parents:
                yield file


def numbers_in(text: str, wanted: set[str]) -> list[str]:
    """Return the numbers found in any spelling, not adjacent to another letter or digit."""
    return [
        found[1]
        for digits in _DIGITS.finditer(text)
        for found in _NUMBER.finditer(text[max(digits.start() - 1, 0) : digits.end() + 1])
        if re.sub("[^0-9]", "", found[1]) in wanted
    ]


def search(output: Output, wanted: set[str], searched: dict[str, int]) -> Iterator[tuple[str, str]]:
    for file in files(output):
        name = str(file.relative_to(output.root)) if output.root in file.parents else file.name
        data = file.read_bytes()
        is_database = file.suffix == ".duckdb" or data[:15] == b"SQLite format 3"
        told = ((file.suffix, value) for value in (values(file) if is_database else ()))
        for kind, text in itertools.chain(texts(file.name, data), told):
            searched[kind] = searched.get(kind, 0) + 1
            for number in numbers_in(text, wanted):
                yield name, number
            if FREE_TEXT in text:
                yield name, FREE_TEXT


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


def test_the_search_finds_numbers_in_every_wrapping(runs: Runs, tmp_path: Path) -> None:
    import duckdb

    wanted = {runs.canaries.used[0]}
    number = Canaries.spell(runs.canaries.used[0], "{a}-{b}")
    output = Output(tmp_path)
    with duckdb.connect(str(tmp_path / "a.duckdb")) as connection:
        connection.execute("create table t as select ? as a", [f"12 {number} 7"])
    with sqlite3.connect(tmp_path / "b.db") as sqlite:
        sqlite.execute("create table t (a blob)")
        sqlite.execute("insert into t values (?)", [zlib.compress(number.encode())])
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("c.txt", number)
    with zipfile.ZipFile(tmp_path / "c.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inner.zip", packed.getvalue())
    (tmp_path / "d.gz").write_bytes(gzip.compress(number.encode()))
    (tmp_path / "e.bin").write_bytes(b"x\0" + f" {number} ".encode("utf-16-le"))
    names = {name for name, _ in search(output, wanted, {})}
    assert {"a.duckdb", "b.db", "c.zip", "d.gz", "e.bin"} <= names


def test_a_run_left_as_started_in_the_web_interface_is_settled_by_the_next_one(runs: Runs) -> None:
    before, after = runs.web
    assert before == ["STARTED"]
    # Those of the command line are in the same history: dbt failed in one, and one was killed.
    assert after == [*["FAILURE"] * 5, "SUCCESS"]


class _Page(HTMLParser):
    """What of a page a browser would do: elements, and attributes that load or run something."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.doing: list[str] = []
        self.shown: list[str] = []
        self._inside = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self._inside = tag
        for name, value in attrs:
            if name.startswith("on") or name in ("href", "src", "action", "srcdoc", "formaction"):
                self.doing.append(f"{name}={value}")

    def handle_data(self, data: str) -> None:
        if self._inside == "script":
            json.loads(data or "{}")  # a chart's data and nothing that runs
        self.shown.append(data)

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""


def test_hostile_texts_stand_on_pages_as_text_and_do_nothing(runs: Runs) -> None:
    places = [*runs.output.published.glob("2026-06-30/**/*.html"), *(runs.output.root / "mailing").rglob("*.html")]
    told = {path: text for path in places if MARK in (text := path.read_text(encoding="utf-8"))}
    pages = {path: _Page(text) for path, text in told.items()}
    shown = " ".join(text for page in pages.values() for text in page.shown)
    assert [name for name in runs.hostile_names if name not in shown] == []
    assert sum(text in shown for text in runs.hostile_cases) > 0.9 * len(runs.hostile_cases)
    tags = set().union(*(page.tags for page in pages.values()))
    assert not tags & {"img", "iframe", "object", "embed", "form", "base", "audio", "video", "marquee"}
    for path, page in pages.items():
        for doing in page.doing:
            name, _, value = doing.partition("=")
            assert not name.startswith("on") and not value.lower().startswith(("javascript:", "vbscript:")), path
            assert MARK not in value, (path, doing)


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
