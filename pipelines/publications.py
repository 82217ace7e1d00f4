"""Publications: written whole beside the old ones, verified, then the pointer moves; an existing one is never changed.

Belongs here: names, ``release.json``, sums, the pointer ``current``. Does not belong here: what a page says
(``reports``) and what may be shown (``pipelines.disclosure``).
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from pipelines.durable_files import make_folder, sum_of, sync_folder
from pipelines.equal_files import STORE, empty_store, make_read_only, share
from pipelines.errors import UserError
from pipelines.layout import Output
from pipelines.locks import remove_tree

_UNFINISHED = ".ufaerdig-"
_DESCRIPTION = "release.json"
#: Names the files that a thinned publication no longer has.
THINNED = "udtyndet.json"
_LEADS_ON = """<!doctype html>
<html lang="da"><head><meta charset="utf-8"><title>Nyeste udgivelse</title>
<meta http-equiv="refresh" content="0; url=../{publication}/direktorat/index.html"></head>
<body><p><a href="../{publication}/direktorat/index.html">Nyeste udgivelse: {publication}</a></p></body></html>
"""


@dataclass(frozen=True)
class Publication:
    """One publication: its folder and its ``release.json``."""

    folder: Path
    description: dict[str, Any]

    @property
    def publication_id(self) -> str:
        """The publication's name, the day of assessment with -2, -3 ... for a later one about the same day."""
        return self.folder.name

    @property
    def number(self) -> int:
        """Its place in the order of publication, from 1."""
        return int(self.description["number"])

    @property
    def as_of(self) -> date:
        """The day of assessment."""
        return date.fromisoformat(self.description["as_of"])


def all_publications(output: Output) -> list[Publication]:
    """Return every finished publication, in the order they were published."""
    found = [
        Publication(folder, json.loads((folder / _DESCRIPTION).read_text(encoding="utf-8")))
        for folder in _folders(output.published)
    ]
    return sorted(found, key=lambda publication: publication.number)


def _folders(published: Path) -> list[Path]:
    return [
        file.parent
        for file in published.glob(f"*/{_DESCRIPTION}")
        if not file.parent.name.startswith(_UNFINISHED)
        and not file.parent.is_symlink()
        and file.parent.name != "current"
    ]


def read(folder: Path) -> Publication:
    """Return the publication in a folder, wherever it lies. Raises UserError when it is none."""
    try:
        found = Publication(folder.resolve(), json.loads((folder / _DESCRIPTION).read_text(encoding="utf-8")))
        if found.as_of and found.number > 0 and found.description["files"] is not None:
            return found
    except (OSError, ValueError, KeyError, TypeError):
        pass
    raise UserError(f"{folder} er ingen udgivelse: {_DESCRIPTION} mangler eller kan ikke læses.")


def earlier_than(publication: Publication) -> list[Publication]:
    """Return the publications that lie beside one and were published before it, in their order.

    What lies there and is no publication that can be read is left out.
    """
    found = []
    for folder in _folders(publication.folder.parent):
        with contextlib.suppress(UserError):
            found.append(read(folder))
    return sorted((one for one in found if one.number < publication.number), key=lambda one: one.number)


def current(output: Output) -> Publication | None:
    """Return the publication that ``current`` points at, if any."""
    pointer = output.published / "current"
    if pointer.is_symlink():
        name = os.readlink(pointer).rstrip("/")
    elif (pointer / "udgivelse.txt").exists():
        name = (pointer / "udgivelse.txt").read_text(encoding="utf-8").strip()
    else:
        return None
    return named(output, name)


def named(output: Output, name: str | None) -> Publication | None:
    """Return the publication of that name, or the current one when no name is given; None when there is none."""
    if name is None:
        return current(output)
    return next((one for one in all_publications(output) if one.publication_id == name), None)


def settle(output: Output) -> Publication | None:
    """Finish or remove what a killed run left: returns the publication that ``current`` was moved to, if it was.

    A publication gets its name when it is whole, and the pointer moves after that. Killed in between, the run has
    published it all but for the pointer, so the pointer follows. An unfinished one goes; no reader was ever led there.
    """
    for folder in output.published.glob(f"{_UNFINISHED}*"):
        if folder.is_dir() and not folder.is_symlink():
            remove_tree(folder)
        else:
            folder.unlink()
    if (output.published / STORE).exists():
        used = (
            entry["sha256"] for publication in all_publications(output) for entry in publication.description["files"]
        )
        empty_store(output.published, used)
    wanted = _newest(output)
    if wanted is None or current(output) == wanted or differences(wanted.folder):
        return None
    point_at(output, wanted.publication_id)
    return wanted


def is_settled(output: Output) -> bool:
    """Whether there is nothing to settle."""
    unfinished = next(output.published.glob(f"{_UNFINISHED}*"), None)
    return unfinished is None and current(output) == _newest(output)


