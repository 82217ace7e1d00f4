"""What may stand in a message: texts on one line, without control characters and not over-long.

Belongs here: cleaning texts of the register. Does not belong here: mail addresses (``addresses.py``), civil
registration numbers (``pipelines.privacy.civil_registration``) and sentences (the templates).
"""

from __future__ import annotations

import unicodedata

LONGEST = 200


def clean_line(text: str | None) -> str:
    """Return the text on one line, in composed form, without control and direction characters, and not over-long."""
    if not text:
        return ""
    composed = unicodedata.normalize("NFC", text)
    # Category C holds control, direction-changing, private and unassigned characters; Z holds every kind of space.
    kept = "".join(" " if unicodedata.category(letter)[0] in "CZ" else letter for letter in composed)
    return " ".join(kept.split())[:LONGEST].rstrip()
