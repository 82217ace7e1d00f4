"""What a publication without the received bytes says of making it again; and its packs, which leave as one file each.

``benchmarks/whole_runs/test_made_again.py`` makes one again whose pages are gone.
"""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

from pipelines import publications
from tests.pipeline.backups import without_pages
from tests.pipeline.whole_path import command, small_world


def test_without_the_received_bytes_it_says_why_it_cannot_be_made_again(tmp_path: Path) -> None:
    name = small_world().publication["release_id"]
    output = without_pages(tmp_path)
    shutil.rmtree(output.archive / "objects")
    made = command("publication", "again", name, "--to", tmp_path / "igen", "--output", output.root)
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
