"""A column, a rule, an amended law, a report and a region, added as the README says, in a copy with history.

The copy first receives a delivery as the project is. Then only the files that the README names are touched, a delivery
of the day after is received, and the warehouse is built. Everything is looked at in that one warehouse.
"""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from pipelines.layout import PROJECT
from tests.extension.written import (
    NEW_RULE,
    NEW_TABLE,
    REPORT_MODULE,
    REPORT_SQL,
    REPORT_YAML,
    RULE_SQL,
    worked_example,
)
from tests.pipeline.whole_path import KEY

FIRST, SECOND = "2026-06-30", "2026-09-30"
AMENDED = "2026-01-01"
#: The largest municipalities of Region Midtjylland become a region of their own on the day that the law is amended.
OLD_REGION, NEW_REGION = "1082", "1086"
MOVED = ("615", "730", "740", "751")

# What is run in the copy, with the copy's own code.
DELIVER = """
from datetime import date
from pathlib import Path
from pipelines.demo.delivery import write_synthetic_delivery
day = date.fromisoformat("{day}")
write_synthetic_delivery(Path("{landing}"), extract_date=day, sentence_cases=150, supervision_cases=60, years=2)
"""
RECEIVE = """
from pipelines.batches import intake
from pipelines.layout import Output
from pipelines.locks import sole_run
output = Output(Path("{output}"))
with sole_run(output):
    intake.receive(Path("{landing}"), output)
"""
BUILD = """
import json
from pipelines.layout import Output
from pipelines.progress import Progress
from pipelines.runs import main_job
with main_job.start(main_job.Request(Output(Path("{output}")), Path("{landing}")), Progress()) as job:
    job.receive()
    verdicts = job.judge_deliveries()
    job.build()
failed = [list(key) for key, verdict in verdicts.items() if not verdict.passed]
"""
EXPLAIN = """
import shutil
import duckdb
from pipelines.rules import lineage
from pipelines.rules.explain import Explainer
from pipelines.rules.gathered import rule_pages
from reports.figures.data import Rule
from reports.pages.mentors import mentor_report
from pipelines.rules import documentation
from pipelines.warehouse import dbt_command, parsed_project
from reports.words import topics
with duckdb.connect("{output}/warehouse.duckdb", read_only=True) as connection:
    told = [str(one) for _, one in Explainer(connection).explain_all("{rule}")]
    report = mentor_report(connection)
tried = Path("{output}").with_name("tried") / "warehouse.duckdb"
tried.parent.mkdir()
shutil.copy("{output}/warehouse.duckdb", tried)
project = parsed_project.load()
words = ["test", "--select", "rule_{rule},test_type:unit", "--target-path", str(tried.parent)]
examples = dbt_command.invoke(words, project.folder, tried, manifest=project.manifest()).results
new = Rule("{rule}", "guideline", "Guide 3.3.4", "Mentor tilbudt", "", "kriminalforsorgen")
print(json.dumps({{
    "failed": failed,
    "explained": sorted(set(told)),
    "page": next(page.title for page in rule_pages() if page.rule_id == "{rule}"),
    "examples": [[one.node.name, str(one.status), one.message] for one in examples],
    "examples on the page": [one.name for page in rule_pages() for one in page.examples if page.rule_id == "{rule}"],
    "report": report,
    "lineage": [line for line in lineage.page().splitlines() if "mentor_tilbudt" in line],
    "topic": topics.by_topic([new])[0][0],
    "deed": documentation.deed(new.rule_id),
}}))
"""


class Copy:
    """The copied project, its landing and output folder, and what was said there."""

    def __init__(self, folder: Path) -> None:
        self.project, self.landing, self.output = folder / "project", folder / "landing", folder / "output"
        kept_out = shutil.ignore_patterns("target", "logs")  # what Python compiled of the files is as good for a copy
        for part in ("pipelines", "dbt_project", "expectations", "reports"):
            shutil.copytree(PROJECT / part, self.project / part, ignore=kept_out)
        for name in ("pyproject.toml", "requirements.lock"):
            shutil.copy(PROJECT / name, self.project / name)
        self.cache = folder / "cache"
        self.said: dict[str, Any] = {}

    def python(self, code: str) -> str:
        own = {"PYTHONPATH": str(self.project), "GOD_LOESLADELSE_PSEUDONYM_KEY": KEY, "XDG_CACHE_HOME": str(self.cache)}
        words = [sys.executable, "-c", code]
        done = subprocess.run(words, cwd=self.project, env=dict(os.environ) | own, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout

    def run(self, day: str, what: str) -> str:
        places = {"output": self.output, "landing": self.landing}
        return self.python((DELIVER + what).format(day=day, rule=NEW_RULE, **places))

    def edit(self, file: str, change: Callable[[str], str]) -> None:
        place = self.project / file
        text = place.read_text(encoding="utf-8")
        changed = change(text)
        assert changed != text, file
        place.write_text(changed, encoding="utf-8")

    def query(self, query: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.output / "warehouse.duckdb"), read_only=True) as connection:
            return connection.execute(query).fetchall()

    def digests(self) -> dict[str, bytes]:
        files = [file for file in self.project.rglob("*") if file.is_file() and "__pycache__" not in file.parts]
        return {str(file): file.read_bytes() for file in files}


