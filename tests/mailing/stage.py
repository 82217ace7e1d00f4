"""What the tests of the mailing stand on: a small register, an approved outbox, surroundings without waiting.

Belongs here: making them. Does not belong here: assertions, and the mail server (``mail_server.py``).
"""

from __future__ import annotations

import datetime
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import duckdb

from pipelines import configuration, quarters
from pipelines.layout import Output
from pipelines.mailing import approval, preparing, sending, settings, transport
from pipelines.mailing.contact_lists import ContactLists
from pipelines.mailing.message import contact_register, recipients
from pipelines.mailing.message.contact_register import Register
from pipelines.mailing.prepared import Prepared
from pipelines.mailing.settings import MailSettings
from tests.people_at_work import acting_as

QUARTER = quarters.Quarter(2026, 4)
NOW = datetime.datetime(2026, 10, 5, 9, 0, tzinfo=datetime.timezone(datetime.timedelta(hours=2)))
TEST_ADDRESS = "proeve@krfo.example.dk"
MUNICIPALITIES = {"101": "København", "147": "Frederiksberg", "580": "Aabenraa", "492": "Ærø", "390": "Vordingborg"}

INSTITUTIONS = [
    ("I1", "Enner Mark Fængsel", "faengsel", "Vest", "Præstemarken 1", "8700", "Horsens", "72 55 10 11", "e@exam.dk"),
    ("I2", "Aabenraa Arrest", "arrest", "Vest", "Jernbanegade 2", "6200", "Aabenraa", "72 55 10 12", "aa@example.dk"),
    ("I3", "Ølgod Arrest", "arrest", "Vest", "Storegade 3", "6870", "Ølgod", None, "oel@example.dk"),
    ("I4", "Lyng Udslusningsfængsel", "udslusning", "Øst", "Vej 4", "2400", "København NV", "72 55 10 14", None),
    ("I5", "KiF København", "kif", "Øst", "Vej 5", "2400", "København NV", "72 55 10 15", "kif@example.dk"),
    ("I6", "Områdekontor Øst", "omraadekontor", "Øst", "Vej 6", "1400", "København K", "72 55 10 16", "o@example.dk"),
    ("I7", "Zoologisk Arrest", "arrest", "Øst", "Vej 7", "2000", "Frederiksberg", "72 55 10 17", "z@example.dk"),
]


def agreement(code: str, **fields: str | None) -> tuple[str | None, ...]:
    """Return one row of the agreements as delivered."""
    row = {
        "updated": "2026-05-18",
        "mailbox": f"godlosladelse@k{code}.example.dk",
        "name": f"Koordinator {code}",
        "mail": f"kontakt@k{code}.example.dk",
        "phone": "33 66 33 66",
    } | fields
    return (code, row["updated"], row["mailbox"], row["name"], row["mail"], row["phone"])


def a_register(
    municipalities: dict[str, str] | None = None,
    agreements: list[tuple[str | None, ...]] | None = None,
    institutions: list[tuple[str | None, ...]] | None = None,
    is_synthetic: bool = False,
) -> Register:
    """Return a register in which every municipality can be reached, unless told otherwise."""
    known = MUNICIPALITIES if municipalities is None else municipalities
    return contact_register.build(
        "2026-09-30",
        datetime.date(2026, 9, 30),
        datetime.date(2026, 9, 30),
        is_synthetic,
        known,
        INSTITUTIONS if institutions is None else institutions,
        [agreement(code) for code in known] if agreements is None else agreements,
    )


def some_settings(**changed: object) -> MailSettings:
    """Return the default settings with a test address; ``people`` may be changed like any other."""
    chosen = configuration.settings()
    section = chosen.mailing.model_copy(update={"test_address": TEST_ADDRESS})
    return settings.judged(section, chosen.people, {}).model_copy(update=changed)


def prepare(
    output: Output, known: Register | None = None, chosen: MailSettings | None = None, **more: object
) -> Prepared:
    """Prepare as Anna, from her own account."""
    arguments = {"quarter": QUARTER, "name": "Anna", "now": NOW} | more
    with acting_as(str(arguments["name"])):
        return preparing.prepare(output, known or a_register(), chosen or some_settings(), **arguments)  # type: ignore[arg-type]


