"""Old publications made thin: figures, proof and sums stay; pages and documents go, and can be made again.

Belongs here: which publications are thinned, which of their files go, and what that frees. Does not belong here:
making the files again (``again``) and the sums themselves (``publications``).

What goes is written down before anything goes, so that a publication is never found with files missing and no word of
it; thinning again finishes what was cut short.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pipelines import audit_trail, publications
from pipelines.durable_files import write_file
from pipelines.layout import Output
from pipelines.publications import Publication
from pipelines.publishing.grounds import GROUNDS


@dataclass(frozen=True)
class Thinning:
    """What thinning does, or would do: the publications, how many files go, and how many bytes of the disk that frees.

    A file that a publication which stays whole has too costs nothing there, and frees nothing here.
    """

    publications: tuple[Publication, ...]
    files: int
    size: int


def thin(output: Output, before: date, *, dry_run: bool) -> Thinning:
    """Make the publications about days before this one thin, except the one that ``current`` points at."""
    now = publications.current(output)
    old = [one for one in publications.all_publications(output) if one.as_of < before and one != now]
    going = {one.publication_id: _going(one) for one in old}
    chosen = tuple(one for one in old if going[one.publication_id])
    files = [one.folder / path for one in chosen for path in going[one.publication_id]]
    result = Thinning(chosen, len(files), _freed(output, files))
    if not dry_run:
        for one in chosen:
            _thin_one(one, going[one.publication_id])
        publications.settle(output)
    return result


def months_before(newest: date, months: int) -> date:
    """Return the first day of the month so many months before; what is about an earlier day is older than that."""
    # A publication about the last day of a month is as old as its month.
    index = newest.year * 12 + newest.month - 1 - months
    return date(max(index // 12, 1), index % 12 + 1, 1)


def thin_and_record(output: Output, before: date) -> Thinning:
    """Make old publications thin, as ``thin`` does, once the audit trail has their names; the caller has the lock."""
    planned = thin(output, before, dry_run=True)
    if not planned.publications:
        return planned
    names = [one.publication_id for one in planned.publications]
    audit_trail.record(output, "publications_thinned", publications=names, before=before.isoformat())
    return thin(output, before, dry_run=False)


def _going(publication: Publication) -> list[str]:
    """Return the files that go and are still there; what later publications need of this one stays."""
    return [
        entry["path"]
        for entry in publication.description["files"]
        if not Path(entry["path"]).is_relative_to(GROUNDS) and (publication.folder / entry["path"]).is_file()
    ]


def _freed(output: Output, going: Sequence[Path]) -> int:
    gone = set(going)
    staying = {_place(path) for path in output.published.rglob("*") if path.is_file() and path not in gone}
    sizes = {_place(path): path.stat().st_blocks * 512 for path in going}
    return sum(size for place, size in sizes.items() if place not in staying)


def _place(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_dev, status.st_ino


def _thin_one(publication: Publication, going: Sequence[str]) -> None:
    paper = publication.folder / publications.THINNED
    paths = sorted({*publications.thinned_files(publication.folder), *going})
    write_file(paper, (json.dumps({"format": 1, "files": paths}, ensure_ascii=False, indent=0) + "\n").encode(), 0o400)
    for path in going:
        (publication.folder / path).unlink(missing_ok=True)
    for folder in sorted((path for path in publication.folder.rglob("*") if path.is_dir()), reverse=True):
        if not any(folder.iterdir()):
            folder.rmdir()
