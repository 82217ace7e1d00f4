"""The data dictionary of a delivery, written from the contract: ``python -m pipelines.contract.dictionary``.

Belongs here: the contract's files, columns, codes and fault classes as a page for Danish readers. Does not belong here:
tables of the warehouse (their descriptions stand in it, as comments on every column).
"""

from __future__ import annotations

from pipelines.contract import Column, Contract, File, contract
from pipelines.danish import long_date
from pipelines.layout import PROJECT

DICTIONARY_FILE = PROJECT / "docs" / "dataordbog.md"

_TYPES = {
    "text": "tekst",
    "integer": "helt tal",
    "decimal": "tal",
    "date": "dato",
    "flag": "J/N",
    "code": "kode",
    "municipality_code": "kommunekode",
    "cpr": "personnummer",
    "email": "mailadresse",
}
_PERSONAL = {
    "cpr": "bliver til client_key",
    "free": "kun om der er en tekst gemmes",
    "contact": "kun i et lukket skema",
}


def dictionary_text(agreed: Contract | None = None) -> str:
    """Return the page."""
    agreed = agreed or contract()
    parts = [
        "# Dataordbog for leverancen\n\n"
        "Skrevet af leverancekontrakten (`pipelines/contract/extracts.yaml`) med "
        "`python -m pipelines.contract.dictionary`; ret kontrakten, ikke denne fil. Datavarehusets egne tabeller er "
        "beskrevet i det selv, som kommentarer på hver kolonne.\n"
    ]
    parts += [_file(file) for file in agreed.files]
    warnings = {name: rule.description for name, rule in agreed.warnings.items()}
    for title, reasons in (
        ("Hvad der afviser en leverance", agreed.refusals),
        ("Hvad der sætter en række i karantæne", agreed.row_faults),
        ("Hvad der giver en advarsel", warnings),
    ):
        rows = "".join(f"| `{name}` | {_cell(text)} |\n" for name, text in reasons.items())
        parts.append(f"## {title}\n\n| Grund | Betydning |\n|---|---|\n{rows}")
    return "\n".join(parts)


def _file(file: File) -> str:
    notes = [f"Nøgle: {', '.join(f'`{name}`' for name in file.key)}."]
    notes += [f"Leveres fra {long_date(file.delivered_from)}."] if file.delivered_from else []
    notes += ["Filen kan mangle."] if file.optional else []
    notes += ["Kun i et lukket skema."] if file.restricted else []
    rows = "".join(_row(column) for column in file.columns)
    head = "| Kolonne | Art | Skal udfyldes | Betydning |\n|---|---|---|---|\n"
    return f"## {file.name}\n\n{file.description} {' '.join(notes)}\n\n{head}{rows}"


def _row(column: Column) -> str:
    meaning = column.description
    if column.type == "code":
        meaning += " " + "; ".join(f"`{code}` {text}" for code, text in column.values.items()) + "."
    if column.references:
        names = " eller ".join(f"`{reference.table}.{reference.column}`" for reference in column.references)
        meaning += f" Findes i {names}."
    if column.delivered_from:
        meaning += f" Leveres fra {long_date(column.delivered_from)}."
    if column.pii:
        meaning += f" Personoplysning: {_PERSONAL[column.pii]}."
    return f"| `{column.name}` | {_TYPES[column.type]} | {'ja' if column.required else ''} | {_cell(meaning)} |\n"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def main() -> None:
    """Write the file."""
    DICTIONARY_FILE.write_text(dictionary_text(), encoding="utf-8")


if __name__ == "__main__":
    main()
