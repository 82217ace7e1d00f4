"""A publication whose pages are gone is made again from the received bytes; its packs leave as one file each."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

import pytest

from pipelines import publications
from pipelines.layout import Output
from tests.pipeline.whole_path import command, small_world


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Output:
    """The small world's output as a backup has it, with all pages and documents of its publication gone."""
    world = small_world().output
    output = Output(tmp_path_factory.mktemp("backup") / "output")
    shutil.copytree(world.root, output.root, symlinks=True, ignore=_pages)
    return output


def _pages(folder: str, names: list[str]) -> list[str]:
    if Path(folder).parent.name == "published":
        return [name for name in names if name in ("delt", "kommune")]
    if Path(folder).name == "direktorat":
        return [name for name in names if name != "grundlag"]
    return [name for name in names if name in ("work", "run.lock", "dagster")]


def test_its_pages_are_made_again_to_the_byte(copy: Output, tmp_path: Path) -> None:
    name = small_world().publication["release_id"]
    before = {path: path.stat().st_mtime_ns for path in copy.published.rglob("*")}
    made = command("publication", "again", name, "--to", tmp_path / "igen", "--output", copy.root)
    assert made.returncode == 0, made.stderr
    assert "til mindste byte" in made.stdout
    page = "kommune/101/index.html"
    assert (tmp_path / "igen" / page).read_bytes() == (small_world().output.published / name / page).read_bytes()
    assert {path: path.stat().st_mtime_ns for path in copy.published.rglob("*")} == before
    assert not list(copy.work.glob("*"))


def test_without_the_received_bytes_it_says_why_it_cannot_be_made_again(copy: Output, tmp_path: Path) -> None:
    name = small_world().publication["release_id"]
    shutil.copytree(copy.root, tmp_path / "output", symlinks=True)
    shutil.rmtree(tmp_path / "output" / "archive" / "objects")
    made = command("publication", "again", name, "--to", tmp_path / "igen", "--output", tmp_path / "output")
    assert made.returncode == 1
    assert "de modtagne bytes af" in made.stderr and "Traceback" not in made.stderr


def test_a_pack_leaves_as_one_file_of_its_own(tmp_path: Path) -> None:
    world = small_world()
    made = command("publication", "pack", "101", "--to", tmp_path, "--output", world.output.root)
    assert made.returncode == 0, made.stderr
    (file,) = tmp_path.iterdir()
    assert file.name.startswith("god-loesladelse_101_") and str(file) in made.stdout
    with zipfile.ZipFile(file) as packed:
        names = sorted(name.partition("/")[2] for name in packed.namelist())
    folder = world.output.published / "current" / "kommune" / "101"
    wanted = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    assert names == wanted and any(name.startswith("sag/") for name in names)


def test_the_packs_of_a_publication_share_what_is_equal() -> None:
    folder = publications.current(small_world().output).folder / "kommune"  # type: ignore[union-attr]
    for name in ("sammenligning.html", "metode.html", "skrift.css", "andre.csv"):
        places = {path.stat().st_ino for path in folder.glob(f"*/{name}")}
        assert len(places) == 1, name
