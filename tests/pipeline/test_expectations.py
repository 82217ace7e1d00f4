"""Great Expectations says of a delivery what the reader said, in the supplier's words and without any value."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from expectations import deliveries, suites
from expectations.deliveries import CheckResult
from expectations.over_time import CASES_DROPPED, KEYS_GONE, NEW_CODE, STOPPED, judge_over_time
from pipelines.batches import intake
from pipelines.contract import contract
from pipelines.errors import UserError
from pipelines.judging import judged_rows
from pipelines.layout import Output
from tests.small_delivery import KEY, SmallDelivery

CASES, CONTACTS = "afsoningssager.csv", "kommunekontakter.csv"


def spoiled() -> SmallDelivery:
    """Return a delivery with one fault or oddity of each kind that a check of one delivery sees."""
    delivery = SmallDelivery(cases=12)
    rows = delivery.rows
    rows[CASES][1]["varetaegt"] = "X"
    rows[CASES][2]["straf_dage"] = "0"
    rows[CASES][3]["straf_ivaerksat"] = "2026-02-30"
    rows[CASES][4]["cpr"] = "310270-1234"
    rows[CASES][5]["institution_kode"] = "I999"
    rows[CASES][6]["cpr"] = ""
    rows[CASES][7]["faktisk_loesladelse"] = "1899-12-31"
    rows[CONTACTS][8]["kontakt_id"] = "K-0000"
    rows[CONTACTS][9]["kommunekode"] = "999"
    rows[CONTACTS][10]["dato"] = "2026-10-01"
    rows["engangshjaelp.csv"][11].update({"sendt": "2026-03-25", "afgoerelse": "", "udbetalt": "2026-03-19"})
    rows["institutioner.xlsx"][1]["mail"] = "ingen mail"
    return delivery


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Output, list[CheckResult]]]:
    """Receive and judge the spoiled delivery once; importing Great Expectations takes seconds."""
    root = tmp_path_factory.mktemp("judged")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("GOD_LOESLADELSE_PSEUDONYM_KEY", KEY)
        spoiled().write(root / "landing")
        output = Output(root / "output")
        assert intake.receive(root / "landing", output).loaded
        yield output, deliveries.judge_batch(output, "2026-09-30")


def counts(results: list[CheckResult]) -> dict[tuple[str, str], int]:
    """Return what did not hold, with how many rows."""
    return {(result.file, result.name): result.unexpected_count for result in results if not result.passed}


def test_every_fault_and_oddity_is_seen_and_nothing_else(judged: tuple[Output, list[CheckResult]]) -> None:
    found = counts(judged[1])
    orphans = {(file, name): count for (file, name), count in found.items() if name.startswith("sags_id findes i")}
    assert set(orphans.values()) == {7} and len(orphans) == 8  # the seven cases set aside take their rows with them
    assert {check: count for check, count in found.items() if check not in orphans} == {
        ("afsoningssager", "varetaegt er en aftalt kode"): 1,
        ("afsoningssager", "straf_dage er mindst 1"): 1,
        ("afsoningssager", "straf_ivaerksat er en dato"): 1,
        ("afsoningssager", "cpr er et personnummer"): 1,
        ("afsoningssager", "cpr er udfyldt"): 1,
        ("afsoningssager", "institution_kode findes i institutioner"): 1,
        ("afsoningssager", "faktisk_loesladelse er i tidsrummet"): 1,
        ("afsoningssager", "faktisk_loesladelse ikke før straf_ivaerksat"): 1,
        ("kommunekontakter", "kontakt_id er entydig"): 2,
        ("kommunekontakter", "kommunekode er en kommune"): 1,
        ("kommunekontakter", "dato ikke efter udtræksdatoen"): 1,
        ("engangshjaelp", "afgjort ikke før sendt"): 1,
        ("engangshjaelp", "udbetalt ikke før afgjort"): 1,
        ("engangshjaelp", "afgjort og afgoerelse følges ad"): 1,
        ("institutioner", "mail er en mailadresse"): 1,
    }


def test_what_blocks_holds_for_every_delivery_that_was_not_refused(judged: tuple[Output, list[CheckResult]]) -> None:
    blocking = [result for result in judged[1] if result.severity == suites.ERROR]
    assert len(blocking) == 4 * 14 and all(result.passed for result in blocking)
    assert not any(result.problem for result in judged[1])


def test_a_count_of_ours_is_zero_exactly_when_great_expectations_says_yes(
    judged: tuple[Output, list[CheckResult]],
) -> None:
    for result in judged[1]:
        if result.name != "andel med fejl":
            assert result.passed == (result.unexpected_count == 0), result


def test_the_kept_verdict_holds_no_value_and_is_used_again(
    judged: tuple[Output, list[CheckResult]], monkeypatch: pytest.MonkeyPatch
) -> None:
    output, results = judged
    file = output.staged / "2026-09-30" / deliveries.VALIDATION
    text = file.read_text(encoding="utf-8")
    for value in ("310270", "I999", "2026-02-30", "K-0000", "A-0001", "ingen mail", "Traceback"):
        assert value not in text
    kept = json.loads(text)
    assert len(kept["suites"]) == 28 and kept["great_expectations"].startswith("1.")
    monkeypatch.setattr(deliveries, "judge", None)
    assert deliveries.judge_batch(output, "2026-09-30") == results


def test_the_suites_are_built_from_the_contract() -> None:
    for file in contract().files:
        checks = suites.checks_of(file, 1, "2026-09-30", 0.01)
        names = {check.name for check in checks}
        assert len(names) == len(checks)
        for column in file.columns:
            assert not column.required or f"{column.name} er udfyldt" in names
            assert column.type == "text" or any(name.startswith(f"{column.name} ") for name in names)
        assert all(check.description.endswith(".") for check in checks)


def test_an_expectation_that_cannot_run_is_told_apart(judged: tuple[Output, list[CheckResult]]) -> None:
    frames = judged_rows.frames(judged[0].staged / "2026-09-30")
    rows = {table: len(frame) for table, frame in frames.items()}
    only = {"institutioner": frames["institutioner"].astype({"art": object})}
    only["institutioner"]["mail"] = [3, "010170-1234"]
    results, _ = deliveries.judge(only, rows, "2026-09-30")
    told = {result.name: result for result in results}
    assert told["mail er en mailadresse"].problem is None and not told["mail er en mailadresse"].passed
    information = {"raised_exception": True, "exception_traceback": "x\npackage.errors.BadValue: 010170-1234\n"}
    assert deliveries._problem(information) == "kunne ikke køres (BadValue)"
    assert deliveries._problem({"metric": information}) == "kunne ikke køres (BadValue)"


# ---- over time ------------------------------------------------------------------------------------------------------


def over_time(landing: Path, output: Output, later: SmallDelivery) -> dict[tuple[str, str], CheckResult]:
    """Receive a delivery of twenty cases and a later one; return what did not hold of the later one."""
    SmallDelivery("2026-06-30", cases=20).write(landing)
    later.write(landing)
    assert len(intake.receive(landing, output).loaded) == 2
    assert judge_over_time(output, "2026-06-30") == []
    results = judge_over_time(output, "2026-09-30")
    return {(result.file, result.name): result for result in results if not result.passed}


def test_a_delivery_that_grows_raises_no_warning(landing: Path, output: Output) -> None:
    later = SmallDelivery("2026-09-30", cases=21)
    later.rows["infohus.csv"].append({"sags_id": "A-0001", "markeret": "2026-08-01"})
    assert over_time(landing, output, later) == {}


def test_a_drop_of_cases_and_lost_keys_are_noticed(landing: Path, output: Output) -> None:
    found = over_time(landing, output, SmallDelivery("2026-09-30", cases=17))
    assert found["afsoningssager", CASES_DROPPED].unexpected_count == 3
    assert found["afsoningssager", KEYS_GONE].unexpected_count == 3
    assert found["kommunekontakter", KEYS_GONE].checked == 20
    assert ("kommunekontakter", STOPPED) in found and ("institutioner", STOPPED) not in found


def test_one_case_of_twenty_less_is_within_both_thresholds(landing: Path, output: Output) -> None:
    found = over_time(landing, output, SmallDelivery("2026-09-30", cases=19))
    assert {name for _, name in found} == {STOPPED}


def test_a_code_never_seen_before_is_noticed_by_its_column(landing: Path, output: Output) -> None:
    later = SmallDelivery("2026-09-30", cases=21)
    later.rows[CONTACTS][0]["emne"] = "loesladelse"
    later.rows[CONTACTS][1]["kommunekode"] = "860"
    found = over_time(landing, output, later)
    assert [key for key in found if key[1] == NEW_CODE] == [("kommunekontakter", NEW_CODE)]
    result = found["kommunekontakter", NEW_CODE]
    assert result.unexpected_count == 1 and "emne" in result.description and "loesladelse" not in result.description


def test_an_exemption_needs_its_reason_and_tells_it(
    landing: Path, output: Output, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "own.toml"
    monkeypatch.setenv("GOD_LOESLADELSE_CONFIGURATION", str(own))

    def exempt(**entry: Any) -> None:
        fields = ", ".join(f'{name} = "{value}"' for name, value in entry.items())
        own.write_text(f"[over_time]\nexemptions = [{{ {fields} }}]\n", encoding="utf-8")

    exempt(file=CONTACTS, check="stopped", reason="systemskifte")
    found = over_time(landing, output, SmallDelivery("2026-09-30", cases=20))
    assert ("kommunekontakter", STOPPED) not in found and ("bolighaendelser", STOPPED) in found
    told = next(r for r in judge_over_time(output, "2026-09-30") if (r.file, r.name) == ("kommunekontakter", STOPPED))
    assert told.passed and told.description.endswith("Undtaget: systemskifte")
    exempt(file=CONTACTS, check="stopped", reason="")
    with pytest.raises(UserError, match="reason"):
        judge_over_time(output, "2026-09-30")


def test_no_sum_is_made_of_the_rows(judged: tuple[Output, list[CheckResult]], monkeypatch: pytest.MonkeyPatch) -> None:
    def summed(_frame: object) -> str:
        raise AssertionError("the rows were summed, which nobody asks for")

    engine = "great_expectations.execution_engine.pandas_execution_engine.hash_pandas_dataframe"
    monkeypatch.setattr(engine, summed)
    output, before = judged
    frames = judged_rows.frames(output.staged / "2026-09-30")
    rows = {name: len(frame) for name, frame in frames.items()}
    again, _ = deliveries.judge(frames, rows, "2026-09-30")
    assert [result.passed for result in again] == [result.passed for result in before]


def test_spark_beside_it_is_neither_taken_along_nor_lost() -> None:
    """Taken along it would end a process whose program is no file, such as those that the tests run in."""
    program = (
        "import sys, types\n"
        "beside = sys.modules['pyspark'] = types.ModuleType('pyspark')\n"
        "from expectations.library import great_expectations\n"
        "assert great_expectations().compatibility.pyspark.pyspark is not beside\n"
        "assert great_expectations() is sys.modules['great_expectations'] and sys.modules['pyspark'] is beside\n"
        "print('done')"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "done\n"
