"""A rule of the program's own project that is edited, parsed by hand and taken back."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from pipelines.demo.delivery import write_synthetic_delivery
from pipelines.warehouse import dbt_build, parsed_project
from tests.rules import build, delivery_reader, warehouses
from tests.rules.changed_project import copied_project
from tests.rules.test_parsed_project import parse_by_hand

AS_OF = date(2026, 9, 30)


def files(folder: Path) -> dict[str, int]:
    return {str(file): file.stat().st_mtime_ns for file in folder.rglob("*")}


def test_a_parse_of_a_rule_that_was_edited_and_taken_back_changes_no_figure(tmp_path: Path) -> None:
    delivery = write_synthetic_delivery(tmp_path, extract_date=AS_OF, sentence_cases=60, supervision_cases=1)
    _, tables = delivery_reader.read_delivery(delivery, set_aside=[])
    with copied_project(tmp_path) as project:
        rule = project / "models" / "rules" / "rule_aid_decided.sql"
        written = rule.read_text(encoding="utf-8")
        edited = written.replace("versions.days as deadline", "99 as deadline")
        assert edited != written
        rule.write_text(edited, encoding="utf-8")
        parse_by_hand(project)
        rule.write_text(written, encoding="utf-8")
        before = files(project)
        target = tmp_path / "warehouse.duckdb"
        build.load(tables, AS_OF, target)
        nodes = dbt_build.build(target, tmp_path, select=("+rule_aid_decided", "--exclude-resource-type", "test"))
        assert all(node.is_sound for node in nodes)
        assert files(project) == before, "a build wrote in the program's own folder"
        digest = parsed_project.load().digest
    judged = warehouses.rows(
        target,
        "select rule.deadline - cases.release_date, count(*) from rules.rule_aid_decided as rule "
        "inner join intermediate.int_sentence_cases as cases using (case_id) "
        "where rule.deadline is not null group by all",
    )
    assert [days for days, _ in judged] == [-14] and judged[0][1] > 10
    assert digest == parsed_project.load().digest
