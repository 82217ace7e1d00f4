"""The small world's output as a backup has it, with all pages and documents of its publication gone.

Belongs here: what such a copy is without. Does not belong here: what can still be made of it.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from pipelines.layout import Output
from tests.pipeline.whole_path import small_world


def without_pages(folder: Path) -> Output:
    """Return the copy, made in this folder."""
    output = Output(folder / "output")
    shutil.copytree(small_world().output.root, output.root, symlinks=True, ignore=_pages)
    return output


def _pages(folder: str, names: list[str]) -> list[str]:
    if Path(folder).parent.name == "published":
        return [name for name in names if name in ("delt", "kommune")]
    if Path(folder).name == "direktorat":
        return [name for name in names if name != "grundlag"]
    return [name for name in names if name in ("work", "run.lock", "dagster")]
