"""What if: the same delivery judged with other numbers, beside the numbers in force, and what changes.

Belongs here: reading and checking the replaced parameters, the two builds, and their comparison. Does not belong here:
what a parameter does (the rules in ``dbt_project`` read it) and the form of the files (``table_files``).

Nothing is published, and a folder that holds publications is refused: the real output stays as it is.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.danish import number, percent
from pipelines.durable_files import make_folder, protect
from pipelines.errors import UserError
from pipelines.rules.documentation import reason_words
from pipelines.table_files import Sheet, write_csv, write_workbook
from pipelines.vocabulary import LEVELS, PARTIES, PERIOD_TYPES, STATUSES, capital, word
from pipelines.warehouse import rule_models

if TYPE_CHECKING:
    from pipelines.runs.main_job import Request

Override = tuple[str, str, str]


@dataclass(frozen=True)
class Comparison:
    """What the replaced parameters change: outcomes and figures, each before and after."""

    outcomes: Sheet
    figures: Sheet

    @property
    def changed_cases(self) -> int:
        """How many cases have another outcome under some rule."""
        return len({row[0] for row in self.outcomes.rows})


def read_overrides(path: Path) -> list[Override]:
    """Read replaced parameters from a YAML, JSON or CSV file; raises UserError that says what is wrong and where.

    YAML and JSON: ``{rule: {parameter: value}}``. CSV: the columns rule_id, parameter and value, comma or semicolon.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise UserError(
            f"Filen {path} med ændrede parametre kan ikke læses. Angiv en YAML-, JSON- eller CSV-fil."
        ) from None
    readers = {".yaml": _from_yaml, ".yml": _from_yaml, ".json": _from_json, ".csv": _from_csv}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise UserError(f"Filen {path} har en ukendt endelse. Brug .yaml, .json eller .csv.")
    return _checked(path, reader(path, text))


def compare(before: Path, after: Path) -> Comparison:
    """Compare two warehouses of the same delivery and day: which outcomes differ, and which units' figures."""
    old, new = _outcomes(before), _outcomes(after)
    names = _titles(after)
    outcome_rows = [
        [case, names[rule], *_in_words(rule, old[key]), *_in_words(rule, new[key])]
        for key in sorted(old.keys() & new.keys())
        if old[key] != new[key]
        for case, _, rule in [key]
    ]
    old_figures, new_figures = _figures(before), _figures(after)
    units = _units(after)
    figure_rows = []
    for figure in sorted(old_figures.keys() & new_figures.keys()):
        was, now = old_figures[figure], new_figures[figure]
        if was[:4] != now[:4]:
            level, unit, rule, _, period = figure
            change = None if was[4] is None or now[4] is None else now[4] - was[4]
            period_type = PERIOD_TYPES[figure[3]]
            name = units.get((level, unit), unit)
            row = [LEVELS[level], unit, name, names[rule], period_type, period, was[0], was[1], was[4]]
            figure_rows.append([*row, now[0], now[1], now[4], change])
    return Comparison(
        Sheet("Udfald", _OUTCOME_HEADINGS, outcome_rows),
        Sheet("Enheder", _FIGURE_HEADINGS, figure_rows),
    )


def run(request: Request, file: Path) -> int:
    """Judge with the parameters in force and with the replaced ones, write what changes, and say it in few lines.

    The output folder gets a warehouse with the replaced parameters, ``uaendret/`` one with those in force, and
    ``sammenligning/`` the difference. Raises UserError when the folder holds publications.
    """
    from pipelines import publications
    from pipelines.progress import Progress
    from pipelines.runs import main_job
    from pipelines.warehouse import build

    overrides = read_overrides(file)
    output = request.output
    if output.root.exists() and publications.all_publications(output):
        raise UserError(
            f"Mappen {output.root} har udgivelser og røres ikke af en hvad nu hvis-kørsel. "
            "Angiv en anden mappe efter --output."
        )
    unchanged = output.root / "uaendret"
    with main_job.start(request, Progress()) as job:
        job.receive()
        baseline = build.build(output, job.inputs, output.work / "uaendret")
        replaced = replace(job.inputs, parameter_overrides=tuple(overrides))
        changed = build.build(output, replaced, output.work / "build")
        make_folder(unchanged)
        protect(baseline.warehouse)
        baseline.warehouse.replace(unchanged / "warehouse.duckdb")
        build.swap(output, changed)
    comparison = compare(unchanged / "warehouse.duckdb", output.warehouse)
    folder = output.root / "sammenligning"
    write(comparison, overrides, folder)
    print(summary(comparison, overrides))
    print(f"Se {folder}.")
    return 0


