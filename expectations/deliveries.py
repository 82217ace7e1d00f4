"""Judging a staged batch with Great Expectations, and keeping the verdict beside its rows.

Belongs here: running the suites, counting, keeping ``validation.json``. Does not belong here: what is expected
(``suites``) and refusing or setting aside (``pipelines.judging.quarantine`` has done that; this is the second opinion).

Great Expectations is asked for yes or no only (BOOLEAN_ONLY), since its results quote values; the counts are our own.
An expectation that could not run is told apart from one that does not hold.
"""

from __future__ import annotations

import datetime
import json
import logging
import warnings
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from expectations.library import great_expectations
from expectations.suites import CLIENT_KEY, Check, checks_of, expectation
from pipelines.batches import batch_list, batch_rows
from pipelines.configuration import settings
from pipelines.contract import File, contract
from pipelines.durable_files import write_json
from pipelines.judging import judged_rows
from pipelines.judging.values import municipality_codes
from pipelines.layout import Output
from pipelines.privacy.containment import contained
from pipelines.receiving.landing import sha256

if TYPE_CHECKING:
    import pandas

VALIDATION = "validation.json"


@dataclass(frozen=True)
class CheckResult:
    """What came of one check; ``problem`` says why one could not run (then it has not passed)."""

    name: str
    file: str
    severity: str
    passed: bool
    checked: int
    unexpected_count: int
    description: str
    problem: str | None = None


@contained
def judge_batch(output: Output, batch_id: str) -> list[CheckResult]:
    """Judge a batch, or return the verdict that is kept when neither its rows nor the checks have changed."""
    batch = batch_list.find(output, batch_id)
    staged = batch_rows.stage(output, batch_id)
    grounds = _grounds(staged)
    kept = _kept(staged / VALIDATION, grounds)
    if kept is not None:
        return kept
    rows = {file["file"].partition(".")[0]: file["rows"] for file in batch.receipt["files"]}
    results, details = judge(judged_rows.frames(staged), rows, batch.extract_date.isoformat())
    content = {"grounds": grounds, "batch_id": batch_id, "results": [asdict(result) for result in results], **details}
    write_json(staged / VALIDATION, content)
    return results


def is_judged(output: Output, batch_id: str) -> bool:
    """Whether a verdict is kept that neither the batch's rows nor the checks have outlived."""
    staged = output.staged / batch_id
    return (staged / judged_rows.DESCRIPTION).exists() and _kept(staged / VALIDATION, _grounds(staged)) is not None


def _grounds(staged: Path) -> str:
    own = [Path(__file__), Path(__file__).with_name("suites.py")]
    parts = [sha256(file.read_bytes()) for file in [staged / judged_rows.DESCRIPTION, *own]]
    return sha256(json.dumps([*parts, settings().deliveries.model_dump()]).encode())


def _kept(file: Path, grounds: str) -> list[CheckResult] | None:
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        if content["grounds"] != grounds:
            return None
        return [CheckResult(**result) for result in content["results"]]
    except (OSError, ValueError, KeyError, TypeError):
        return None


@contained
def judge(
    frames: dict[str, pandas.DataFrame], rows: dict[str, int], extract_date: str
) -> tuple[list[CheckResult], dict[str, Any]]:
    """Judge the frames of a batch (``staging.frames``); return our results and Great Expectations' own, no values."""
    whole = _whole_frames()
    results: list[CheckResult] = []
    details: list[dict[str, Any]] = []
    allowed = settings().deliveries
    day = datetime.date.fromisoformat(extract_date)
    for file in (file.of(day) for file in contract().files):
        if file.table not in frames:
            continue
        count = rows[file.table]
        most = max(allowed.quarantine_share, allowed.quarantine_rows / max(count, 1))
        checks = checks_of(file, count, extract_date, min(most, 1.0))
        frame = _with_derived(file, frames, extract_date)
        values = _distinct(file, frame, extract_date)
        for on_values, looked_at in ((False, frame), (True, values)):
            part = [check for check in checks if check.on_values is on_values]
            if part:
                passed, told = _validate(whole, file, part, looked_at, on_values=on_values)
                details.append(told)
                results += [_result(check, frame, *verdict) for check, verdict in zip(part, passed, strict=True)]
    return results, {"great_expectations": great_expectations().__version__, "suites": details}


