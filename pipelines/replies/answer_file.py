"""Our answer to a municipality's replies: a workbook, line by line what it said, what was decided, and why.

Belongs here: what the municipality is told about its own cases. Does not belong here: the form (``reply_form``) and
deciding (``decisions``).
"""

from __future__ import annotations

import datetime
import io
from collections.abc import Sequence
from typing import Any

from pipelines.danish import short_date
from pipelines.replies import form_lines, standing
from pipelines.replies.form_contract import agreed
from pipelines.replies.replies import Recorded
from pipelines.replies.reply_form import titled_workbook, write_table

SHEET = "Svar på svar"
_COLUMNS = (
    ("sags_id", "text"),
    ("pligt", "text"),
    ("svar_modtaget", "date"),
    ("kommunens_aarsag", "text"),
    ("bestridt_dato", "text"),
    ("vores_dato", "date"),
    ("kommunens_dato", "date"),
    ("vores_svar", "text"),
    ("begrundelse", "text"),
    ("afgjort", "date"),
    ("afgjort_af", "text"),
    ("svarets_nummer", "text"),
)


def answered(recorded: Sequence[Recorded], municipality_code: str) -> list[Recorded]:
    """Return the replies of one municipality that it has an answer to."""
    return [one for one in recorded if one.reply.municipality_code == municipality_code]


def make(connection: Any, recorded: Sequence[Recorded], municipality_code: str, as_of: datetime.date) -> bytes:
    """Return the answer to one municipality, ordered by case; the same replies and decisions give the same bytes."""
    titles = form_lines.rule_titles(connection)
    waiting = standing.waiting_for_a_decision(connection)
    own = sorted(answered(recorded, municipality_code), key=lambda one: (one.reply.case_id, one.reply_id))
    lines = [_line(one, titles, one.reply_id in waiting) for one in own]
    memory = io.BytesIO()
    workbook = titled_workbook(memory, f"Svar til kommune {municipality_code}", as_of)
    write_table(workbook, SHEET, _COLUMNS, lines, frozen=1)
    workbook.close()
    return memory.getvalue()


def _line(one: Recorded, titles: dict[str, str], waits: bool) -> dict[str, Any]:
    reply, decision, words = one.reply, one.decision, agreed()
    told, why = _told(one, waits)
    return {
        "sags_id": reply.case_id,
        "pligt": titles.get(reply.rule_id, reply.rule_id),
        "svar_modtaget": datetime.datetime.fromisoformat(one.recorded_at).date(),
        "kommunens_aarsag": words.words("aarsag")[reply.reason],
        "bestridt_dato": words.words("bestridt_dato")[reply.disputed] if reply.disputed else None,
        "vores_dato": reply.held,
        "kommunens_dato": reply.claimed,
        "vores_svar": told,
        "begrundelse": why,
        "afgjort": decision.decided_on if decision else None,
        "afgjort_af": decision.decided_by if decision else None,
        "svarets_nummer": one.reply_id,
    }


def _told(one: Recorded, waits: bool) -> tuple[str, str | None]:
    """Return what we answer, and why."""
    decision = one.decision
    if one.reply.disputed is None:
        return "Forklaringen er registreret", "Den ændrer ikke udfaldet; den tælles ved siden af."
    if decision is None:
        return "Datoen er ikke afgjort endnu", None
    if waits:
        return "Datoen afgøres igen", "Kilden har rettet rækken, efter at kommunens dato blev godkendt."
    if one.reopened is not None:
        return "Datoen afgøres igen", agreed().reopenings[one.reopened.reason]
    if decision.is_accepted:
        return "Kommunens dato er godkendt", f"Den tæller i opgørelser pr. {short_date(decision.decided_on)} og senere."
    # Rejections from before the reasons were recorded have none.
    return "Kommunens dato er afvist", agreed().rejections[decision.reason] if decision.reason else None
