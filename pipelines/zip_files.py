"""Zip files that are the same bytes whenever they are made of the same content.

Belongs here: writing one. Does not belong here: what it holds, and reading one that somebody else made.
"""

from __future__ import annotations

import datetime
import io
import zipfile
from collections.abc import Iterable

#: A zip file cannot tell of a time before.
FIRST_DAY = datetime.date(1980, 1, 1)


def zipped(files: Iterable[tuple[str, bytes]], comment: str, day: datetime.date = FIRST_DAY) -> bytes:
    """Return the files, by their places in it and in this order, as a zip file with a comment, all of one day."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as file:
        file.comment = comment.encode()
        for place, content in files:
            info = zipfile.ZipInfo(place, (day.year, day.month, day.day, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            file.writestr(info, content)
    return buffer.getvalue()
