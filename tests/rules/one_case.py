"""One case written out in the few rows that matter, for examples by hand.

Belongs here: making the rows of one case, and its outcome by the second implementation.
Does not belong here: deliveries by chance, and any expectation.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.rules.delivery_reader import FILES, Tables
from tests.rules.second_implementation import judge_cases

Row = dict[str, str]


def one_sentence(**values: str) -> Tables:
    """A delivery with one sentence of 200 days from Monday 5 January 2026, in municipality 101 all along."""
    row = dict.fromkeys(FILES["afsoningssager"][1], "")
    row |= {"sags_id": "A", "varetaegt": "N", "udvist": "N", "handleplanspligt": "J", "straf_dage": "200"}
    row |= {"straf_ivaerksat": "2026-01-05", "institution_kode": "I000"} | values
    tables: Tables = {file: [] for file in FILES}
    tables["afsoningssager"].append(row)
    return with_rows(tables, "handlekommuner", municipality("2025-12-01", "101"))


def one_supervision_case(**values: str) -> Tables:
    """A delivery with one supervision case received on Monday 5 January 2026, in municipality 101 all along."""
    row = dict.fromkeys(FILES["tilsynssager"][1], "")
    row |= {"sags_id": "A", "handleplanspligt": "J", "modtaget": "2026-01-05", "institution_kode": "I030"} | values
    tables: Tables = {file: [] for file in FILES}
    tables["tilsynssager"].append(row)
    return with_rows(tables, "handlekommuner", municipality("2025-12-01", "101"))


def with_rows(tables: Tables, file: str, *rows: Row) -> Tables:
    """The delivery with rows of case A added to a file; columns that are not given are empty, keys are numbered."""
    for row in rows:
        numbered = dict.fromkeys(FILES[file][1], "")
        numbered |= {FILES[file][0][0]: f"{len(tables[file]):03}"} | {"sags_id": "A"} | row
        tables[file].append(numbered)
    return tables


def municipality(valid_from: str, code: str) -> Row:
    """A municipality that is responsible from a day."""
    return {"gyldig_fra": valid_from, "kommunekode": code}


def expected_release(day: str, recorded: str = "2026-01-05") -> Row:
    """An expected release, recorded on a day."""
    return {"registreret": recorded, "forventet_loesladelse": day}


def contact(day: str, topic: str = "handleplan", direction: str = "ud", code: str = "101", told: str = "J") -> Row:
    """A contact between the prison service and a municipality."""
    return {"dato": day, "retning": direction, "emne": topic, "kommunekode": code, "klient_orienteret": told}


def housing_event(day: str, kind: str, registration: str = "O") -> Row:
    """An event of a registration on a housing list."""
    return {"dato": day, "haendelse": kind, "opskrivning_id": registration}


def aid(
    sent: str, complete: str = "", decided: str = "", result: str = "", paid: str = "", code: str = "101", **key: str
) -> Row:
    """An application for one-off aid."""
    row = {"sendt": sent, "fuldstaendig": complete, "afgjort": decided, "afgoerelse": result, "udbetalt": paid}
    return row | {"kommunekode": code} | key


def meeting(called: str, held: str = "", invited: str = "J", came: str = "J", form: str = "video", **key: str) -> Row:
    """A release meeting."""
    row = {"indkaldt": called, "afholdt": held, "kommune_inviteret": invited, "kommune_deltog": came, "form": form}
    return row | key


def outcome(tables: Tables, rule_id: str, as_of: str) -> dict[str, Any]:
    """The only outcome under a rule."""
    (found,) = (row for row in judge_cases(tables, date.fromisoformat(as_of)) if row["rule_id"] == rule_id)
    return found


def facts(tables: Tables, rule_id: str, as_of: str, *columns: str) -> tuple[Any, ...]:
    """Some columns of the only outcome under a rule; status, reason and responsible when none are named."""
    found = outcome(tables, rule_id, as_of)
    return tuple(found[column] for column in columns or ("status", "reason", "responsible"))
