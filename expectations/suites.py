"""What is expected of each file of a delivery, built from the contract, and the same as Great Expectations' suites.

Belongs here: one ``Check`` per expectation, with its Danish words. Does not belong here: running and counting them.

A check looks at the rows, or at the distinct values of a column (most columns have few, so that this takes no time).
Columns whose name begins with ``_`` are worked out beforehand (``deliveries``), where a check spans files or columns.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from expectations.library import great_expectations
from pipelines.contract import Column, File, contract
from pipelines.judging.values import municipality_codes

ERROR, WARNING = "error", "warning"
EMAIL = r"^[^@\s]+@[^@\s]+\.[^@\s]+$"
CLIENT_KEY = r"^[0-9a-f]{64}$"
INTEGER = r"^-?[0-9]+$"
DECIMAL = r"^-?[0-9]+(?:\.[0-9]+)?$"


@dataclass(frozen=True)
class Check:
    """One expectation of one file: its kind, what it takes, and what it is called by the supplier."""

    name: str
    file: str
    kind: str
    severity: str
    description: str
    columns: tuple[str, ...] = ()
    arguments: dict[str, Any] = field(default_factory=dict)

    @property
    def on_values(self) -> bool:
        """Whether the distinct values are looked at, and not the rows."""
        return self.kind in ("code", "date", "in_range", "pattern", "at_least", "at_latest")


def checks_of(file: File, rows: int, extract_date: str, most_faulty_share: float) -> list[Check]:
    """Return everything expected of one file; ``rows`` is what the manifest promised."""
    checks = [
        _check(file, "kolonner", "columns", ERROR, "Filen har alle kontraktens kolonner.", file.stored_names),
        _check(
            file,
            "antal rækker",
            "row_count",
            ERROR,
            "Hver leveret række er enten indlæst eller i karantæne.",
            rows=rows,
        ),
        _check(
            file,
            "andel med fejl",
            "share",
            ERROR,
            "Andelen af rækker med egne fejl er under den aftalte grænse.",
            ("_egen_fejl",),
            most=most_faulty_share,
        ),
        _check(
            file,
            "kun fejlfri rækker er indlæst",
            "holds",
            ERROR,
            "Ingen indlæst række bryder kontrakten.",
            ("_fejlfri_eller_i_karantaene",),
        ),
        _check(file, f"{' + '.join(file.key)} er entydig", "unique", WARNING, "Ingen nøgle står to gange.", file.key),
    ]
    for column in file.columns:
        checks += _checks_of_column(file, column, extract_date)
    for rule in contract().warnings.values():
        if rule.earlier and rule.later and {rule.earlier, rule.later} <= set(file.column_names):
            pair = (rule.earlier, rule.later)
            checks.append(_check(file, f"{pair[0]} ikke før {pair[1]}", "not_before", WARNING, rule.description, pair))
        if rule.together and set(rule.together) <= set(file.column_names):
            name = f"{' og '.join(rule.together)} følges ad"
            checks.append(_check(file, name, "holds", WARNING, rule.description, (f"_{rule.name}",)))
    return checks


def _checks_of_column(file: File, column: Column, extract_date: str) -> list[Check]:
    name, stored = column.name, (column.stored_name,)
    texts = contract().row_faults
    found = []
    if column.required:
        found.append(_check(file, f"{name} er udfyldt", "filled", WARNING, texts["missing_required"], stored))
    if column.type in ("code", "flag"):
        codes = ", ".join(column.values)
        text = f"{texts['unknown_code']} Koderne er: {codes}."
        found.append(
            _check(file, f"{name} er en aftalt kode", "code", WARNING, text, stored, codes=sorted(column.values))
        )
    elif column.type == "municipality_code":
        text = "Koden er ikke en af de 98 kommuners."
        codes_98 = sorted(municipality_codes())
        found.append(_check(file, f"{name} er en kommune", "code", WARNING, text, stored, codes=codes_98))
    elif column.type == "date":
        found.append(_check(file, f"{name} er en dato", "date", WARNING, texts["invalid_date"], stored))
        found.append(_check(file, f"{name} er i tidsrummet", "in_range", WARNING, texts["invalid_date"], stored))
        if column.is_event:
            text = contract().describe("event_after_extract")
            latest = f"{name} ikke efter udtræksdatoen"
            found.append(_check(file, latest, "at_latest", WARNING, text, stored, day=extract_date))
    elif column.type in ("integer", "decimal"):
        pattern = INTEGER if column.type == "integer" else DECIMAL
        found.append(
            _check(file, f"{name} er et tal", "pattern", WARNING, texts["invalid_number"], stored, pattern=pattern)
        )
        if column.minimum is not None:
            text = f"Tallet er mindre end {column.minimum}."
            least = f"{name} er mindst {column.minimum}"
            found.append(_check(file, least, "at_least", WARNING, text, stored, least=column.minimum))
    elif column.type == "cpr":
        found.append(
            _check(
                file, f"{name} er et personnummer", "pattern", WARNING, texts["invalid_cpr"], stored, pattern=CLIENT_KEY
            )
        )
    elif column.type == "email":
        text = "Teksten ligner ikke en mailadresse; rækken er indlæst."
        found.append(_check(file, f"{name} er en mailadresse", "pattern", WARNING, text, stored, pattern=EMAIL))
    if column.references:
        places = " eller ".join(f"{reference.table}" for reference in column.references)
        text = texts["orphan"]
        found.append(_check(file, f"{name} findes i {places}", "holds", WARNING, text, (f"_{name}_findes",)))
    return found


def _check(
    file: File,
    name: str,
    kind: str,
    severity: str,
    description: str,
    columns: tuple[str, ...] = (),
    **arguments: Any,
) -> Check:
    return Check(name, file.table, kind, severity, description, tuple(columns), arguments)


def expectation(check: Check) -> Any:
    """Return the check as an expectation of Great Expectations, with the supplier's words in its ``meta``."""
    gxe = great_expectations().expectations

    words: dict[str, Any] = {
        "meta": {"navn": check.name, "beskrivelse": check.description, "fil": check.file},
        "severity": "critical" if check.severity == ERROR else "warning",
    }
    column = check.columns[0] if check.columns else ""
    arguments = check.arguments
    match check.kind:
        case "columns":
            return gxe.ExpectTableColumnsToMatchSet(column_set=list(check.columns), exact_match=False, **words)
        case "row_count":
            return gxe.ExpectTableRowCountToEqual(value=arguments["rows"], **words)
        case "share":
            return gxe.ExpectColumnProportionOfNonNullValuesToBeBetween(
                column=column, max_value=arguments["most"], **words
            )
        case "holds":
            return gxe.ExpectColumnValuesToBeInSet(column=column, value_set=[True], **words)
        case "unique" if len(check.columns) == 1:
            return gxe.ExpectColumnValuesToBeUnique(column=column, **words)
        case "unique":
            return gxe.ExpectCompoundColumnsToBeUnique(column_list=list(check.columns), **words)
        case "filled":
            return gxe.ExpectColumnValuesToNotBeNull(column=column, **words)
        case "code":
            return gxe.ExpectColumnValuesToBeInSet(column=column, value_set=arguments["codes"], **words)
        case "date":
            return gxe.ExpectColumnValuesToMatchStrftimeFormat(column=column, strftime_format="%Y-%m-%d", **words)
        case "in_range":
            return gxe.ExpectColumnValuesToBeInSet(column=f"_{column}_i_tidsrummet", value_set=[True], **words)
        case "pattern":
            return gxe.ExpectColumnValuesToMatchRegex(column=column, regex=arguments["pattern"], **words)
        case "at_least":
            return gxe.ExpectColumnValuesToBeBetween(column=f"_{column}_tal", min_value=arguments["least"], **words)
        case "at_latest":
            return gxe.ExpectColumnValuesToBeInSet(column=f"_{column}_ikke_senere", value_set=[True], **words)
        case "not_before":
            return gxe.ExpectColumnPairValuesAToBeGreaterThanB(
                column_A=check.columns[0],
                column_B=check.columns[1],
                or_equal=True,
                ignore_row_if="either_value_is_missing",
                **words,
            )
    raise ValueError(f"unknown kind of check: {check.kind}")