def approve(output: Output, chosen: MailSettings | None = None, quarter: quarters.Quarter = QUARTER) -> None:
    """Approve as Bo and as Carla, each from an account of their own."""
    for minutes, name in enumerate(("Bo", "Carla"), start=1):
        with acting_as(name):
            at = NOW + datetime.timedelta(minutes=minutes)
            approval.approve(output, chosen or some_settings(), quarter, name, at)


def copied(made: Path, to: Path) -> Output:
    """Return a copy of an output folder, with the journal beside it."""
    shutil.copytree(made, to)
    beside = made.with_name(f"{made.name}-journal")
    if beside.exists():
        shutil.copytree(beside, to.with_name(f"{to.name}-journal"))
    return Output(to)


def surroundings(connect: Callable[[], object], told: list[str] | None = None) -> sending.Surroundings:
    """Return surroundings in which no time is spent waiting."""
    return sending.Surroundings(
        connect=connect,  # type: ignore[arg-type]
        now=lambda: NOW + datetime.timedelta(minutes=10),
        pause=lambda seconds: None,
        tell=(told if told is not None else []).append,
    )


def write_warehouse(output: Output, agreements: list[tuple[str | None, ...]]) -> None:
    """Write the few tables of the warehouse that the mailing reads."""
    output.root.mkdir(parents=True, exist_ok=True)
    Path(output.warehouse).unlink(missing_ok=True)
    with duckdb.connect(str(output.warehouse)) as connection:
        connection.execute("create schema raw; create schema restricted")
        connection.execute(
            "create table raw.run (batch_id varchar, extract_date date, as_of date, source_system varchar, "
            "is_synthetic boolean, code_version varchar)"
        )
        connection.execute("insert into raw.run values ('b', '2026-09-30', '2026-09-30', 'x', false, 'v')")
        connection.execute(
            "create table raw.institutioner (institution_kode varchar, navn varchar, art varchar, omraade varchar, "
            'adresse varchar, postnr varchar, "by" varchar, telefon varchar, mail varchar, line bigint)'
        )
        connection.executemany(
            "insert into raw.institutioner values (?, ?, ?, ?, ?, ?, ?, ?, ?, 1)", [list(row) for row in INSTITUTIONS]
        )
        connection.execute(
            "create table raw.samarbejdsaftaler (kommunekode varchar, opdateret varchar, postkasse varchar, "
            "kontakt_mail varchar, kontakt_telefon varchar, line bigint)"
        )
        connection.execute(
            "create table restricted.samarbejdsaftaler_kontakter (kommunekode varchar, kontakt_navn varchar)"
        )
        for code, updated, mailbox, name, mail, phone in agreements:
            connection.execute(
                "insert into raw.samarbejdsaftaler values (?, ?, ?, ?, ?, 1)", [code, updated, mailbox, mail, phone]
            )
            if name is not None:
                connection.execute("insert into restricted.samarbejdsaftaler_kontakter values (?, ?)", [code, name])


def through(server: object, **changed: object) -> MailSettings:
    """Return settings for sending through the test server, without pauses between attempts."""
    there = {"smtp_host": "127.0.0.1", "smtp_port": server.port, "smtp_security": "none"}  # type: ignore[attr-defined]
    return some_settings(**there | {"backoff_seconds": 0.0, "timeout_seconds": 5.0} | changed)


def plan(
    output: Output, known: Register, chosen: MailSettings, quarter: quarters.Quarter, now: datetime.datetime
) -> sending.Plan:
    """Return what a run would send."""
    return sending.plan(output, ContactLists(known, chosen, quarter), chosen, quarter, now)


def send(
    output: Output,
    chosen: MailSettings,
    known: Register | None = None,
    told: list[str] | None = None,
    **changed: object,
) -> sending.Report:
    """Send for real, to the server of the settings."""
    reg = known or a_register()
    permitted = frozenset(one.address for one in recipients.reachable(reg, chosen).values()) | {chosen.test_address}
    around = surroundings(transport.Smtp(chosen, permitted).connect, told)
    lists = ContactLists(reg, chosen, QUARTER)
    return sending.run(output, lists, chosen, QUARTER, replace(around, **changed))  # type: ignore[arg-type]