def add_column(copy: Copy) -> None:
    """Contract, staging model, its YAML."""
    after = "      faktisk_loesladelse: {"
    line = f"      mentor_tilbudt: {{type: date, required: true, from: {SECOND}, beskrivelse: Dagen for tilbuddet.}}\n"
    copy.edit("pipelines/contract/extracts.yaml", lambda text: text.replace(after, line + after, 1))
    name = "dbt_project/models/staging/stg_sentence_cases"
    sql = "        try_cast(mentor_tilbudt as date) as mentor_offered_date,\n"
    copy.edit(f"{name}.sql", lambda text: text.replace("        client_key,\n", f"        client_key,\n{sql}"))
    column = "      - name: mentor_offered_date\n        description: Den dag, en mentor blev tilbudt.\n"
    copy.edit(f"{name}.yml", lambda text: text.replace("    columns:\n", f"    columns:\n{column}", 1))


def add_rule(copy: Copy) -> None:
    """A row in the catalogue, the SQL, the YAML with a worked example."""
    rules = copy.project / "dbt_project" / "models" / "rules"
    (rules / f"rule_{NEW_RULE}.sql").write_text(RULE_SQL.format(rule=NEW_RULE), encoding="utf-8")
    content = yaml.safe_load((rules / "rule_rent_help_applied.yml").read_text(encoding="utf-8"))
    model = content["models"][0]
    known = {column["name"]: column for column in model["columns"]}
    for gone in ("need_found_date", "sent_date"):
        model["columns"].remove(known[gone])
    label = {"label": "Mentor tilbudt", "file": "afsoningssager.csv"}
    column = {
        "name": "mentor_offered_date",
        "description": "Den dag, en mentor blev tilbudt.",
        "config": {"meta": label},
    }
    model["columns"].append(column)
    model["name"], model["description"] = f"rule_{NEW_RULE}", "Mentor tilbudt i tide."
    model["config"]["meta"] = {
        "topic": "loesladelse",
        "deed": "blev en mentor tilbudt i tide i {n} sager",
        "reasons": {"needs_no_mentor": {"word": "intet behov for mentor", "clause": "sagen har ikke behov for mentor"}},
        "population": "Afsoningssager med vilkår om tilsyn.",
        "explanation": [{"text": "Fristen er {start_date} + {days} dage = {deadline}."}],
    }
    content["unit_tests"] = [worked_example(content["unit_tests"][0])]
    (rules / f"rule_{NEW_RULE}.yml").write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")

    def row(rows: list[dict[str, str]]) -> None:
        like = next(one for one in rows if one["rule_id"] == "rent_help_applied")
        new = {"rule_id": NEW_RULE, "norm": "guideline", "source": "Guide 3.3.4", "title_da": "Mentor tilbudt"}
        rows.append(like | new | {"text_da": "En mentor tilbydes.", "parameters": '{"days": 30}', "next_step": ""})

    change_table(copy, "rule_catalogue.csv", row)


def amend_law(copy: Copy) -> None:
    """One row closed, one row opened."""

    def amend(rows: list[dict[str, str]]) -> None:
        old = next(one for one in rows if one["rule_id"] == "contact_supervision")
        rows.append(old | {"version": "2", "valid_from": AMENDED, "parameters": '{"days": 21}'})
        old["valid_to"] = "2025-12-31"

    change_table(copy, "rule_catalogue.csv", amend)


def add_report(copy: Copy) -> None:
    """A published table with its YAML, where a reader meets it, and a module that reads it."""
    for kind, text in (("sql", REPORT_SQL), ("yml", REPORT_YAML)):
        (copy.project / "dbt_project" / "models" / "publish" / f"{NEW_TABLE}.{kind}").write_text(text, encoding="utf-8")
    (copy.project / "reports" / "pages" / "mentors.py").write_text(REPORT_MODULE, encoding="utf-8")
    entry = f'    "{NEW_TABLE}": "tilbud om mentor",\n'
    copy.edit(
        "pipelines/rules/lineage.py",
        lambda text: text.replace('    "pub_municipality"', f'{entry}    "pub_municipality"'),
    )


def rename_region(copy: Copy) -> None:
    """One row of the table of regions, changed."""

    def change(rows: list[dict[str, str]]) -> None:
        next(one for one in rows if one["region_code"] == "1081")["name"] = "Region Nordenfjords"

    change_table(copy, "regions.csv", change)


def add_region(copy: Copy) -> None:
    """One row of the table of regions; for each municipality that moves one row closed, one row opened."""

    def add(rows: list[dict[str, str]]) -> None:
        rows.append(rows[0] | {"region_key": "kattegat", "region_code": NEW_REGION, "name": "Region Kattegat"})
        rows[-1] |= {"valid_from": AMENDED, "valid_to": "9999-12-31"}

    def move(rows: list[dict[str, str]]) -> None:
        for old in [one for one in rows if one["municipality_code"] in MOVED]:
            rows.append(old | {"region_key": "kattegat", "valid_from": AMENDED})
            old["valid_to"] = "2025-12-31"

    change_table(copy, "regions.csv", add)
    change_table(copy, "municipality_regions.csv", move)


