"""Handing a message over to an address on the web that the settings name, and to no other.

Belongs here: the request. Does not belong here: what is handed over and what a failure is called (``alerts``,
``open_lineage``).
"""

from __future__ import annotations

import urllib.request
from collections.abc import Mapping

_SECONDS = 10


class _NoRedirection(urllib.request.HTTPRedirectHandler):
    # A redirection would carry the message, and a key with it, to an address that nobody chose.
    def redirect_request(self, *arguments: object) -> None:
        return None


def post(address: str, body: bytes, headers: Mapping[str, str]) -> None:
    """Post a body to an address; raises OSError (HTTPError is one) or ValueError when it was not taken."""
    request = urllib.request.Request(address, body, dict(headers))
    with urllib.request.build_opener(_NoRedirection).open(request, timeout=_SECONDS):
        pass
