"""Rows that must end in quarantine, one for each reason of the contract, added to an otherwise faultless batch.

Belongs here: rows with a fault. Does not belong here: rows that are only odd (they come with the events themselves).

The rows are added beside the good ones, so a batch with faults loads exactly the same rows as one without.
"""

from __future__ import annotations

from collections.abc import Mapping

from pipelines.demo.batch_files import BatchForm, as_texts
from pipelines.demo.tables import Shown

NO_SUCH_DATE = {"iso": "2025-02-30", "dmy": "30-02-2025"}


def faulty_rows(files: Mapping[str, Shown], form: BatchForm) -> dict[str, list[list[str]]]:
    """For each file its faulty rows: its first good row with one thing changed; the reason stands before each."""
    no_such_date = NO_SUCH_DATE[form.date_format]
    sentence, supervision, contacts = "afsoningssager.csv", "tilsynssager.csv", "kommunekontakter.csv"
    first_sentence = str(files[sentence]["sags_id"][0])
    changes: list[tuple[str, str, dict[str, str]]] = [
        ("missing_required", sentence, {"sags_id": "A-F00001", "institution_kode": ""}),
        ("invalid_date", sentence, {"sags_id": "A-F00002", "straf_ivaerksat": no_such_date}),
        ("invalid_number", sentence, {"sags_id": "A-F00003", "straf_dage": "0"}),
        ("unknown_code", sentence, {"sags_id": "A-F00004", "varetaegt": "X"}),
        ("invalid_cpr", sentence, {"sags_id": "A-F00005", "cpr": "3113585000"}),
        ("orphan", sentence, {"sags_id": "A-F00006", "institution_kode": "I999"}),
        ("orphan", "handlekommuner.csv", {"sags_id": "A-F00004"}),
        ("unknown_code", "handlekommuner.csv", {"kommunekode": "999"}),
        ("orphan", "loesladelsesdatoer.csv", {"sags_id": "A-F00099"}),
        ("duplicate_key", supervision, {"sags_id": first_sentence}),
        ("duplicate_key", contacts, {}),
        ("unknown_code", contacts, {"kontakt_id": "K-F00001", "emne": "vejr"}),
        ("invalid_date", "engangshjaelp.csv", {"ansoegning_id": "A-F00001", "sendt": no_such_date}),
        ("invalid_number", "engangshjaelp.csv", {"ansoegning_id": "A-F00002", "beloeb": "-500,00"}),
    ]
    rows: dict[str, list[list[str]]] = {}
    for _, file, changed in changes:
        good = {name: as_texts(values[:1], form) for name, values in files[file].items()}
        if all(good.values()):
            first = {name: texts[0] for name, texts in good.items()}
            rows.setdefault(file, []).append(list({**first, **changed}.values()))
    return rows
