"""What the tests of packs and worklists stand on: a publication with packs, a warehouse with worklists, the commands.

Belongs here: making them. Does not belong here: assertions.
"""

from __future__ import annotations

import contextlib
import datetime
import json
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from pipelines import cli
from pipelines.commands import mail
from pipelines.layout import Output
from pipelines.mailing.message import contact_register
from tests.mailing import stage
from tests.mailing.stage import MUNICIPALITIES, NOW, agreement
from tests.people_at_work import acting_as

PUBLICATION = "2026-09-30"
CVR = {"101": "64942212", "147": "11259979", "580": "29189854"}
OWN_CVR = "53367917"

Run = Callable[..., tuple[int, str, str]]


def an_output(root: Path) -> Output:
    """Write an output folder with a contact register and one publication with a pack for each municipality."""
    output = Output(root)
    stage.write_warehouse(output, [agreement(code) for code in MUNICIPALITIES])
    folder = output.published / PUBLICATION
    for code, name in MUNICIPALITIES.items():
        pack = folder / "kommune" / code
        pack.mkdir(parents=True)
        page = f'<meta name="author" content="{name} Kommune"><p>Tal for {name}</p>'
        (pack / "index.html").write_text(page, encoding="utf-8")
        (pack / "sag").mkdir()
        (pack / "sag" / f"A-{code}001.html").write_text(f"Sagen i {name}", encoding="utf-8")
    (folder / "release.json").write_text(
        json.dumps({"as_of": PUBLICATION, "number": 1, "batch_id": PUBLICATION}), encoding="utf-8"
    )
    (output.published / "current").symlink_to(PUBLICATION)
    return output


def write_worklists(output: Output, wanted: dict[tuple[str, str], str]) -> None:
    """Write tables in which each (institution, municipality) has one open duty, on the case named."""
    with duckdb.connect(str(output.warehouse)) as connection:
        connection.execute("create schema if not exists publish")
        connection.execute(
            "create or replace table publish.pub_run as select date '2026-09-30' as as_of, 'b' as batch_id"
        )
        connection.execute(
            "create or replace table publish.pub_institution as select institution_kode as institution_code, "
            "navn as name from raw.institutioner"
        )
        names = [[code, name] for code, name in MUNICIPALITIES.items()]
        connection.execute("create or replace table publish.pub_municipality (municipality_code varchar, name varchar)")
        connection.executemany("insert into publish.pub_municipality values (?, ?)", names)
        columns = (
            "case_id varchar, case_type varchar, rule_id varchar, title_da varchar, norm varchar, status varchar, "
            "deadline date, days_left integer, is_in_place boolean, is_over_a_year_late boolean, next_step varchar, "
            "next_step_by varchar, next_step_deadline date, responsible varchar, municipality_code varchar, "
            "municipality_name varchar, institution_code varchar, institution_name varchar, institution_phone varchar, "
            "institution_mail_address varchar, urgency integer"
        )
        connection.execute(f"create or replace table publish.pub_worklist ({columns})")
        connection.execute("create or replace table publish.pub_late_case as from publish.pub_worklist limit 0")
        for number, ((institution, municipality), case) in enumerate(wanted.items()):
            connection.execute(
                "insert into publish.pub_worklist (case_id, case_type, rule_id, title_da, norm, status, deadline, "
                "days_left, municipality_code, institution_code, urgency) values (?, 'afsoning', "
                "'action_plan_on_time', 'Handleplan', 'lovkrav', 'not_due', '2026-10-20', 15, ?, ?, ?)",
                [case, municipality, institution, number],
            )


def commands(
    output: Output,
    what: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    settings: str,
    now: datetime.datetime = NOW,
) -> Run:
    """Return how to run a sub-command of ``mail`` for one matter; ``--by NAME`` acts from that person's account."""
    chosen = tmp_path / "configuration.toml"
    chosen.write_text(settings, encoding="utf-8")
    monkeypatch.setenv("GOD_LOESLADELSE_CONFIGURATION", str(chosen))
    monkeypatch.setattr(contact_register, "all_municipalities", lambda: MUNICIPALITIES)
    monkeypatch.setattr(mail, "_now", lambda: now)
    monkeypatch.setattr(mail.time, "sleep", lambda seconds: None)

    def run(*words: str) -> tuple[int, str, str]:
        with acting_as(words[words.index("--by") + 1]) if "--by" in words else contextlib.nullcontext():
            status = cli.main(["mail", words[0], "--output", str(output.root), "--what", what, *words[1:]])
        caught = capsys.readouterr()
        return status, caught.out, caught.err

    return run


def by_mail(port: int, passwords: Path, **parcels: str) -> str:
    """Return settings for sending through the test server."""
    more = "".join(f"{name} = {value}\n" for name, value in parcels.items())
    return (
        f'[mailing]\nsmtp_host = "127.0.0.1"\nsmtp_port = {port}\nsmtp_security = "none"\nbackoff_seconds = 0\n'
        f'test_address = "{stage.TEST_ADDRESS}"\n[parcels]\npassword_folder = "{passwords}"\n{more}'
    )


def by_digital_post(folder: Path, numbers: Path, passwords: Path) -> str:
    """Return settings for laying messages of Digital Post down in a folder."""
    return (
        f'[mailing]\nlowest_reachable_share = 0.5\n[parcels]\npacks = "memo"\npassword_folder = "{passwords}"\n'
        f'memo_folder = "{folder}"\nmemo_sender_cvr = "{OWN_CVR}"\nmemo_recipients = "{numbers}"\n'
    )
