"""What a round of any matter sends, for the commands that send it.

Belongs here: bringing matter, channel and recipients together. Does not belong here: each of them.
"""

from __future__ import annotations

import datetime

from pipelines.errors import UserError
from pipelines.layout import Output
from pipelines.mailing import matters
from pipelines.mailing.contact_lists import ContactLists
from pipelines.mailing.matters import Round
from pipelines.mailing.message.contact_register import Register
from pipelines.mailing.message.recipients import Recipient
from pipelines.mailing.parcels import addressees
from pipelines.mailing.parcels.consignment import Parcels
from pipelines.mailing.record import outbox
from pipelines.mailing.sending import Consignment
from pipelines.mailing.settings import MailSettings
from pipelines.quarters import Quarter


def of(
    output: Output, register: Register, settings: MailSettings, of_round: Round, now: datetime.datetime
) -> Consignment:
    """Return what was prepared for the round in the matter that ``output`` is seen from."""
    matter = matters.of(output)
    if matter is matters.CONTACT_LISTS:
        if not isinstance(of_round, Quarter):
            raise TypeError(of_round)
        return ContactLists(register, settings, of_round)
    box = outbox.required(output, of_round)
    concerned = {entry.municipality_code for entry in box.entries} | box.unreachable.keys()
    everyone = addressees.of(matter, register, settings)
    recipients = {code: one for code, one in everyone.items() if code in concerned}
    permitted = frozenset(one.address for one in recipients.values() if isinstance(one, Recipient))
    gone = sorted(concerned - everyone.keys())
    if gone:
        raise UserError(f"Registeret kender ikke længere {', '.join(gone)}. Forbered igen. Intet er sendt.")
    return Parcels(matter, addressees.channel(matter, settings, permitted), of_round, recipients, now)
