"""Rows that must end in quarantine, one for each reason of the contract, added to an otherwise faultless batch.

Belongs here: rows with a fault. Does not belong here: rows that are only odd (they come with the events themselves).

The rows are added beside the good ones, so a batch with faults loads exactly the same rows as one without.
"""

from __future__ import annotations

from typing import NamedTuple

from pipelines.demo.batch_files import COLUMNS, Batch

NO_SUCH_DATE = {"iso": "2025-02-30", "dmy": "30-02-2025"}


class FaultyRow(NamedTuple):
    """A row with a fault, and the reason it must be set aside with."""

    file: str
    reason: str
    values: list[str]


def faulty_rows(batch: Batch) -> list[FaultyRow]:
    """The faulty rows: the first good row of a file with one thing changed."""
    no_such_date = NO_SUCH_DATE[batch.form.date_format]
    sentence, supervision, contacts = "afsoningssager.csv", "tilsynssager.csv", "kommunekontakter.csv"
    changes: list[tuple[str, str, dict[str, str]]] = [
        (sentence, "missing_required", {"sags_id": "A-F00001", "institution_kode": ""}),
        (sentence, "invalid_date", {"sags_id": "A-F00002", "straf_ivaerksat": no_such_date}),
        (sentence, "invalid_number", {"sags_id": "A-F00003", "straf_dage": "0"}),
        (sentence, "unknown_code", {"sags_id": "A-F00004", "varetaegt": "X"}),
        (sentence, "invalid_cpr", {"sags_id": "A-F00005", "cpr": "3113585000"}),
        (sentence, "orphan", {"sags_id": "A-F00006", "institution_kode": "I999"}),
        ("handlekommuner.csv", "orphan", {"sags_id": "A-F00004"}),
        ("handlekommuner.csv", "unknown_code", {"kommunekode": "999"}),
        ("loesladelsesdatoer.csv", "orphan", {"sags_id": "A-F00099"}),
        (supervision, "duplicate_key", {"sags_id": batch.first_rows[sentence][0]}),
        (contacts, "duplicate_key", {}),
        (contacts, "unknown_code", {"kontakt_id": "K-F00001", "emne": "vejr"}),
        ("engangshjaelp.csv", "invalid_date", {"ansoegning_id": "A-F00001", "sendt": no_such_date}),
        ("engangshjaelp.csv", "invalid_number", {"ansoegning_id": "A-F00002", "beloeb": "-500,00"}),
    ]
    rows = []
    for file, reason, changed in changes:
        if file in batch.first_rows:
            good = dict(zip(COLUMNS[file].split(), batch.first_rows[file], strict=True))
            rows.append(FaultyRow(file, reason, list({**good, **changed}.values())))
    return rows
