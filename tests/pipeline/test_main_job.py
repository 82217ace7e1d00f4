"""The main job end to end, through the command line, on a small synthetic delivery."""

from __future__ import annotations

import json
import re
import stat
from datetime import date
from pathlib import Path

import duckdb
import pytest

from pipelines.demo.delivery import write_synthetic_delivery
from pipelines.layout import Output
from tests.pipeline.whole_path import ONE_EDITION, command, fingerprint, run, small_world


def test_the_run_says_its_stages_and_where_the_report_is() -> None:
    world = small_world()
    for stage in ("Modtager leverancer", "Bygger datavarehuset pr. 30-09-2026", "Skriver rapporter", "Ny udgivelse"):
        assert stage in world.said
    assert "\r" not in world.said  # no terminal: one line per stage


def test_nation_areas_regions_and_all_municipalities_have_their_page() -> None:
    pages = small_world().output.published / "current" / "direktorat"
    assert (pages / "index.html").exists()
    assert {path.name for path in (pages / "omraade").iterdir()} == {"oest", "vest"}
    assert {path.name for path in (pages / "region").iterdir()} == {"1081", "1082", "1083", "1084", "1085"}
    assert len(list((pages / "kommune").glob("*/index.html"))) == 98


def test_the_publication_names_its_grounds() -> None:
    publication = small_world().publication
    assert publication["as_of"] == "2026-09-30"
    assert publication["is_synthetic"] is True
    assert len(publication["inputs"]) == 14
    assert publication["code_version"].startswith("1.")
    assert {"rule_id", "valid_from"} <= publication["rule_versions"][0].keys()


def test_every_stage_has_its_seconds_and_rows_in_the_trail() -> None:
    lines = small_world().output.audit_log.read_text(encoding="utf-8").splitlines()
    stages = next(entry for entry in map(json.loads, lines) if entry["event"] == "run")["stages"]
    assert list(stages) == ["received", "judged", "built", "protected", "published"]
    assert all(stage["seconds"] > 0 for stage in stages.values())
    rows = small_world().query("select sum(rows) from raw.delivery_files")[0][0]
    assert stages["received"]["rows"] == stages["judged"]["rows"] == rows
    assert stages["built"]["rows"] > rows and stages["protected"]["rows"] > 100


def test_the_status_of_a_whole_run_names_delivery_publication_and_quality() -> None:
    world = small_world()
    said = command("status", "--output", world.output.root)
    assert said.returncode == 0, said.stderr
    assert "Leverance   2026-09-30" in said.stdout and "forventninger holdt ikke" in said.stdout
    assert "Udgivelse   2026-09-30 pr. 30-09-2026 af leverance 2026-09-30" in said.stdout


def test_every_unit_rule_and_quarter_has_its_row() -> None:
    world = small_world()
    (units, rules, periods, rows) = world.query(
        "select count(distinct unit_code) filter (level = 'municipality'), "
        "count(distinct rule_id) filter (level = 'municipality'), "
        "count(distinct period) filter (level = 'municipality' and period_type = 'quarter'), "
        "count(*) filter (level = 'municipality' and period_type = 'quarter') from marts.fct_compliance"
    )[0]
    assert units == 98
    assert rows == units * rules * periods


def test_municipalities_and_unknown_sum_to_the_nation() -> None:
    differing = small_world().query(
        """
        with unknown as (
            select rule_id, count(*) as due
            from marts.fct_rule_outcome
            where status in ('met', 'late', 'missed') and municipality_code is null and deadline < as_of
                and deadline between date '2025-10-01' and date '2026-09-30'
            group by all
        ), sums as (
            select rule_id, sum(due) filter (level = 'municipality') as municipalities,
                sum(due) filter (level = 'region') as regions, sum(due) filter (level = 'national') as nation
            from marts.fct_compliance where period_type = 'rolling4' and period = '2026-Q3' group by all
        )
        select sums.rule_id from sums left join unknown using (rule_id)
        where municipalities is not null
            and (municipalities + coalesce(unknown.due, 0) <> nation or regions <> municipalities)
        """
    )
    assert differing == []


def test_the_analysts_file_has_the_marts_with_their_descriptions() -> None:
    world = small_world()
    with duckdb.connect(str(world.output.marts), read_only=True) as connection:
        schemas = connection.execute("select distinct schema_name from duckdb_tables()").fetchall()
        bare = connection.execute(
            "select table_name, column_name from duckdb_columns() where schema_name = 'marts' and comment is null"
        ).fetchall()
        tables = connection.execute("select table_name from duckdb_tables() where comment is null").fetchall()
        ((tags,),) = connection.execute("select tags from duckdb_databases() where not internal").fetchall()
    assert schemas == [("marts",)]
    assert bare == []
    assert tables == []
    assert tags["storage_version"] == "v1.0.0+", "analysts have DuckDB 1.1 and later, which must open it"
    for file in (world.output.warehouse, world.output.marts):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_running_again_with_nothing_new_changes_nothing() -> None:
    world = small_world()
    before = fingerprint(world.output.published)
    warehouse = world.output.warehouse.stat().st_mtime_ns
    result = run(world.landing, world.output)
    assert result.returncode == 0
    assert "intet er ændret" in result.stdout
    assert fingerprint(world.output.published) == before
    assert world.output.warehouse.stat().st_mtime_ns == warehouse


def test_a_publication_verifies_with_the_command() -> None:
    result = command("verify", small_world().output.published / "current")
    assert result.returncode == 0, result.stderr
    assert "alle kontrolsummer stemmer" in result.stdout and "Beviset går op: " in result.stdout


