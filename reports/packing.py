"""The zip file of one municipality's pack: made when it is asked for, from the files of the publication.

Belongs here: what the zip file is called, and its owner's name in every page of it. Does not belong here: making the
files (``packs``), and who gets it.

Pages that are the same in every pack name no owner where they lie; in the zip file, which leaves alone, they do.
"""

from __future__ import annotations

import datetime
import html as html_text
import re
from collections.abc import Iterator
from pathlib import Path

from markupsafe import escape

from pipelines import zip_files
from pipelines.errors import UserError
from reports.editions import PACK

_AUTHOR = re.compile(r'<meta name="author" content="([^"]*)">')
_HEAD = '<meta name="referrer" content="no-referrer">\n'
_BRAND = f"<span>{PACK.title}</span>"
"""How a page that names no owner begins (``page.html.j2``)."""


def owner_of(folder: Path) -> str:
    """Return the name of the municipality whose pack lies in the folder. Raises UserError when none does."""
    try:
        found = _AUTHOR.search((folder / "index.html").read_text(encoding="utf-8"))
    except OSError:
        found = None
    if found is None:
        raise UserError(f"Der er ingen pakke i {folder}.")
    return html_text.unescape(found[1])


def zip_name(folder: Path, publication_id: str) -> str:
    """Return the name of the zip file and of the folder inside it: whose it is, and of which publication."""
    name = owner_of(folder).removesuffix(" Kommune").lower()
    safe = name.replace("æ", "ae").replace("ø", "oe").replace("å", "aa")
    plain = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in safe).strip("-")
    return f"god-loesladelse_{folder.name}_{plain}_{publication_id}"


def zipped(folder: Path, publication_id: str, as_of: datetime.date) -> bytes:
    """Return the pack as the bytes of a zip file: the same publication always gives the same ones."""
    owner, inside = owner_of(folder), zip_name(folder, publication_id)

    def files() -> Iterator[tuple[str, bytes]]:
        for path in sorted(one for one in folder.rglob("*") if one.is_file()):
            content = path.read_bytes()
            # The page of a case names its municipality where it lies.
            is_unnamed = path.suffix == ".html" and path.parent == folder
            named = _named(content.decode(), owner).encode() if is_unnamed else content
            yield f"{inside}/{path.relative_to(folder).as_posix()}", named

    return zip_files.zipped(files(), f"{owner} ({folder.name})", as_of)


def _named(page: str, owner: str) -> str:
    """Return a page with its owner's name; a page that has one already is left as it is."""
    if _AUTHOR.search(page):
        return page
    if page.count(_HEAD) != 1 or page.count(_BRAND) != 1:
        raise UserError("Pakken kan ikke mærkes med kommunens navn: siderne er ikke lavet af denne udgave.")
    name = str(escape(owner))
    return page.replace(_HEAD, f'{_HEAD}<meta name="author" content="{name}">\n').replace(
        _BRAND, f"<span>{PACK.title}: {name}</span>"
    )