def _whole_frames() -> Any:
    """Return what gives Great Expectations a frame at a time: one for all, since each it is told of is written down."""
    library = great_expectations()
    logging.getLogger("great_expectations").setLevel(logging.CRITICAL)  # its lines may quote values
    context = library.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}  # type: ignore[assignment]
    asset = context.data_sources.add_pandas("leverance").add_dataframe_asset("leverance")
    return asset.add_batch_definition_whole_dataframe("hele filer")


def _validate(
    whole: Any, file: File, checks: Sequence[Check], frame: pandas.DataFrame, *, on_values: bool
) -> tuple[list[tuple[bool, str | None]], dict[str, Any]]:
    name = f"{file.table}, {'værdier' if on_values else 'rækker'}"
    batch = whole.get_batch(batch_parameters={"dataframe": frame})
    wanted = [expectation(check) for check in checks]
    suite = great_expectations().ExpectationSuite(name=name, expectations=wanted)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        validation = batch.validate(suite, result_format="BOOLEAN_ONLY")
    by_words = {_words(result.expectation_config): result for result in validation.results}
    verdicts: list[tuple[bool, str | None]] = []
    told = []
    for check in checks:
        result = by_words[check.name, check.file]
        problem = _problem(result.exception_info)
        verdicts.append((bool(result.success) and problem is None, problem))
        kind = type(expectation(check)).__name__
        told.append({"type": kind, "navn": check.name, "success": verdicts[-1][0], "problem": problem})
    return verdicts, {"suite": name, "success": bool(validation.success), "expectations": told}


def _words(configuration: Any) -> tuple[str, str]:
    return configuration.meta["navn"], configuration.meta["fil"]


def _problem(information: Any) -> str | None:
    """Return that an expectation could not run, by the exception's type only: its text may quote a value."""
    if not information:
        return None
    found = [information] if "raised_exception" in information else list(information.values())
    for one in found:
        if one.get("raised_exception"):
            last = str(one.get("exception_traceback") or "").strip().splitlines()[-1:] or [""]
            kind = last[0].partition(":")[0].rpartition(".")[2]
            return f"kunne ikke køres ({kind if kind.isidentifier() else 'ukendt fejl'})"
    return None


# ---- what spans files or columns is worked out first --------------------------------------------------------------


def _with_derived(file: File, frames: dict[str, pandas.DataFrame], extract_date: str) -> pandas.DataFrame:
    import pandas

    frame = frames[file.table].copy(deep=False)
    held = frame["reason"].notna()
    follows = pandas.Series(False, index=frame.index)
    sound = pandas.Series(True, index=frame.index)
    for column in file.columns:
        values = frame[column.stored_name]
        if column.required:
            sound &= values.notna()
        if column.references:
            parents = [frames[reference.table] for reference in column.references]
            names = [reference.column for reference in column.references]
            loaded = pandas.concat([p.loc[p["reason"].isna(), n] for p, n in zip(parents, names, strict=True)])
            every = pandas.concat([parent[name] for parent, name in zip(parents, names, strict=True)])
            exists = _is_in(values, loaded) | values.isna()
            frame[f"_{column.name}_findes"] = exists
            sound &= exists
            if column.name == "sags_id":
                follows |= (frame["reason"] == "orphan") & _is_in(values, every)
        distinct = pandas.Series(values.dropna().unique())
        wrong = distinct[~_valid(column.type, distinct, column.values, column.minimum)]
        if len(wrong):
            sound &= ~_is_in(values, wrong)
    frame["_egen_fejl"] = pandas.Series(None, index=frame.index, dtype=object).mask(held & ~follows, "J")
    sound &= ~frame.duplicated(list(file.key)) | held
    frame["_fejlfri_eller_i_karantaene"] = sound | held
    for rule in contract().warnings.values():
        if rule.together and set(rule.together) <= set(file.column_names):
            first, second = rule.together
            frame[f"_{rule.name}"] = frame[first].isna() == frame[second].isna()
    return frame