def write(comparison: Comparison, overrides: Sequence[Override], folder: Path) -> None:
    """Write the comparison as ``udfald.csv``, ``enheder.csv`` and ``hvad-nu-hvis.xlsx``."""
    folder.mkdir(parents=True, exist_ok=True)
    write_csv(folder / "udfald.csv", comparison.outcomes)
    write_csv(folder / "enheder.csv", comparison.figures)
    about = {"Hvad nu hvis": "; ".join(_told(overrides)), "Status": "Beregning med ændrede parametre. Ikke udgivet."}
    write_workbook(folder / "hvad-nu-hvis.xlsx", [comparison.outcomes, comparison.figures], about=about)


def summary(comparison: Comparison, overrides: Sequence[Override]) -> str:
    """Return the difference in a few lines: the parameters, the outcomes, and the nation's rolling year per rule."""
    lines = [f"Ændret: {line}" for line in _told(overrides)]
    lines.append(
        f"{number(len(comparison.outcomes.rows))} udfald i {number(comparison.changed_cases)} sager er anderledes."
    )
    newest: dict[str, Sequence[Any]] = {}
    for row in comparison.figures.rows:
        if row[0] == LEVELS["national"] and row[4] == PERIOD_TYPES["rolling4"]:
            newest[row[3]] = row
    for title, row in newest.items():
        lines.append(
            f"{title}, hele landet, rullende år til {row[5]}: {row[7]} af {row[6]} ({_rate(row[8])}) bliver "
            f"{row[10]} af {row[9]} ({_rate(row[11])})."
        )
    units = {(row[0], row[1]) for row in comparison.figures.rows}
    lines.append(f"{number(len(units))} enheder har andre tal.")
    return "\n".join(lines)


_OUTCOME_HEADINGS = (
    "Sag",
    "Pligt",
    "Udfald nu",
    "Frist nu",
    "Årsag nu",
    "Ansvarlig nu",
    "Udfald ændret",
    "Frist ændret",
    "Årsag ændret",
    "Ansvarlig ændret",
)
_FIGURE_HEADINGS = (
    "Niveau",
    "Kode",
    "Enhed",
    "Pligt",
    "Periodens art",
    "Periode",
    "Forfaldne nu",
    "Opfyldt nu",
    "Andel nu",
    "Forfaldne ændret",
    "Opfyldt ændret",
    "Andel ændret",
    "Forskel i andel",
)


def _rate(rate: float | None) -> str:
    return "ingen forfaldne" if rate is None else percent(rate, 1)


def _told(overrides: Sequence[Override]) -> list[str]:
    known = _catalogue()
    return [f"{rule}: {name} = {value} (nu {json.dumps(known[rule][name])})" for rule, name, value in overrides]


def _catalogue() -> dict[str, dict[str, Any]]:
    """Return the parameters of each rule's newest version."""
    rows = sorted(rule_models.catalogue(), key=lambda row: int(row["version"]))
    return {row["rule_id"]: json.loads(row["parameters"]) for row in rows}


def _from_yaml(path: Path, text: str) -> Iterable[tuple[Any, Any, Any]]:
    import yaml

    try:
        return _from_mapping(path, yaml.safe_load(text))
    except yaml.YAMLError:
        raise UserError(f"Filen {path} er ikke gyldig YAML.") from None


def _from_json(path: Path, text: str) -> Iterable[tuple[Any, Any, Any]]:
    try:
        return _from_mapping(path, json.loads(text))
    except json.JSONDecodeError as error:
        raise UserError(f"Filen {path} er ikke gyldig JSON (linje {error.lineno}).") from None


