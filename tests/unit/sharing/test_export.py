"""Shared tables arrive whole in a real PostgreSQL and as Parquet: rows, types, comments, keys, roles, one swap."""

from __future__ import annotations

import datetime
import decimal
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import duckdb
import psycopg
import pytest

from pipelines import audit_trail, cli
from pipelines.errors import UserError, WrongUse
from pipelines.layout import Output
from pipelines.sharing import export, shared_tables, to_postgres
from tests import postgres_server


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    with postgres_server.server() as address:
        yield address


@pytest.fixture
def empty(database: str) -> str:
    """The database with nothing of earlier tests in it."""
    with psycopg.connect(database) as connection:
        for schema in ("marts", "publish", "semantic", "restricted", "egne"):
            connection.execute(f"drop schema if exists {schema} cascade")  # type: ignore[arg-type]
    return database


@pytest.fixture
def output(tmp_path: Path) -> Output:
    """An output folder with a small warehouse."""
    output = Output(tmp_path / "output")
    output.root.mkdir()
    fill(output)
    return output


def fill(output: Output, extra: str = "") -> None:
    output.warehouse.unlink(missing_ok=True)
    with duckdb.connect(str(output.warehouse)) as connection:
        connection.execute(
            "create schema raw; create schema marts; create schema publish; create schema semantic; "
            "create schema restricted; "
            "create table raw.run (batch_id varchar, as_of date, build_digest varchar, code_version varchar); "
            "insert into raw.run values ('2026-09-30', date '2026-09-30', 'd', 'v'); "
            "create table marts.dim_institution "
            "(institution_code varchar, name varchar, opened date, budget decimal(9, 2), open boolean); "
            "insert into marts.dim_institution values "
            "('oest', 'Øst; \"fløj\" \\ ny\nlinje\ttab', date '2020-02-29', 1234.50, true), "
            "('vest', null, null, null, false); "
            "comment on table marts.dim_institution is 'Områderne.'; "
            "comment on column marts.dim_institution.name is 'Navnet, med ''anførselstegn''.'; "
            "create table marts.free (codes varchar[], share double, number hugeint); "
            "insert into marts.free values (['a', 'b'], 0.1, 170141183460469231731687303715884105727::hugeint), "
            "([], 'nan'::double, null); "
            "create view publish.pub_area as select institution_code, name from marts.dim_institution; "
            "create view semantic.measures as select 'due' as measure; "
            "create table restricted.infohus (sags_id varchar); insert into restricted.infohus values ('A-1'); "
            "create table restricted.samarbejdsaftaler_kontakter (kontakt_navn varchar); " + extra
        )


def ask(address: str, query: str) -> list[tuple]:
    with psycopg.connect(address) as connection:
        return connection.execute(query).fetchall()  # type: ignore[arg-type]


def test_rows_and_types_are_the_same_in_postgresql(output: Output, empty: str) -> None:
    done = export.to(output, address=empty)
    assert done.rows == {"marts.dim_institution": 2, "marts.free": 2, "publish.pub_area": 2, "semantic.measures": 1}
    assert ask(empty, "select * from marts.dim_institution order by institution_code") == [
        ("oest", 'Øst; "fløj" \\ ny\nlinje\ttab', datetime.date(2020, 2, 29), decimal.Decimal("1234.50"), True),
        ("vest", None, None, None, False),
    ]
    first, second = ask(empty, "select * from marts.free order by number nulls last")
    assert first == (["a", "b"], 0.1, decimal.Decimal(2**127 - 1))
    assert second[0] == [] and second[1] != second[1] and second[2] is None


def test_comments_and_keys_come_along(output: Output, empty: str) -> None:
    export.to(output, address=empty)
    assert ask(empty, "select obj_description('marts.dim_institution'::regclass)") == [("Områderne.",)]
    assert ask(empty, "select col_description('marts.dim_institution'::regclass, 2)") == [
        ("Navnet, med 'anførselstegn'.",)
    ]
    keys = "select pg_get_constraintdef(oid) from pg_constraint where contype = 'p' and conrelid = "
    assert ask(empty, f"{keys}'marts.dim_institution'::regclass") == [("PRIMARY KEY (institution_code)",)]
    ((told,),) = ask(empty, "select obj_description('marts'::regnamespace)")
    assert told.startswith("God løsladelse: ") and "batch 2026-09-30" in told


