"""The dbt sources, written from the contract: ``python -m pipelines.contract.dbt_sources`` rewrites the file.

Belongs here: what the build loads before dbt runs, as dbt is told about it, and the tests that follow from the
contract. Does not belong here: anything about staging models or later ones.
"""

from __future__ import annotations

from typing import Any

import yaml

from pipelines.contract import Column, Contract, File, contract
from pipelines.layout import DBT_PROJECT

SOURCES_FILE = DBT_PROJECT / "models" / "sources.yml"

_HEADER = """\
# Written from pipelines/contract/extracts.yaml by `python -m pipelines.contract.dbt_sources`: edit the contract,
# not this file. A test fails when the two disagree.
"""

_LINE = ("line", "bigint", "Den linje i filen (række i regnearket), hvor rækken begynder.")

_RUN_TABLES: dict[str, tuple[str, list[tuple[str, str, str]]]] = {
    "run": (
        "Hvad denne kørsel regner på; præcis én række.",
        [
            ("batch_id", "varchar", "Den leverance, der regnes på."),
            ("extract_date", "date", "Leverancens udtræksdato."),
            ("as_of", "date", "Opgørelsesdagen; aldrig senere end udtræksdatoen."),
            ("source_system", "varchar", "Det system, som leverancen kommer fra."),
            ("is_synthetic", "boolean", "Om leverancen er opdigtet."),
            ("code_version", "varchar", "Versionen af dette program."),
            ("build_digest", "varchar", "Kontrolsum over alt, som lageret er bygget af."),
        ],
    ),
    "delivery_files": (
        "Hver fil i hver modtaget leverance og hvordan det gik den.",
        [
            ("batch_id", "varchar", "Leverancens nummer."),
            ("file", "varchar", "Filens navn."),
            ("rows", "bigint", "Rækker i filen uden overskriften."),
            ("loaded", "bigint", "Rækker, der er indlæst."),
            ("quarantined", "bigint", "Rækker, der er sat i karantæne."),
        ],
    ),
    "delivery_faults": (
        "Antal fejl og advarsler pr. leverance, fil og grund.",
        [
            ("batch_id", "varchar", "Leverancens nummer."),
            ("file", "varchar", "Filens navn."),
            ("kind", "varchar", "quarantine (sat i karantæne) eller warning (indlæst med advarsel)."),
            ("reason", "varchar", "Grunden, som den hedder i leverancekontrakten."),
            ("count", "bigint", "Antal rækker."),
        ],
    ),
    "mailing_ledger": (
        "Udsendelsen af kontaktlisten, pr. kvartal og kommune.",
        [
            ("quarter", "varchar", "Kvartalet, fx 2026-Q3."),
            ("municipality_code", "varchar", "Kommunens kode."),
            ("state", "varchar", "Hvor langt udsendelsen er: sent, refused, bounced med flere."),
            ("state_date", "date", "Dagen for tilstanden."),
        ],
    ),
    "earlier_figures": (
        "Kvartalernes tal i tidligere udgivelser, så ændringer kan forklares.",
        [
            ("publication_id", "varchar", "Udgivelsens navn."),
            ("publication_number", "bigint", "Udgivelsens løbenummer."),
            ("as_of", "date", "Opgørelsesdagen i udgivelsen."),
            ("level", "varchar", "Niveau: national, area, region, municipality eller institution."),
            ("unit_code", "varchar", "Enhedens kode."),
            ("period_type", "varchar", "Periodens art, altid quarter: andre perioder er summer af kvartaler."),
            ("period", "varchar", "Perioden, fx 2026-Q3."),
            ("rule_id", "varchar", "Reglen."),
            ("due", "bigint", "Forfaldne pligter."),
            ("met", "bigint", "Opfyldt til tiden."),
            ("late", "bigint", "Opfyldt for sent."),
            ("missed", "bigint", "Ikke gjort."),
            ("own_due", "bigint", "Heraf dem, parten kunne nå; tom i ældre udgivelser."),
            ("own_met", "bigint", "Heraf dem, parten nåede; tom i ældre udgivelser."),
            ("rule_version", "varchar", "Reglens version."),
            ("code_version", "varchar", "Programmets version."),
            ("batch_id", "varchar", "Leverancen, som tallene er regnet på."),
        ],
    ),
    "parameter_overrides": (
        "Regelparametre ændret i en prøveberegning; tom i en rigtig kørsel.",
        [
            ("rule_id", "varchar", "Reglen."),
            ("parameter", "varchar", "Parameterens navn."),
            ("value", "varchar", "Den prøvede værdi."),
        ],
    ),
    "corrections": (
        "Godkendte rettelser fra kommuner og institutioner.",
        [
            ("correction_id", "varchar", "Rettelsens nummer."),
            ("case_id", "varchar", "Sagen, som rettelsen gælder."),
            ("table_name", "varchar", "Tabellen, som rettes."),
            ("row_key", "varchar", "Nøglen på rækken, som rettes."),
            ("column_name", "varchar", "Kolonnen, som rettes."),
            ("value", "varchar", "Den rigtige værdi."),
            ("reason", "varchar", "Begrundelsen for rettelsen."),
            ("decided_on", "date", "Dagen, hvor rettelsen blev godkendt; den er på eller før opgørelsesdagen."),
            ("reply_id", "varchar", "Nummeret på det svar, som rettelsen kommer af."),
            (
                "held",
                "varchar",
                "Hvad leverancen sagde, da rettelsen blev godkendt: en dato, eller for en ny række de rækker, som "
                "sagen havde (JSON); tom, når den intet sagde.",
            ),
            ("decided_by", "varchar", "Den, der godkendte rettelsen."),
        ],
    ),
    "corrected_outcomes": (
        "Udfald, som et godkendt svar kan ændre, med fristen før rettelsen.",
        [
            ("reply_id", "varchar", "Svarets nummer."),
            ("case_id", "varchar", "Sagen, som svaret gælder."),
            ("rule_id", "varchar", "Reglens kode i regelkataloget."),
            ("deadline_before", "date", "Fristen, da svaret blev registreret; tom, når der ingen var."),
            ("decided_on", "date", "Dagen, hvor rettelsen blev godkendt; den er på eller før opgørelsesdagen."),
        ],
    ),
}