def test_the_only_delivery_being_broken_is_told_with_the_reason(tmp_path: Path) -> None:
    landing, output = tmp_path / "landing", Output(tmp_path / "output")
    broken = write_synthetic_delivery(landing, extract_date=date(2026, 9, 30), sentence_cases=60, supervision_cases=30)
    with (broken / "kommunekontakter.csv").open("ab") as file:
        file.write(b"K;\n")
    result = run(landing, output, settings=ONE_EDITION)
    assert result.returncode == 1
    assert result.stderr.count("Afvist: leverance 2026-09-30: ") == 1 and "kommunekontakter.csv" in result.stderr
    assert "Traceback" not in result.stderr


def test_an_empty_landing_folder_is_said_to_be_empty(tmp_path: Path) -> None:
    (tmp_path / "landing").mkdir()
    result = run(tmp_path / "landing", Output(tmp_path / "output"), settings=ONE_EDITION)
    assert result.returncode == 1
    assert "ingen leverance" in result.stderr
    assert result.stderr.count("Traceback") == 0


def test_the_publication_has_a_green_audit_and_its_proof() -> None:
    world = small_world()
    audit = world.publication["disclosure_audit"]
    assert audit["green"] is True
    assert 0 < audit["hidden"] < audit["new_cells"]
    grounds = world.output.published / "current" / "direktorat" / "grundlag"
    assert {"figures.parquet", "trykt.json.gz", "attest.json.gz", "froe.txt"} <= {
        file.name for file in grounds.iterdir()
    }


def test_a_page_offers_no_file_in_a_format_that_was_not_made() -> None:
    current = small_world().output.published / "current"
    offered = 0
    for place in (".", "direktorat/omraade/oest", "direktorat/kommune/101", "delt/kommune/101", "kommune/101"):
        for page in (current / place).glob("**/*.html" if place != "." else "*/index.html"):
            for name in re.findall(r'href="([^"/:]+\.(?:pdf|xlsx|csv))"', page.read_text(encoding="utf-8")):
                assert (page.parent / name).is_file(), f"{page} offers {name}"
                offered += 1
    assert offered > 5


def test_nothing_of_the_grounds_leaves_the_restricted_edition() -> None:
    current = small_world().output.published / "current"
    for edition in ("delt", "kommune"):
        names = {path.name for path in (current / edition).rglob("*")}
        assert names.isdisjoint({"grundlag", "figures.parquet", "trykt.json.gz", "attest.json.gz", "froe.txt"})


def test_every_municipality_has_its_pack() -> None:
    packs = small_world().output.published / "current" / "kommune"
    assert len(list(packs.iterdir())) == 98
    assert len(list(packs.glob("*/index.html"))) == 98
    assert not list(packs.rglob("*.zip"))  # a pack becomes one file when it is to leave


def test_the_shared_edition_has_only_figures_that_were_let_through() -> None:
    """Rolling years of larger units, calendar years of municipalities, and of larger units beside those."""
    world = small_world()
    from pipelines.disclosure import guard
    from pipelines.disclosure.figures import HISTORY, with_calendar_years
    from pipelines.disclosure.model import HIDDEN
    from pipelines.warehouse import in_place
    from reports.figures.data import load
    from reports.figures.protected import protected_data
    from reports.read_back.read_figures import agreed, published_cells

    current = world.output.published / "current"
    printed = guard.find(current / "direktorat" / "grundlag")
    assert printed is not None
    let_through = with_calendar_years(printed.published)
    with in_place.open_read_only(world.output) as connection:
        names = load(connection).without_figures()
    frame = protected_data(names, {(*key,): value for key, value in let_through.items()})
    found = agreed(published_cells(current / "delt", frame))
    wanted = {tuple(key): None if value is HIDDEN else value for key, value in let_through.items()}
    assert {key: value for key, value in found.items() if value is not None} == {
        key: value for key, value in wanted.items() if value is not None
    }
    assert {len(key.period) for key in printed.published if key.level == "municipality"} == {4}
    shown = {key.period for key, value in let_through.items() if value is not HIDDEN and key.level == "national"}
    assert len(shown - {"2025"}) == HISTORY, "the development is told from the first publication on"
    assert 'class="chart"' in (current / "delt" / "index.html").read_text(encoding="utf-8")


def test_a_publication_that_shows_too_much_is_stopped_with_everything_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    from pipelines.disclosure.model import HIDDEN
    from pipelines.errors import UserError
    from pipelines.publishing import guarding
    from pipelines.warehouse import in_place
    from reports.figures.data import load

    world = small_world()
    with in_place.open_read_only(world.output) as connection:
        kept = guarding.Guard(connection, load(connection), "prøve", [])
    kept.protect()
    hidden = next(key for key, value in kept.published.items() if value is HIDDEN and key.level == "municipality")
    let_through = kept.published
    kept.published = {**let_through, hidden: 7}
    with pytest.raises(UserError, match="viser andet end det, der blev sluppet igennem"):
        kept.audit(world.output.published / "current")
    kept.published = let_through
    kept.guarded = replace(kept.guarded, verdict=replace(kept.guarded.verdict, wrong=("a figure",)))
    monkeypatch.setattr(kept, "_read_back", lambda folder: None)
    with pytest.raises(UserError, match="Udgivelsen er standset"):
        kept.audit(tmp_path)
    assert list(tmp_path.iterdir()) == []
