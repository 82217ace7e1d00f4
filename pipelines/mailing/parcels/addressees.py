"""Who gets a parcel, in which channel, and at which address.

Belongs here: one address for each unit, from the register or from the authority's file of CVR numbers. Does not belong
here: what is in the parcel.

A municipality's code stands alone (``101``) where only municipalities get something; in the worklists, which
institutions get too, it is ``kommune-101`` beside ``institution-I1``.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from pipelines import configuration, layout
from pipelines.configuration import ParcelSettings
from pipelines.errors import UserError
from pipelines.mailing import matters
from pipelines.mailing.channels.interface import Channel
from pipelines.mailing.channels.mail import MailChannel
from pipelines.mailing.channels.memo import MemoChannel
from pipelines.mailing.matters import Matter
from pipelines.mailing.message import recipients
from pipelines.mailing.message.contact_register import Register
from pipelines.mailing.message.recipients import NO_CVR, Recipient, Unreachable
from pipelines.mailing.settings import MailSettings

MUNICIPALITY, INSTITUTION = "kommune-", "institution-"
_CVR_WEIGHTS = (2, 7, 6, 5, 4, 3, 2, 1)


def of(
    matter: Matter, register: Register, settings: MailSettings, delivery: ParcelSettings | None = None
) -> dict[str, Recipient | Unreachable]:
    """Return everybody who may get a parcel of the matter, with the address in its channel or why there is none."""
    chosen = delivery or configuration.settings().parcels
    by_mail = _by_mail(matter, register, settings)
    if channel_name(matter, chosen) == MailChannel.name:
        return by_mail
    numbers = cvr_numbers(chosen)
    return {
        code: Recipient(code, one.municipality_name, numbers[code], "CVR")
        if code in numbers
        else Unreachable(code, one.municipality_name, NO_CVR)
        for code, one in by_mail.items()
    }


def channel_name(matter: Matter, delivery: ParcelSettings) -> str:
    """Return the name of the channel that the settings choose for the matter."""
    return delivery.packs if matter is matters.PACKS else delivery.worklists


def channel(
    matter: Matter, settings: MailSettings, permitted: Iterable[str] = (), delivery: ParcelSettings | None = None
) -> Channel:
    """Return the matter's channel; raises UserError when its settings are not complete."""
    chosen = delivery or configuration.settings().parcels
    if channel_name(matter, chosen) == MailChannel.name:
        return MailChannel(settings, permitted)
    missing = [name for name in ("memo_folder", "memo_sender_cvr", "memo_recipients") if not getattr(chosen, name)]
    if missing:
        raise UserError(f"Digital Post kræver {', '.join(missing)} i [parcels] i konfigurationsfilen.")
    if not is_cvr(chosen.memo_sender_cvr):
        raise UserError("memo_sender_cvr i [parcels] er ikke et gyldigt CVR-nummer. Ret det i konfigurationsfilen.")
    return MemoChannel(Path(chosen.memo_folder), chosen.memo_sender_cvr, settings.sender_name, permitted)


def is_cvr(text: str) -> bool:
    """Whether the text is a Danish company number: eight digits whose weighted sum is a multiple of eleven."""
    is_digits = len(text) == 8 and text.isascii() and text.isdigit() and text[0] != "0"
    return is_digits and sum(weight * int(digit) for weight, digit in zip(_CVR_WEIGHTS, text)) % 11 == 0


def cvr_numbers(delivery: ParcelSettings) -> dict[str, str]:
    """Return the CVR number of each recipient in the authority's file; raises UserError on a line that cannot be."""
    file = Path(delivery.memo_recipients)
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise UserError(f"Filen {file} (memo_recipients i [parcels]) kan ikke læses som tekst (UTF-8).") from None
    found: dict[str, str] = {}
    municipality_of: dict[str, str] = {}
    rows = csv.DictReader(text.splitlines(), delimiter=";")
    if rows.fieldnames != ["kode", "cvr"]:
        raise UserError(f"Filen {file} skal begynde med linjen kode;cvr.")
    for number, row in enumerate(rows, start=2):
        code, cvr = (row["kode"] or "").strip(), (row["cvr"] or "").replace(" ", "")
        if not code or code in found or not is_cvr(cvr):
            raise UserError(
                f"Filen {file}, linje {number}: hver linje skal have en kode, der ikke står før, og et CVR-nummer."
            )
        # Two municipalities with one number would get each other's; institutions of one authority may share its own.
        if not code.startswith(INSTITUTION):
            plain = code.removeprefix(MUNICIPALITY)
            if municipality_of.setdefault(cvr, plain) != plain:
                raise UserError(f"Filen {file}, linje {number}: CVR-nummeret er også en anden kommunes.")
        found[code] = cvr
    return found


def _by_mail(matter: Matter, register: Register, settings: MailSettings) -> dict[str, Recipient | Unreachable]:
    municipalities = recipients.of(register, settings)
    if matter is matters.PACKS:
        return municipalities
    return {**_renamed(municipalities), **_institutions(register, settings)}


def _renamed(known: Mapping[str, Recipient | Unreachable]) -> dict[str, Recipient | Unreachable]:
    renamed = {f"{MUNICIPALITY}{layout.plain_name(code)}": one for code, one in known.items()}
    return {code: replace(one, municipality_code=code) for code, one in renamed.items()}


def _institutions(register: Register, settings: MailSettings) -> dict[str, Recipient | Unreachable]:
    return {
        code: recipients.judged(code, one.name, one.mail, "institutionens mail", settings)
        for one in register.institutions
        for code in [f"{INSTITUTION}{layout.plain_name(one.code)}"]
    }
