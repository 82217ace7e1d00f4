"""The rules as a page for readers of the documentation: ``python -m pipelines.rules.catalogue_page`` writes it.

Belongs here: the catalogue's rows as text. Does not belong here: how a rule is reckoned (its model) and the pages of a
publication.
"""

from __future__ import annotations

import datetime
import json

from pipelines.danish import long_date
from pipelines.layout import PROJECT
from pipelines.vocabulary import CASE_TYPES, NORMS, PARTIES, capital, word
from pipelines.warehouse.rule_models import catalogue

PAGE_FILE = PROJECT / "docs" / "regler.md"
_ALWAYS = ("1900-01-01", "9999-12-31")


def page() -> str:
    """Return the page."""
    parts = [
        "# Reglerne\n\n"
        "Skrevet af regelkataloget (`dbt_project/seeds/rule_catalogue.csv`) med `python -m "
        "pipelines.rules.catalogue_page`; ret kataloget, ikke denne fil. Hver regel har gennemregnede eksempler på sin "
        "side i udgivelsen. En ændret lov bliver en ny version; udfald efter den gamle ændres ikke.\n"
    ]
    for row in catalogue():
        parts.append(
            f"## {row['title_da']}\n\n{row['text_da']}\n\n"
            f"| | |\n|---|---|\n"
            f"| Kode og version | `{row['rule_id']}`, version {row['version']}"
            f"{_valid(row['valid_from'], row['valid_to'])} |\n"
            f"| Hjemmel | {row['source']} |\n"
            f"| Hvor bindende | {capital(word(NORMS, row['norm']))} |\n"
            f"| Hvis pligt | {capital(word(PARTIES, row['party']))} |\n"
            f"| Gælder | {_case_types(row['case_types'])} |\n"
            f"{_numbers(row['parameters'])}"
        )
    return "\n".join(parts)


def _valid(first: str, last: str) -> str:
    told = [
        f"{what} {long_date(datetime.date.fromisoformat(day))}"
        for what, day, always in (("fra", first, _ALWAYS[0]), ("til", last, _ALWAYS[1]))
        if day != always
    ]
    return f", {' '.join(told)}" if told else ""


def _case_types(codes: str) -> str:
    return capital(" og ".join({**CASE_TYPES, "unit": "kommunen selv"}[code] for code in codes.split()))


def _numbers(parameters: str) -> str:
    found = json.loads(parameters or "{}")
    shown = ", ".join(f"`{name}` {value}" for name, value in found.items())
    return f"| Lovens tal | {shown} |\n" if shown else ""


def main() -> None:
    """Write the file."""
    PAGE_FILE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
