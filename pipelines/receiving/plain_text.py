"""A text of a delivery as it is kept from then on: one letter one character, one space one sign, nothing invisible.

Belongs here: what is made plain and what is refused. Does not belong here: which columns are text.

Whatever looks alike is compared as alike afterwards, and no later reader (a page, a PDF, a workbook, a mail) meets a
character that it must not show.
"""

from __future__ import annotations

import unicodedata

from pipelines.contract import File
from pipelines.receiving.refusal import DeliveryRefused, number


class ControlCharacter(ValueError):
    """A text holds a control character; ``code_point`` names it (``U+0007``)."""

    def __init__(self, character: str) -> None:
        """Take the character."""
        self.code_point = f"U+{ord(character):04X}"
        super().__init__(self.code_point)


def plain(text: str) -> str:
    """Return the text with composed letters, plain single spaces, and without invisible characters; trimmed.

    Spaces are all that Unicode calls white space, line ends and tabs too. Invisible are the format characters (zero
    width, direction, soft hyphen). Raises ControlCharacter for any other control character.
    """
    if text.isprintable():  # spaces other than the plain one, format and control characters are not
        return text.strip() if text.isascii() else unicodedata.normalize("NFC", text).strip()
    composed = unicodedata.normalize("NFC", "".join(map(_plain, text)))
    return " ".join(composed.split())


def _plain(character: str) -> str:
    if character.isspace() and not "\x1c" <= character <= "\x1f":  # those four part records, not words
        return " "
    kind = unicodedata.category(character)
    if kind == "Cc":
        raise ControlCharacter(character)
    return "" if kind == "Cf" else character


def refused_control_character(file: File, line: int, column: str, found: ControlCharacter) -> DeliveryRefused:
    """Return the refusal of a delivery for one of these, with its place."""
    row = f"række {number(line)}" if file.is_workbook else f"linje {number(line)}"
    return DeliveryRefused(
        "unsafe_file",
        f"{file.name} {row}: kolonnen {column} har styretegnet {found.code_point}. Fjern tegnet, og lever igen.",
    )
