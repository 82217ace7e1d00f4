"""What one municipality is told: the facts that message, workbook and PDF all show.

Belongs here: gathering them, and the wording that must be the same in all three. Does not belong here: any format.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass

from pipelines import danish
from pipelines.mailing.message.changes import Changes
from pipelines.mailing.message.contact_register import Agreement, Institution
from pipelines.mailing.message.texts import clean_line
from pipelines.privacy.civil_registration import mask_numbers
from pipelines.quarters import Quarter
from pipelines.vocabulary import NOT_STATED

SYNTHETIC = "PRØVE: oplysningerne er opdigtede."


@dataclass(frozen=True)
class Letter:
    """All that the message to one municipality says."""

    quarter: Quarter
    municipality_code: str
    municipality_name: str
    extract_date: datetime.date
    is_synthetic: bool
    institutions: tuple[Institution, ...]
    changes: Changes
    agreement: Agreement
    is_out_of_date: bool
    reply_address: str

    @property
    def addressee(self) -> str:
        """The line by which each part names its municipality, read back by ``identity`` before sending."""
        return f"Til kommune {self.municipality_code} {self.municipality_name}"

    @property
    def title(self) -> str:
        """The title of list, workbook and PDF."""
        return f"Kriminalforsorgens kontaktoplysninger, {self.quarter.label}"

    @property
    def full_title(self) -> str:
        """The title with the municipality in it: the subject of the message and the title inside the PDF."""
        return f"{self.title} ({self.municipality_code} {self.municipality_name})"

    @property
    def dated(self) -> str:
        """The line that says how old the information is."""
        line = f"Oplysningerne er fra {danish.long_date(self.extract_date)}."
        return f"{SYNTHETIC} {line}" if self.is_synthetic else line

    @property
    def changes_heading(self) -> str:
        """The heading above the changes."""
        since = self.changes.since
        return f"Ændret siden den liste, I senest har fået ({since})" if since else "Ændringer"

    @property
    def own_contact(self) -> list[tuple[str, str]]:
        """The municipality's own registered contact, label and value."""
        own = self.agreement
        updated = danish.long_date(own.updated) if own.updated else NOT_STATED
        return [
            ("Central postkasse", _shown(own.mailbox)),
            ("Kontaktperson", own.contact_name or NOT_STATED),
            ("Kontaktpersonens mail", _shown(own.contact_mail)),
            ("Telefon", own.contact_phone or NOT_STATED),
            ("Aftalen er senest opdateret", updated),
        ]

    @property
    def question(self) -> str:
        """The question whether the contact is still right, and where to answer."""
        asked = (
            f"Er det stadig rigtigt? Svar på denne mail, eller skriv til {self.reply_address}. "
            "Skriv „uændret“, hvis alt passer, eller skriv, hvad der skal rettes, "
            "også hvis jeres organisation er ændret."
        )
        if not self.is_out_of_date:
            return asked
        return f"Det er længe siden, aftalen er opdateret, så vi beder jer særligt om at svare. {asked}"


def _shown(address: str) -> str:
    # An address is kept as delivered until it is judged, so it is cleaned here, where it is shown.
    return mask_numbers(clean_line(address)) or NOT_STATED


_ADDRESSEE = re.compile(r"Til kommune ([0-9]{3}) ")
_TITLE = re.compile(r"Kriminalforsorgens kontaktoplysninger, ([1-4])\. kvartal (20[0-9]{2}) \(([0-9]{3}) [^()]+\)")


def code_in_addressee(text: str) -> str | None:
    """Return the municipality code that an addressee line names, if the text begins with one."""
    match = _ADDRESSEE.match(text)
    return match[1] if match else None


def quarter_and_code_in_title(text: str) -> tuple[str, str] | None:
    """Return quarter and municipality code that a full title names."""
    match = _TITLE.fullmatch(text)
    return (f"{match[2]}-Q{match[1]}", match[3]) if match else None
