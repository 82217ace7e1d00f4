"""``udgivelser.atom``: the shared edition's publications as an Atom feed (RFC 4287).

Belongs here: the feed's form. Does not belong here: which publications there are. A feed is a file of its publication,
so its newest entry is that one; times are the days of assessment, never the clock.
"""

from __future__ import annotations

import datetime
from xml.etree import ElementTree

from pipelines.danish import long_date
from reports.figures.calendar import KnownPublication, PublicationCalendar

NAMESPACE = "http://www.w3.org/2005/Atom"
# A name that never changes, by which a reader's program knows an entry again (RFC 4151).
NAMES = "tag:kriminalforsorgen.dk,2025:god-loesladelse"


def atom(calendar: PublicationCalendar, authority: str, site_address: str, is_synthetic: bool) -> bytes:
    """Return the feed; links lead below ``site_address``, or beside the feed itself while that is not known."""
    ElementTree.register_namespace("", NAMESPACE)
    feed = ElementTree.Element(f"{{{NAMESPACE}}}feed", {"{http://www.w3.org/XML/1998/namespace}lang": "da"})
    synthetic = " (syntetiske data)" if is_synthetic else ""
    _text(feed, "id", NAMES)
    _text(feed, "title", f"God Løsladelse, delt udgave{synthetic}")
    _text(feed, "updated", _moment(calendar.current.as_of))
    _text(ElementTree.SubElement(feed, f"{{{NAMESPACE}}}author"), "name", authority)
    if site_address:
        _link(feed, "self", f"{site_address}udgivelser.atom", "application/atom+xml")
    for one in calendar.newest_first:
        _entry(feed, one, calendar, site_address)
    ElementTree.indent(feed)
    return ElementTree.tostring(feed, encoding="utf-8", xml_declaration=True) + b"\n"


def _entry(feed: ElementTree.Element, one: KnownPublication, calendar: PublicationCalendar, site_address: str) -> None:
    entry = ElementTree.SubElement(feed, f"{{{NAMESPACE}}}entry")
    same_day = sum(other.as_of == one.as_of for other in calendar.earlier[: _place(one, calendar)])
    kind = "Rettelse af opgørelsen" if same_day else "Opgørelse"
    _text(entry, "id", f"{NAMES}/{one.publication_id}")
    _text(entry, "title", f"{kind} pr. {long_date(one.as_of)}")
    _text(entry, "updated", _moment(one.as_of))
    _link(entry, "alternate", f"{site_address}siden-sidst.html", "text/html")
    _text(entry, "summary", "Hvor godt pligterne ved løsladelse overholdes, i hele landet, regioner og kommuner.")


def _place(one: KnownPublication, calendar: PublicationCalendar) -> int:
    return calendar.earlier.index(one) if one in calendar.earlier else len(calendar.earlier)


def _text(parent: ElementTree.Element, name: str, text: str) -> None:
    ElementTree.SubElement(parent, f"{{{NAMESPACE}}}{name}").text = text


def _link(parent: ElementTree.Element, relation: str, address: str, kind: str) -> None:
    ElementTree.SubElement(parent, f"{{{NAMESPACE}}}link", {"rel": relation, "href": address, "type": kind})


def _moment(day: datetime.date) -> str:
    return f"{day.isoformat()}T00:00:00Z"