_QUARANTINE_COLUMNS = [
    ("batch_id", "varchar", "Leverancens nummer."),
    ("file", "varchar", "Filens navn."),
    _LINE,
    ("reason", "varchar", "Grunden, som den hedder i leverancekontrakten."),
    ("column", "varchar", "Kolonnen med fejlen; for en nøgle på flere kolonner med plus imellem."),
    ("row_masked", "varchar", "Rækkens værdier som JSON, personlige værdier skjult."),
]


def sources_text(agreed: Contract | None = None) -> str:
    """Return the whole text of ``sources.yml`` as the contract has it."""
    document = {"version": 2, "sources": _sources(agreed or contract())}
    body = yaml.dump(document, Dumper=_Indented, sort_keys=False, allow_unicode=True, width=116)
    return _HEADER + "\n" + body


def main() -> None:
    """Rewrite the committed file."""
    SOURCES_FILE.write_text(sources_text(), encoding="utf-8")


def _sources(agreed: Contract) -> list[dict[str, Any]]:
    open_files = [file for file in agreed.files if not file.restricted]
    restricted = [_delivered_table(file) for file in agreed.files if file.restricted]
    restricted += [_contacts_table(file) for file in agreed.files if file.contact_columns]
    return [
        {
            "name": "raw",
            "schema": "raw",
            "description": "Den valgte leverances indlæste rækker, som de blev leveret, og hvad kørslen regner på.",
            "tables": [_delivered_table(file) for file in open_files]
            + [_plain_table(name, text, columns) for name, (text, columns) in _RUN_TABLES.items()],
        },
        {
            "name": "restricted",
            "schema": "restricted",
            "description": "Indlæste rækker, som kun få må se: infohus og navne på kontaktpersoner.",
            "tables": restricted,
        },
        {
            "name": "quarantine",
            "schema": "quarantine",
            "description": "Rækker, der er sat i karantæne, en tabel pr. fil.",
            "tables": [
                _plain_table(file.table, f"Rækker i karantæne fra {file.name}.", _QUARANTINE_COLUMNS)
                for file in agreed.files
            ],
        },
    ]


def _delivered_table(file: File) -> dict[str, Any]:
    columns = [column for column in file.columns if column.pii != "contact"]
    entries = [_entry(column.stored_name, "varchar", column.stored_description) for column in columns]
    return {
        "name": file.table,
        "description": file.description,
        "columns": [*entries, _entry(*_LINE)],
        "data_tests": [
            _test("key_is_unique", file.table, {"columns": list(file.key)}),
            _test("rows_follow_contract", file.table, {"conditions": conditions(file)}),
        ],
    }


def _test(kind: str, table: str, arguments: dict[str, Any]) -> dict[str, Any]:
    # dbt would make a name of all the conditions.
    return {kind: {"name": f"{table}_{kind}", "arguments": arguments}}


def _contacts_table(file: File) -> dict[str, Any]:
    columns = [file.column(name) for name in file.key] + list(file.contact_columns)
    return {
        "name": f"{file.table}_kontakter",
        "description": f"Kontaktpersoner fra {file.name}; kun til udsendelsen.",
        "columns": [_entry(column.stored_name, "varchar", column.stored_description) for column in columns],
    }


def _plain_table(name: str, description: str, columns: list[tuple[str, str, str]]) -> dict[str, Any]:
    return {"name": name, "description": description, "columns": [_entry(*column) for column in columns]}


def _entry(name: str, data_type: str, description: str) -> dict[str, Any]:
    return {"name": name, "data_type": data_type, "description": description}


def conditions(file: File) -> list[str]:
    """Return the SQL conditions that every loaded row of the file fulfils, by the contract."""
    return [condition for column in file.columns if column.pii != "contact" for condition in _conditions(column)]


def _conditions(column: Column) -> list[str]:
    name = column.stored_name
    found = [f"{name} is not null"] if column.required else []
    if column.type == "date":
        found.append(f"({name} is null or try_cast({name} as date) between date '1900-01-01' and date '2100-12-31')")
    elif column.type in ("code", "flag"):
        codes = ", ".join(f"'{code}'" for code in column.values)
        found.append(f"({name} is null or {name} in ({codes}))")
    elif column.type in ("integer", "decimal"):
        target = "integer" if column.type == "integer" else "double"
        minimum = f" >= {column.minimum}" if column.minimum is not None else " is not null"
        found.append(f"({name} is null or try_cast({name} as {target}){minimum})")
    elif column.type == "municipality_code":
        found.append(f"({name} is null or regexp_full_match({name}, '[0-9]{{3}}'))")
    elif column.type == "cpr":
        found.append(f"regexp_full_match({name}, '[0-9a-f]{{64}}')")
    return found


class _Indented(yaml.SafeDumper):
    """Lists indented below their key, as dbt's own examples have them."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:
        return True


if __name__ == "__main__":
    main()