def _newest(output: Output) -> Publication | None:
    return max(all_publications(output), key=lambda publication: publication.number, default=None)


def next_name(output: Output, as_of: date) -> str:
    """Return the name that the next publication about this day gets."""
    taken = {publication.publication_id for publication in all_publications(output)}
    name, number = as_of.isoformat(), 1
    while name in taken:
        number += 1
        name = f"{as_of.isoformat()}-{number}"
    return name


def publish(
    output: Output, as_of: date, description: dict[str, Any], write: Callable[[Path, str, int], dict[str, Any]]
) -> Publication:
    """Write a publication whole, verify it, give it its name and let ``current`` point at it.

    ``write(folder, publication_id, number)`` fills the empty folder and returns what to add to ``release.json`` (such
    as the result of the disclosure audit); whatever it raises leaves everything published as it was.
    """
    make_folder(output.published)
    settle(output)
    earlier = all_publications(output)
    number = 1 + max((publication.number for publication in earlier), default=0)
    name = next_name(output, as_of)
    # A name of its own: a page-writing process that outlived its killed run must not find this folder.
    unfinished = output.published / f"{_UNFINISHED}{name}-{secrets.token_hex(4)}"
    make_folder(unfinished)
    try:
        added = write(unfinished, name, number)
    except BaseException:
        remove_tree(unfinished)
        raise
    whole = {"release_id": name, "number": number, "as_of": as_of.isoformat(), **description, **added}
    whole["files"] = _sums(unfinished)
    share(unfinished, whole["files"], [(one.folder, one.description["files"]) for one in reversed(earlier)])
    file = unfinished / _DESCRIPTION
    file.write_text(json.dumps(whole, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    make_read_only(file)
    problems = differences(unfinished)
    if problems:
        raise UserError(f"Udgivelsen {name} er ikke hel på disken ({problems[0]}). Den er ikke udgivet; kør igen.")
    for path in sorted(unfinished.rglob("*")):
        if path.is_dir():
            sync_folder(path)
    sync_folder(unfinished)
    folder = output.published / name
    os.rename(unfinished, folder)
    sync_folder(output.published)
    point_at(output, name)
    return Publication(folder, whole)


def point_at(output: Output, name: str) -> None:
    """Let ``current`` point at a publication in one step; where links are impossible, a page that leads on."""
    pointer = output.published / "current"
    temporary = output.published / f"{_UNFINISHED}current"
    temporary.unlink(missing_ok=True)
    try:
        temporary.symlink_to(name, target_is_directory=True)
    except OSError:
        if pointer.is_symlink():  # links are possible here; through this one the pages would land in an old publication
            raise UserError(
                f"Udgivelsen {name} er hel, men {pointer} kan ikke flyttes til den (er drevet fuldt?). Kør igen."
            ) from None
        make_folder(pointer)
        for file, text in (("index.html", _LEADS_ON.format(publication=name)), ("udgivelse.txt", name)):
            new = pointer / f"{file}.ny"
            new.write_text(text, encoding="utf-8")
            os.replace(new, pointer / file)
    else:
        os.replace(temporary, pointer)
    sync_folder(output.published)


def differences(folder: Path) -> list[str]:
    """Compare a publication with the sums of its ``release.json``; returns one Danish line per difference.

    What a thinned publication has let go is not missing; what it still has must be as it was.
    """
    try:
        wanted = {
            entry["path"]: entry["sha256"]
            for entry in json.loads((folder / _DESCRIPTION).read_text(encoding="utf-8"))["files"]
        }
    except (OSError, ValueError, KeyError, TypeError):
        raise UserError(f"{folder} er ingen udgivelse: {_DESCRIPTION} mangler eller kan ikke læses.") from None
    found = {entry["path"]: entry["sha256"] for entry in _sums(folder)}
    gone = thinned_files(folder)
    lines = [f"{path} mangler" for path in sorted(wanted.keys() - found.keys() - gone)]
    lines += [f"{path} hører ikke til udgivelsen" for path in sorted(found.keys() - wanted.keys())]
    lines += [f"{path} er ændret" for path in sorted(wanted.keys() & found.keys()) if wanted[path] != found[path]]
    return lines


def thinned_files(folder: Path) -> frozenset[str]:
    """Return the files that a publication has let go, by their place in it; none when it has not been thinned."""
    try:
        return frozenset(json.loads((folder / THINNED).read_text(encoding="utf-8"))["files"])
    except FileNotFoundError:
        return frozenset()
    except (OSError, ValueError, KeyError, TypeError):
        raise UserError(f"{folder / THINNED} er beskadiget. Læg udgivelsen tilbage fra sikkerhedskopien.") from None


def _sums(folder: Path) -> list[dict[str, Any]]:
    return [
        {
            "path": path.relative_to(folder).as_posix(),
            "bytes": path.stat().st_size,
            "sha256": sum_of(path),
        }
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path not in (folder / _DESCRIPTION, folder / THINNED)
    ]