def change_table(copy: Copy, name: str, change: Callable[[list[dict[str, str]]], None]) -> None:
    place = copy.project / "dbt_project" / "seeds" / name
    with place.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    change(rows)
    with place.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    made = Copy(tmp_path_factory.mktemp("extension"))
    made.run(FIRST, RECEIVE)
    for extend in (add_column, add_rule, amend_law, add_report, rename_region, add_region):
        extend(made)
    before = made.digests()
    made.said = json.loads(made.run(SECOND, BUILD + EXPLAIN).splitlines()[-1])
    made.said["changed"] = [name for name, content in made.digests().items() if before.get(name) != content]
    return made


def test_a_new_column_is_received_and_the_history_before_it_still_counts(copy: Copy) -> None:
    batches = sorted(folder.name for folder in (copy.output / "archive" / "batches").iterdir())
    assert batches == [FIRST, SECOND]
    (counts,) = copy.query("select count(*), count(mentor_offered_date) from staging.stg_sentence_cases")
    assert counts[0] == counts[1] > 0
    faults = copy.query("select batch_id, reason from marts.fct_data_quality where file = 'afsoningssager.csv'")
    assert {batch for batch, _ in faults} >= {SECOND}
    assert "missing_required" not in {reason for _, reason in faults}
    (told,) = copy.said["lineage"]
    assert "`stg_sentence_cases.mentor_offered_date` | Mentor tilbudt |" in told


def test_no_expectation_fails_for_a_column_that_the_delivery_before_did_not_have(copy: Copy) -> None:
    assert [file for file in copy.said["failed"] if file[1] == "kontrakt"] == []


def test_a_new_rule_is_judged_counted_explained_and_has_its_words(copy: Copy) -> None:
    statuses = dict(
        copy.query(f"select status, count(*) from marts.fct_rule_outcome where rule_id = '{NEW_RULE}' group by 1")
    )
    assert statuses["not_applicable"] > 0 and sum(statuses.values()) > statuses["not_applicable"]
    assert copy.query(f"select count(*) from marts.fct_compliance where rule_id = '{NEW_RULE}'")[0][0] > 0
    assert any("Sagen er uden for pligten: sagen har ikke behov for mentor." in text for text in copy.said["explained"])
    assert copy.said["page"] == "Mentor tilbudt" and copy.said["topic"] == "loesladelse"
    assert copy.said["deed"] == "blev en mentor tilbudt i tide i {n} sager"


def test_an_amended_law_judges_each_case_by_the_law_of_its_day(copy: Copy) -> None:
    found = copy.query(
        "select distinct received_date >= date '2026-01-01', rule_version, deadline - received_date "
        "from rules.rule_contact_supervision where deadline is not null"
    )
    assert set(found) == {(True, 2, 21), (False, 1, 28)}


def test_a_new_rule_has_its_worked_example_which_dbt_computes_and_the_page_tells(copy: Copy) -> None:
    (example,) = copy.said["examples"]
    assert example[1] == "pass", example
    assert copy.said["examples on the page"] == [example[0]]


def test_a_report_has_its_table_and_says_what_the_figures_say(copy: Copy) -> None:
    figures = copy.query(
        "select period, met, due from marts.fct_compliance where period_type = 'quarter' and level = 'national' "
        f"and rule_id = '{NEW_RULE}' and due > 0 order by 1"
    )
    assert figures
    said = [f"{quarter}: mentor tilbudt i tide i {met} af {due} sager." for quarter, met, due in figures]
    assert copy.said["report"] == said


def test_a_region_is_renamed_in_one_row_of_its_table(copy: Copy) -> None:
    assert copy.query("select count(*) from publish.pub_region where name = 'Region Nordenfjords'")[0][0] > 0


def test_a_new_region_has_the_figures_of_its_municipalities_from_its_first_day_and_the_old_one_those_before(
    copy: Copy,
) -> None:
    moved = "('" + "', '".join(MOVED) + "')"
    placed = copy.query(
        f"select distinct deadline >= date '{AMENDED}', region_code from marts.fct_rule_outcome "
        f"where municipality_code in {moved} and deadline < as_of"
    )
    assert set(placed) == {(False, OLD_REGION), (True, NEW_REGION)}
    figures = """
        select period, sum(due) from marts.fct_compliance
        where period_type = 'quarter' and level = '{}' and unit_code in {} group by 1 having sum(due) > 0
    """
    of_region = dict(copy.query(figures.format("region", f"('{NEW_REGION}')")))
    of_moved = dict(copy.query(figures.format("municipality", moved)))
    assert of_region == {quarter: due for quarter, due in of_moved.items() if quarter >= "2026-Q1"} != {}
    assert min(of_moved) < "2026-Q1"


def test_running_the_program_changes_no_file_of_it(copy: Copy) -> None:
    assert copy.said["changed"] == []
