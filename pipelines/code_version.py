"""Which code made a figure: the version and a digest of the project's own sources.

Belongs here: computing that text. Does not belong here: versions of rules (the rule catalogue has them).
"""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.metadata import version

from pipelines.layout import PROGRAM, PROJECT

_SKIPPED = ("__pycache__", "target", "logs")


@cache
def code_version() -> str:
    """Return for example ``1.0.0+4f2a91c07be3``; it changes with any file that can change a figure or a page.

    The versions of the libraries are among them (``requirements.lock``). Installed from a wheel it is the same as in
    the sources that the wheel was built from.
    """
    digest = hashlib.sha256()
    for folder in PROGRAM:
        for file in sorted((PROJECT / folder).rglob("*")):
            relative = file.relative_to(PROJECT)
            if file.is_file() and not set(relative.parts) & set(_SKIPPED) and not file.name.startswith("."):
                digest.update(relative.as_posix().encode() + b"\0" + hashlib.sha256(file.read_bytes()).digest())
    return f"{version('god-loesladelse')}+{digest.hexdigest()[:12]}"