def test_the_restricted_schema_is_shared_only_when_named_and_with_a_role_of_its_own(output: Output, empty: str) -> None:
    export.to(output, address=empty)
    assert ask(empty, "select count(*) from pg_namespace where nspname = 'restricted'") == [(0,)]
    done = export.to(output, address=empty, restricted=True)
    assert done.rows["restricted.infohus"] == 1 and "restricted.samarbejdsaftaler_kontakter" not in done.rows
    may = "select has_table_privilege('{}', '{}', 'select')"
    assert ask(empty, may.format(to_postgres.READER, "marts.dim_institution")) == [(True,)]
    assert ask(empty, may.format(to_postgres.READER, "restricted.infohus")) == [(False,)]
    assert ask(empty, may.format(to_postgres.RESTRICTED_READER, "restricted.infohus")) == [(True,)]
    assert ask(empty, may.format("public", "marts.dim_institution")) == [(False,)]


def test_readers_see_the_old_or_the_new_and_never_anything_between(output: Output, empty: str) -> None:
    export.to(output, address=empty)
    fill(output, "insert into marts.dim_institution values ('syd', 'Syd', null, null, true); ")
    seen: set[tuple[int, int]] = set()
    stop = threading.Event()

    def read() -> None:
        with psycopg.connect(empty, autocommit=True) as connection:
            while not stop.is_set():
                query = "select (select count(*) from marts.dim_institution), (select count(*) from publish.pub_area)"
                seen.add(connection.execute(query).fetchone())  # type: ignore[arg-type]

    reader = threading.Thread(target=read)
    reader.start()
    try:
        export.to(output, address=empty)
    finally:
        stop.set()
        reader.join()
    assert seen <= {(2, 2), (3, 3)} and ask(empty, "select count(*) from marts.dim_institution") == [(3,)]


def test_a_reader_that_holds_one_table_and_wants_another_is_waited_for(output: Output, empty: str) -> None:
    export.to(output, address=empty)
    holds, seen = threading.Event(), []

    def read() -> None:
        with psycopg.connect(empty) as connection:
            connection.execute("select count(*) from publish.pub_area")
            holds.set()
            connection.execute("select pg_sleep(1)")
            seen.append(connection.execute("select count(*) from marts.dim_institution").fetchone())

    reader = threading.Thread(target=read)
    reader.start()
    holds.wait(10)
    export.to(output, address=empty)
    reader.join()
    assert seen == [(2,)]


def test_a_table_that_is_never_let_go_of_is_told(output: Output, empty: str, monkeypatch: pytest.MonkeyPatch) -> None:
    export.to(output, address=empty)
    monkeypatch.setattr(to_postgres, "_ATTEMPTS", 1)
    with psycopg.connect(empty) as connection:
        connection.execute("select count(*) from marts.dim_institution")
        with pytest.raises(UserError, match="læst hele tiden"):
            export.to(output, address=empty)
    assert ask(empty, "select count(*) from marts.dim_institution") == [(2,)]


def test_an_export_that_fails_changes_nothing(output: Output, empty: str) -> None:
    export.to(output, address=empty)
    fill(output, "insert into marts.dim_institution values ('vest', 'igen', null, null, true); ")  # not what a row is
    with pytest.raises(UserError, match="UniqueViolation"):
        export.to(output, address=empty)
    assert ask(empty, "select count(*) from marts.dim_institution") == [(2,)]
    assert ask(empty, "select count(*) from pg_namespace where nspname like '%\\_ny'") == [(0,)]


def test_a_schema_that_is_not_ours_is_left_alone(output: Output, empty: str) -> None:
    with psycopg.connect(empty) as connection:
        connection.execute("create schema marts; create table marts.deres (a int)")
    with pytest.raises(UserError, match="kommer herfra"):
        export.to(output, address=empty)
    assert ask(empty, "select count(*) from marts.deres") == [(0,)]


