"""The web server of docs/server/web, run for real, and a stand-in for oauth2-proxy that knows who has which cookie.

Belongs here: starting both. Does not belong here: what anybody may see.

The stand-in answers as oauth2-proxy's /oauth2/auth does: 401 without a session, 403 when ``allowed_groups`` names none
of the session's groups, 202 otherwise: also when it names no group at all.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.parse
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

WEB = Path(__file__).resolve().parents[1] / "docs" / "server" / "web"
DIRECTORATE, MUNICIPALITY = "god-loesladelse-direktorat", "god-loesladelse-kommune-"


def caddy() -> str | None:
    """Return the server's program: the one beside this Python, else the machine's."""
    beside = Path(sys.executable).with_name("caddy")
    return str(beside) if beside.exists() else shutil.which("caddy")


@dataclass(frozen=True)
class Answer:
    """What the server said."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class PagesServer:
    """The running server; ``get`` asks for a path exactly as it is written."""

    def __init__(self, port: int) -> None:
        self._port = port

    def get(self, path: str, who: str = "", **headers: str) -> Answer:
        """Ask for a path as somebody (empty: nobody who is signed in)."""
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=10)
        cookie = {"Cookie": f"session={who}"} if who else {}
        try:
            connection.putrequest("GET", path, skip_host=True)
            for name, value in {"Host": f"127.0.0.1:{self._port}", **cookie, **headers}.items():
                connection.putheader(name, value)
            connection.endheaders()
            response = connection.getresponse()
            return Answer(response.status, dict(response.getheaders()), response.read())
        finally:
            connection.close()


class _Auth(BaseHTTPRequestHandler):
    groups: Mapping[str, tuple[str, ...]]

    def do_GET(self) -> None:
        asked = urllib.parse.urlsplit(self.path)
        listed = urllib.parse.parse_qs(asked.query).get("allowed_groups", [""])[0].split(",")
        allowed = {group for group in listed if group}
        session = self.headers.get("Cookie", "").removeprefix("session=")
        if asked.path != "/oauth2/auth":
            self._say(200, b"sign in")
        elif session not in self.groups:
            self._say(401, b"")
        elif allowed and not allowed & set(self.groups[session]):
            self._say(403, b"")
        else:
            self._say(202, b"")

    def _say(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


@contextlib.contextmanager
def running(
    published: Path, groups: Mapping[str, tuple[str, ...]], directorate: str = DIRECTORATE
) -> Iterator[PagesServer]:
    """Run the server in front of a folder, with the sessions' groups."""
    auth = ThreadingHTTPServer(("127.0.0.1", 0), type("Auth", (_Auth,), {"groups": groups}))
    threading.Thread(target=auth.serve_forever, daemon=True).start()
    port = _free_port()
    program = caddy()
    assert program is not None
    own = published.parent / "caddy"
    own.mkdir(exist_ok=True)
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(own),
        "XDG_DATA_HOME": str(own),
        "XDG_CONFIG_HOME": str(own),
        "SITE": f"http://127.0.0.1:{port}",
        "PUBLISHED": str(published),
        "OAUTH2_PROXY": f"127.0.0.1:{auth.server_address[1]}",
        "DIRECTORATE_GROUP": directorate,
        "MUNICIPALITY_GROUP": MUNICIPALITY,
    }
    server = subprocess.Popen(
        [program, "run", "--config", str(WEB / "Caddyfile"), "--adapter", "caddyfile"],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=(own / "log").open("wb"),
    )
    try:
        _wait(server, port, own / "log")
        yield PagesServer(port)
    finally:
        server.terminate()
        server.wait(10)
        auth.shutdown()
        auth.server_close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    for _ in range(200):
        if server.poll() is not None:
            raise RuntimeError(log.read_text(encoding="utf-8"))
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise RuntimeError(log.read_text(encoding="utf-8"))
