"""A publication made again, to the byte, by the program version that made it; or why that cannot be.

Belongs here: finding the grounds a publication was made from, making its files anew and comparing them with its sums.
Does not belong here: making a page (``reports``), and letting files go (``thinning``).

Nothing that is in place is touched: the warehouse of that day is built in the work folder and goes with it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pipelines import publications
from pipelines.code_version import code_version
from pipelines.danish import number
from pipelines.durable_files import sum_of
from pipelines.errors import UserError
from pipelines.layout import Output
from pipelines.progress import Progress
from pipelines.publications import Publication
from pipelines.publishing.grounds import GROUNDS
from pipelines.receiving import archive
from pipelines.warehouse import build
from pipelines.warehouse.build import BuildInputs


@dataclass(frozen=True)
class Again:
    """The files made anew in a folder, and the Danish lines that tell which are not what was published."""

    files: int
    differing: tuple[str, ...]


def make_again(
    output: Output, publication: Publication, inputs: BuildInputs, target: Path, progress: Progress
) -> Again:
    """Make the publication's pages and documents in an empty folder and compare them with its sums.

    ``inputs`` are what it was made from (``grounds_of``).
    """
    from pipelines.publishing import content

    progress.stage(f"Bygger datavarehuset pr. {inputs.as_of:%d-%m-%Y}")
    beside = Output(output.work / "again")
    built = build.build(output, inputs, beside.root)
    progress.finish(f"{number(len(built.nodes))} trin og kontroller")
    earlier = [one for one in publications.all_publications(output) if one.number < publication.number]
    content.write_again(beside, publication, earlier, target, progress)
    wanted = {
        entry["path"]: entry["sha256"]
        for entry in publication.description["files"]
        if not Path(entry["path"]).is_relative_to(GROUNDS)
    }
    made = {path.relative_to(target).as_posix(): sum_of(path) for path in sorted(target.rglob("*")) if path.is_file()}
    lines = [f"{path} er ikke lavet" for path in sorted(wanted.keys() - made.keys())]
    lines += [f"{path} hører ikke til udgivelsen" for path in sorted(made.keys() - wanted.keys())]
    lines += [f"{path} er anderledes" for path in sorted(wanted.keys() & made.keys()) if wanted[path] != made[path]]
    return Again(len(made), tuple(lines))


def grounds_of(output: Output, publication: Publication, candidates: Iterable[BuildInputs]) -> BuildInputs:
    """Return the inputs that the publication says it was made from; raises UserError with why there are none.

    ``candidates`` are what this folder may have given for the publication's batch and day at the time.
    """
    made_by = publication.description["code_version"]
    name = publication.publication_id
    if made_by != code_version():
        raise UserError(
            f"Udgivelsen {name} er lavet af programmets version {made_by}, og dette er {code_version()}. Hent den "
            "version, og kør kommandoen med den; så bliver filerne de samme til mindste byte."
        )
    for entry in publication.description["inputs"]:
        if not archive.is_kept(output, entry["sha256"], entry["file"]):
            raise UserError(
                f"Udgivelsen {name} kan ikke laves igen: de modtagne bytes af {entry['file']} er slettet efter fristen "
                "eller beskadiget. Tal, bevis og kontrolsummer findes stadig i udgivelsen."
            )
    for inputs in candidates:
        if inputs.own_digest == publication.description["build_digest"]:
            return inputs
    raise UserError(
        f"Udgivelsen {name} kan ikke laves igen: det, den hviler på, er ændret siden (en leverance bedømt igen, en "
        "udsendelse eller et svar registreret for tiden før). Tal, bevis og kontrolsummer findes stadig i udgivelsen."
    )