def test_views_of_others_are_named_and_not_lost(output: Output, empty: str) -> None:
    export.to(output, address=empty)
    with psycopg.connect(empty) as connection:
        connection.execute("create schema egne; create view egne.mine as select * from marts.dim_institution")
    with pytest.raises(UserError, match=r"egne\.mine"):
        export.to(output, address=empty)
    assert ask(empty, "select count(*) from egne.mine") == [(2,)]


def test_an_account_without_rights_is_told_what_to_ask_for(output: Output, empty: str) -> None:
    with psycopg.connect(empty) as connection:
        connection.execute("drop role if exists svag; create role svag login")
    with pytest.raises(UserError, match="administrator"):
        export.to(output, address=empty.replace("ejer@", "svag@"))


def test_a_password_is_in_no_message_and_not_in_the_trail(output: Output, database: str, empty: str) -> None:
    with pytest.raises(UserError) as failed:
        export.to(output, address="postgresql://a:hemmelig@127.0.0.1:1/x")
    assert "hemmelig" not in str(failed.value) and "kan ikke nås" in str(failed.value)
    export.to(output, address=empty.replace("ejer@", "ejer:hemmelig@"))
    entry = [entry for entry in audit_trail.entries(output) if entry["event"] == "exported"][-1]
    assert "hemmelig" not in json.dumps(entry) and entry["tables"] == 4 and entry["batch"] == "2026-09-30"


def test_another_kind_of_address_is_wrong_use(output: Output) -> None:
    with pytest.raises(WrongUse):
        export.to(output, address="mysql://x/y")


def test_every_type_of_the_warehouse_has_its_counterpart() -> None:
    assert to_postgres.type_of("DECIMAL(18,3)") == "numeric(18,3)" and to_postgres.type_of("VARCHAR[]") == "text[]"
    with pytest.raises(UserError, match="MAP"):
        to_postgres.type_of("MAP(VARCHAR, INTEGER)")


def test_parquet_has_the_same_rows_and_says_what_they_are(output: Output, tmp_path: Path) -> None:
    folder = tmp_path / "delt"
    assert cli.main(["export", "--output", str(output.root), "--parquet", str(folder)]) == 0
    assert duckdb.sql(f"select count(*) from '{folder}/marts/dim_institution.parquet'").fetchall() == [(2,)]
    described = json.loads((folder / "tables.json").read_text(encoding="utf-8"))
    area = next(table for table in described["tables"] if table["name"] == "dim_institution")
    assert area["comment"] == "Områderne." and area["key"] == ["institution_code"] and area["rows"] == 2
    assert not (folder / "restricted").exists()
    fill(output, "insert into marts.dim_institution values ('syd', 'Syd', null, null, true); ")
    export.to(output, folder=folder, restricted=True)
    assert duckdb.sql(f"select count(*) from '{folder}/marts/dim_institution.parquet'").fetchall() == [(3,)]
    assert (folder / "restricted" / "infohus.parquet").stat().st_mode & 0o077 == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["delt", "output"]


def test_a_folder_with_something_else_is_left_alone(output: Output, tmp_path: Path) -> None:
    folder = tmp_path / "andet"
    folder.mkdir()
    (folder / "brev.txt").write_text("x", encoding="utf-8")
    with pytest.raises(UserError, match="ingen eksport herfra"):
        export.to(output, folder=folder)
    assert [path.name for path in folder.iterdir()] == ["brev.txt"]


def test_no_warehouse_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="intet datavarehus"):
        export.to(Output(tmp_path / "nix"), folder=tmp_path / "x")


def test_what_is_never_shared_is_not_among_the_tables(output: Output) -> None:
    with shared_tables.opened(output) as connection:
        names = {(table.schema, table.name) for table in shared_tables.tables(connection, ["restricted", "marts"])}
    assert ("restricted", "infohus") in names and ("restricted", "samarbejdsaftaler_kontakter") not in names