def _is_in(values: pandas.Series, known: pandas.Series) -> pandas.Series:
    # Arrow's own function: the frame's takes ten times as long over text.
    import pandas
    import pyarrow
    from pyarrow import compute

    found = compute.is_in(pyarrow.array(values, pyarrow.string()), value_set=pyarrow.array(known, pyarrow.string()))
    return pandas.Series(found.to_numpy(zero_copy_only=False), index=values.index)


def _valid(kind: str, values: pandas.Series, codes: dict[str, str], minimum: int | None) -> pandas.Series:
    import pandas

    if kind == "date":
        limits = contract().limits
        return _as_dates(values).between(limits.earliest_date, limits.latest_date)
    if kind in ("code", "flag"):
        return values.isin(list(codes))
    if kind == "municipality_code":
        return values.isin(municipality_codes())
    if kind in ("integer", "decimal"):
        numbers = pandas.to_numeric(values, errors="coerce")
        return numbers.notna() if minimum is None else numbers >= minimum
    if kind == "cpr":
        return values.astype("str").str.fullmatch(CLIENT_KEY[1:-1])
    return pandas.Series(True, index=values.index)


def _in_range(values: pandas.Series) -> pandas.Series:
    return _valid("date", values, {}, None) | _as_dates(values).isna()


def _as_dates(values: pandas.Series) -> pandas.Series:
    import pandas

    return pandas.to_datetime(values, format="%Y-%m-%d", errors="coerce")


def _distinct(file: File, frame: pandas.DataFrame, extract_date: str) -> pandas.DataFrame:
    """Return each judged column's distinct values, side by side; shorter columns end in empty cells."""
    import pandas

    columns: dict[str, Any] = {}
    for column in file.columns:
        name = column.stored_name
        if column.type == "text":
            continue
        values = pandas.Series(frame[name].dropna().unique(), dtype="str")
        columns[name] = values
        if column.type == "date":
            columns[f"_{name}_i_tidsrummet"] = _in_range(values)
        if column.type in ("integer", "decimal"):
            columns[f"_{name}_tal"] = pandas.to_numeric(values, errors="coerce")
        if column.is_event:
            columns[f"_{name}_ikke_senere"] = ~(_as_dates(values) > extract_date)
    return pandas.DataFrame(columns)


# ---- our own counts -----------------------------------------------------------------------------------------------


def _result(check: Check, frame: pandas.DataFrame, passed: bool, problem: str | None) -> CheckResult:
    checked, unexpected = _count(check, frame)
    return CheckResult(check.name, check.file, check.severity, passed, checked, unexpected, check.description, problem)


def _count(check: Check, frame: pandas.DataFrame) -> tuple[int, int]:
    """Return how many rows the check looked at and how many are not as expected."""
    import pandas

    rows = len(frame)
    column = frame[check.columns[0]] if check.columns else None
    match check.kind:
        case "columns":
            return len(check.columns), len(set(check.columns) - set(frame.columns))
        case "row_count":
            return rows, abs(rows - int(check.arguments["rows"]))
        case "filled":
            return rows, int(column.isna().sum())  # type: ignore[union-attr]
        case "share":
            return rows, int(column.notna().sum())  # type: ignore[union-attr]
        case "holds":
            return rows, int((~column.astype(bool)).sum())  # type: ignore[union-attr, operator]
        case "unique":
            return rows, int(frame.duplicated(list(check.columns), keep=False).sum())
        case "not_before":
            pair = frame[list(check.columns)].dropna()
            return len(pair), int((pair.iloc[:, 0] < pair.iloc[:, 1]).sum())
    counts = column.value_counts()  # type: ignore[union-attr]
    values = pandas.Series(counts.index, index=counts.index)
    arguments = check.arguments
    if check.kind == "code":
        good = values.isin(arguments["codes"])
    elif check.kind == "date":
        good = _as_dates(values).notna()
    elif check.kind == "in_range":
        good = _in_range(values)
    elif check.kind == "pattern":
        good = values.astype("str").str.contains(arguments["pattern"], regex=True)
    elif check.kind == "at_least":
        good = ~(pandas.to_numeric(values, errors="coerce") < arguments["least"])
    else:
        good = ~(_as_dates(values) > arguments["day"])
    return int(counts.sum()), int(counts[~good.astype(bool)].sum())
