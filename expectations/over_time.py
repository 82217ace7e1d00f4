"""A batch beside those before it: what changed more than a client system's data change in a quarter.

Belongs here: the checks over time, their thresholds (``[over_time]`` in the settings) and exemptions, each with a
written reason. Does not belong here: rows of one batch (``deliveries``). Nothing here refuses a delivery.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from expectations.deliveries import CheckResult
from expectations.suites import WARNING
from pipelines.batches import batch_list, batch_rows
from pipelines.batches.batch_list import Batch
from pipelines.configuration import settings
from pipelines.contract import File, contract
from pipelines.danish import percent
from pipelines.errors import UserError
from pipelines.layout import Output
from pipelines.privacy.containment import contained
from pipelines.receiving.refusal import shown_name

if TYPE_CHECKING:
    import duckdb

CASES_DROPPED, KEYS_GONE, NEW_CODE, STOPPED = "færre sager", "nøgler er væk", "ny kode", "filen vokser ikke"
CHECK_NAMES = (CASES_DROPPED, KEYS_GONE, NEW_CODE, STOPPED)
_SETTING_NAMES = {"cases_dropped": CASES_DROPPED, "keys_gone": KEYS_GONE, "new_code": NEW_CODE, "stopped": STOPPED}


@contained
def judge_over_time(output: Output, batch_id: str) -> list[CheckResult]:
    """Compare a batch with the usable ones of earlier extract dates; no result when it is the first."""
    import duckdb

    batch = batch_list.find(output, batch_id)
    usable = [other for other in batch_list.all_batches(output) if other.is_usable]
    earlier = [
        other for other in usable if other.extract_date < batch.extract_date and other.state == batch_list.CURRENT
    ]
    if not earlier:
        return []
    exempt = _exemptions()
    results = []
    with duckdb.connect() as connection:
        comparison = _Comparison(connection, output, batch, earlier)
        for file in contract().files:
            for result in comparison.checks(file):
                reason = exempt.get((file.name, result.name))
                results.append(result if reason is None or result.passed else _exempted(result, reason))
    return results


def _exemptions() -> dict[tuple[str, str], str]:
    known = {file.name for file in contract().files}
    exempt: dict[tuple[str, str], str] = {}
    for exemption in settings().over_time.exemptions:
        if exemption.file not in known:
            raise UserError(
                f"En undtagelse i [over_time] er om {shown_name(exemption.file)}, som kontrakten ikke har. "
                f"Kontraktens filer: {', '.join(sorted(known))}."
            )
        exempt[exemption.file, _SETTING_NAMES[exemption.check]] = exemption.reason.strip()
    return exempt


def _exempted(result: CheckResult, reason: str) -> CheckResult:
    described = f"{result.description} Undtaget: {reason}"
    return CheckResult(
        result.name, result.file, result.severity, True, result.checked, result.unexpected_count, described
    )


class _Comparison:
    """One batch, the one before it, and all earlier ones, as parquet files that DuckDB reads."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, output: Output, batch: Batch, earlier: list[Batch]
    ) -> None:
        self._connection = connection
        self._settings = settings().over_time
        self._before_id = earlier[-1].batch_id
        self._before_date = earlier[-1].extract_date
        self._now = batch_rows.stage(output, batch.batch_id) / "loaded"
        self._before = batch_rows.stage(output, self._before_id) / "loaded"
        self._all_earlier = [batch_rows.stage(output, other.batch_id) / "loaded" for other in earlier]

    def checks(self, file: File) -> list[CheckResult]:
        """Return the comparisons of one file; none when either batch lacks it."""
        now, before = self._now / f"{file.table}.parquet", self._before / f"{file.table}.parquet"
        if not (now.exists() and before.exists()):
            return []
        results = []
        rows_now, rows_before = self._count(now), self._count(before)
        if any(column.pii == "cpr" for column in file.columns):
            share = (rows_before - rows_now) / rows_before if rows_before else 0.0
            limit = self._settings.cases_drop_share
            text = f"Antallet af sager er faldet med mere end {percent(limit)} siden {self._before_id}."
            fewer = max(rows_before - rows_now, 0)
            results.append(_result(CASES_DROPPED, file, share <= limit, rows_before, fewer, text))
        gone, new = self._lacking(file, before, now), self._lacking(file, now, before)
        limit = self._settings.keys_gone_share
        text = f"Mere end {percent(limit)} af nøglerne i {self._before_id} er væk."
        results.append(_result(KEYS_GONE, file, gone <= limit * rows_before, rows_before, gone, text))
        results.append(self._new_codes(file, now, rows_now))
        text = f"Ingen ny nøgle er kommet til siden {self._before_id}."
        results.append(_result(STOPPED, file, new > 0 or rows_before == 0, rows_now, int(new == 0), text))
        return results

    def _new_codes(self, file: File, now: Path, rows: int) -> CheckResult:
        # The 98 municipalities and J/N are no news in any column, and everything is in a column that is new itself.
        known = file.of(self._before_date)
        coded = [column for column in known.columns if column.type == "code" or column.references]
        columns = [column.name for column in coded if column.name != "sags_id"]
        earlier = [str(folder / now.name) for folder in self._all_earlier if (folder / now.name).exists()]
        with_new: list[str] = []
        count = 0
        for name in columns:
            found = self._one(
                f'select count(*) from read_parquet(?) as new where "{name}" is not null '
                f'and "{name}" not in (select "{name}" from read_parquet(?) where "{name}" is not null)',
                [str(now), earlier],
            )
            if found:
                with_new.append(name)
                count += found
        where = f" Kolonner: {', '.join(with_new)}." if with_new else ""
        text = f"En kode er ikke set i nogen tidligere leverance.{where}"
        return _result(NEW_CODE, file, not with_new, rows, count, text)

    def _lacking(self, file: File, having: Path, other: Path) -> int:
        same = " and ".join(f'one."{name}" = other."{name}"' for name in file.key)
        return self._one(
            f"select count(*) from read_parquet(?) as one anti join read_parquet(?) as other on {same}",
            [str(having), str(other)],
        )

    def _count(self, file: Path) -> int:
        return self._one("select count(*) from read_parquet(?)", [str(file)])

    def _one(self, query: str, values: list[Any]) -> int:
        return int(self._connection.execute(query, values).fetchall()[0][0])


def _result(name: str, file: File, passed: bool, checked: int, unexpected: int, text: str) -> CheckResult:
    return CheckResult(name, file.table, WARNING, passed, checked, 0 if passed else unexpected, text)
