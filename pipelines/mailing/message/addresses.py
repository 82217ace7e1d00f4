"""Mail addresses: which are usable, how they are compared, and texts that may stand in a header.

Belongs here: judging one address or header text. Does not belong here: whose address it is (``recipients.py``).
"""

from __future__ import annotations

import unicodedata

from pipelines.mailing.message import texts
from pipelines.privacy.civil_registration import contains_number


class UnusableAddress(ValueError):
    """The text is no address that a message can be sent to; it carries no copy of the text."""


class UnusableHeader(ValueError):
    """The text would break out of its header."""


def usable(text: str) -> str:
    """Return the address in the form that is sent to (domain in ASCII); raises UnusableAddress.

    Exactly one address: lists, display names, comments, quoted local parts and address literals are refused, and so
    are local parts outside ASCII, since not every mail server on the way carries them.
    """
    from email_validator import EmailNotValidError, validate_email

    if any(unicodedata.category(letter)[0] == "C" for letter in text) or contains_number(text):
        raise UnusableAddress
    try:
        checked = validate_email(
            text.strip(" "),
            allow_smtputf8=False,
            allow_quoted_local=False,
            allow_display_name=False,
            check_deliverability=False,
        )
    except EmailNotValidError:
        raise UnusableAddress from None
    address = checked.ascii_email
    # RFC 5321: 64 octets before the @ and 254 in all; the library lets a longer local part through.
    if address is None or len(address) > 254 or len(address.rpartition("@")[0]) > 64:
        raise UnusableAddress
    return address


def key(address: str) -> str:
    """Return the form in which two addresses are compared: case makes no difference to any mailbox known to us."""
    return address.casefold()


def is_in_domains(address: str, domains: tuple[str, ...]) -> bool:
    """Return whether the address lies in one of the domains or below it; no domains means no narrowing."""
    domain = address.rpartition("@")[2].casefold()
    return not domains or any(
        domain == allowed.casefold() or domain.endswith("." + allowed.casefold()) for allowed in domains
    )


def header_text(text: str) -> str:
    """Return the text unchanged when it may stand in a header; raises UnusableHeader on line breaks and controls."""
    if any(unicodedata.category(letter) in ("Cc", "Zl", "Zp", "Cf", "Cs") for letter in text):
        raise UnusableHeader
    if len(text) > texts.LONGEST:
        raise UnusableHeader
    return text