def _from_mapping(path: Path, content: Any) -> Iterable[tuple[Any, Any, Any]]:
    if not isinstance(content, Mapping) or not all(isinstance(value, Mapping) for value in content.values()):
        raise UserError(f"Filen {path} skal have en blok pr. regel, fx\n  contact_sentence:\n    days: 21")
    return [(rule, name, value) for rule, values in content.items() for name, value in values.items()]


def _from_csv(path: Path, text: str) -> Iterable[tuple[Any, Any, Any]]:
    lines = text.splitlines()
    separator = ";" if lines and ";" in lines[0] else ","
    reader = csv.DictReader(lines, delimiter=separator)
    rows = list(reader)
    if {"rule_id", "parameter", "value"} - set(reader.fieldnames or ()):
        raise UserError(f"Filen {path} skal have kolonnerne rule_id, parameter og value.")
    return [(row["rule_id"], row["parameter"], row["value"]) for row in rows]


def _checked(path: Path, written: Iterable[tuple[Any, Any, Any]]) -> list[Override]:
    known = _catalogue()
    checked: dict[tuple[str, str], str] = {}
    for rule, name, value in written:
        if rule not in known:
            raise UserError(f"{path}: reglen {rule!r} findes ikke. Reglerne er: {', '.join(sorted(known))}.")
        if name not in known[rule]:
            names = ", ".join(sorted(known[rule])) or "ingen"
            raise UserError(f"{path}: reglen {rule} har ingen parameter {name!r}. Den har: {names}.")
        if (rule, name) in checked:
            raise UserError(f"{path}: {rule}, {name} står to gange.")
        checked[rule, name] = _value(path, rule, name, value, known[rule][name])
    if not checked:
        raise UserError(f"{path}: der er ingen ændrede parametre i filen.")
    return [(rule, name, value) for (rule, name), value in checked.items()]


def _value(path: Path, rule: str, name: str, value: Any, now: Any) -> str:
    text = str(value).strip().lower()
    if isinstance(now, bool):
        if text not in ("true", "false"):
            raise UserError(f"{path}: {rule}, {name} skal være true eller false.")
        return text
    if not text.isascii() or not text.isdigit() or int(text) > 36500:
        raise UserError(f"{path}: {rule}, {name} skal være et helt tal fra 0 til 36500.")
    if name == "last_weekday" and not 1 <= int(text) <= 7:
        raise UserError(f"{path}: {rule}, {name} skal være en ugedag fra 1 (mandag) til 7 (søndag).")
    return str(int(text))


def _rows(file: Path, query: str) -> list[tuple[Any, ...]]:
    import duckdb

    with duckdb.connect(str(file), read_only=True) as connection:
        return connection.execute(query).fetchall()


def _outcomes(file: Path) -> dict[tuple[str, str, str], tuple[Any, ...]]:
    columns = "case_id, case_type, rule_id, status, deadline, reason, responsible"
    return {row[:3]: row[3:] for row in _rows(file, f"select {columns} from marts.fct_rule_outcome")}


def _figures(file: Path) -> dict[tuple[str, str, str, str, str], tuple[Any, ...]]:
    columns = "level, unit_code, rule_id, period_type, period, due, met, late, missed, rate"
    return {row[:5]: row[5:] for row in _rows(file, f"select {columns} from marts.fct_compliance")}


def _titles(file: Path) -> dict[str, str]:
    return dict(_rows(file, "select rule_id, max_by(title_da, version) from marts.dim_rule group by rule_id"))


def _units(file: Path) -> dict[tuple[str, str], str]:
    return {row[:2]: row[2] for row in _rows(file, "select level, unit_code, name from intermediate.int_units")}


def _in_words(rule_id: str, row: tuple[Any, ...]) -> list[Any]:
    status, deadline, reason, responsible = row
    why = capital(reason_words(rule_id, reason).word) if reason else None
    return [word(STATUSES, status), deadline, why, word(PARTIES, responsible) if responsible else None]
