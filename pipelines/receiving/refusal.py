"""The refusal of a whole delivery: its fault class in the contract and one Danish message.

Belongs here: that exception and the few forms its messages share. Does not belong here: finding the fault.
Messages name file, row or column, figure and remedy, and never a value of a row.
"""

from __future__ import annotations

from pipelines.danish import number
from pipelines.errors import UserError
from pipelines.privacy.civil_registration import mask_numbers

__all__ = ["DeliveryRefused", "number", "shown_name"]


class DeliveryRefused(UserError):
    """A delivery is refused; ``reason`` is the contract's name of the fault class."""

    def __init__(self, reason: str, message: str) -> None:
        """Take the fault class and the Danish message."""
        super().__init__(message)
        self.reason = reason
        self.message = message


def shown_name(name: str) -> str:
    """Return a foreign name (of a file, a column) fit for a message: printable, short, no registration number."""
    printable = "".join(character if character.isprintable() else "?" for character in name)
    short = printable if len(printable) <= 60 else printable[:57] + "..."
    return mask_numbers(short) if short else "(uden navn)"
