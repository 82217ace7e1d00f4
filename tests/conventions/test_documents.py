"""The documents: a site that needs nothing from outside, and commands that the program takes and answers."""

from __future__ import annotations

import importlib.util
import io
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import run
from pipelines import cli
from pipelines.layout import Output
from pipelines.rules import catalogue_page
from tests.conventions.test_repository import PROJECT
from tests.mailing import parcel_stage
from tests.people_at_work import acting_as
from tests.small_delivery import SmallDelivery, receive

DOCUMENTS = [PROJECT / "README.md", *sorted((PROJECT / "docs").glob("*.md"))]
#: Long ones, run for real by tests of their own (tests/pipeline): here it is asked only whether the program takes them.
RUN_ELSEWHERE = ("run", "demo", "ui")
FOLDERS = ("tests", "benchmarks", "pipelines", "reports", "docs", "dbt_project")


def lines_of_code() -> Iterator[tuple[str, str]]:
    """Yield each line of a block of code with its document."""
    for document in DOCUMENTS:
        fenced = False
        for line in document.read_text(encoding="utf-8").splitlines():
            if line.lstrip().startswith("```"):
                fenced = not fenced
            elif fenced or line.startswith("    "):
                yield document.name, line.strip()


def inline_code() -> Iterator[tuple[str, str]]:
    """Yield each piece of code within a sentence or a table with its document."""
    for document in DOCUMENTS:
        text = re.sub(r"```.*?```", "", document.read_text(encoding="utf-8"), flags=re.DOTALL)
        for found in re.findall(r"`([^`]+)`", text):
            yield document.name, " ".join(found.split())


def documented() -> list[tuple[str, ...]]:
    """Return every whole command that the documents give, as its words."""
    found = set()
    for _, line in [*lines_of_code(), *inline_code()]:
        start = re.match(r"(?:\S*/)?(?:god-loesladelse|python3 run\.py) (?=[a-z])", line)
        if start and ("--" in line or line.startswith("god-loesladelse verify")):
            found.add(tuple(shlex.split(line[start.end() :], comments=True)))
    return sorted(words for words in found if words[0] in cli.COMMANDS)


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return what the documents' words for folders and files stand for: a received delivery and a publication."""
    root = tmp_path_factory.mktemp("documented")
    output = parcel_stage.an_output(root / "resultater")
    Path(output.warehouse).unlink()
    SmallDelivery().write(root / "leverancer")
    assert receive(root / "leverancer", Output(output.root)).loaded
    (root / "returmails").mkdir()
    (root / "what-if.toml").write_text("", encoding="utf-8")
    return folders_in(root)


def folders_in(root: Path) -> dict[str, str]:
    """Return where in a folder each of the documents' words for folders and files is, by the word."""
    words = ("RESULTATER", "LEVERANCER", "MAPPE", "KOPIER", "KOPI", "ANDEN_MAPPE", "FIL", "tal.xlsx", "svar.xlsx")
    return {word: str(root / word.lower()) for word in (*words, "TOM_MAPPE", "returmails/")}


def placed(words: tuple[str, ...], places: dict[str, str]) -> list[str]:
    """Return a command's words, with real folders for the documents' names of them."""
    shown = []
    for before, one in zip(("", *words), words):
        if one == "MAPPE" and before == "--output":
            one = "RESULTATER"
        name, slash, rest = one.partition("/")
        shown.append(places.get(one) or (places[name] + slash + rest if name in places else one))
    return ["postgresql://127.0.0.1:1/x" if one.startswith("postgresql://") else one for one in shown]


def test_the_documents_give_commands() -> None:
    assert len(documented()) > 40


@pytest.mark.parametrize("words", documented(), ids=" ".join)
def test_the_program_takes_and_answers_every_documented_command(
    words: tuple[str, ...],
    places: dict[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    given = placed(words, places)
    cli.build_parser(given[0]).parse_args(given)
    if words[0] in RUN_ELSEWHERE:
        return
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setattr(sys, "stdin", io.StringIO("010180-1234\n"))
    monkeypatch.setattr("getpass.getpass", lambda *_: "010180-1234")
    with acting_as("Anna"):
        status = cli.main(given)
    said = capsys.readouterr()
    assert status in (0, 1) and "uventet fejl" not in said.err, said.err
    assert "Traceback" not in said.err and (said.out + said.err).strip(), "it says what it did, or why not"


def test_what_is_named_in_a_sentence_exists() -> None:
    for document, code in [*lines_of_code(), *inline_code()]:
        told = re.match(r"god-loesladelse ([a-z]+)(?: |$)", code)
        if told:
            assert told[1] in cli.COMMANDS, (document, code)
        for module in re.findall(r"python3? -m ((?:pipelines|benchmarks)[\w.]*)", code):
            assert importlib.util.find_spec(module) is not None, (document, code)
        for path in re.findall(rf"(?<![\w./])(?:{'|'.join(FOLDERS)})/[\w./-]+\.\w+", code):
            assert (PROJECT / path).exists(), (document, code)


def test_the_page_of_the_rules_is_what_the_catalogue_says() -> None:
    assert catalogue_page.PAGE_FILE.read_text(encoding="utf-8") == catalogue_page.page(), (
        "run: python -m pipelines.rules.catalogue_page"
    )


def test_fix_writes_every_file_that_says_that_the_program_writes_it() -> None:
    said = set()
    for file in [*DOCUMENTS, *sorted((PROJECT / "dbt_project").rglob("*.*"))]:
        if file.suffix in (".md", ".sql", ".yml"):
            head = file.read_text(encoding="utf-8")[:400]
            if "Skrevet af" in head or "Written " in head:
                said |= set(re.findall(r"`python -m ([\w.]+)`", head))
    assert said == set(run.GENERATORS)


def test_the_site_is_whole_and_takes_nothing_from_elsewhere(tmp_path: Path) -> None:
    built = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(tmp_path / "site")],
        cwd=PROJECT,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
    )
    assert built.returncode == 0, built.stderr
    assert 'not included in the "nav"' not in built.stderr
    pages = sorted((tmp_path / "site").rglob("*.html"))
    assert len(pages) >= len(DOCUMENTS)
    for page in pages:
        text = page.read_text(encoding="utf-8")
        for tag in re.findall(r"<(?:script|link|img|iframe|source)\b[^>]*>", text):
            assert not re.search(r"(?:src|href)=\"?(?:https?:)?//", tag), (page.name, tag)
    for style in (tmp_path / "site").rglob("*.css"):
        assert not re.search(r"url\(['\"]?(?:https?:)?//|@import", style.read_text(encoding="utf-8")), style.name
    tutorial = (tmp_path / "site" / "foerste-gang.html").read_text(encoding="utf-8")
    for picture in re.findall(r'<img alt="[^"]+" src="([^"]+)"', tutorial):
        assert (tmp_path / "site" / picture).is_file()
    assert tutorial.count("<img ") >= 3
