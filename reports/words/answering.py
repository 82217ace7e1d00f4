"""How a municipality answers on its cases: where to, by which day, and in which figures an answer then counts.

Belongs here: that day and its sentence. Does not belong here: the reply form (``pipelines.replies``) and the settings.
"""

from __future__ import annotations

import datetime

from pipelines import quarters
from pipelines.danish import long_date


def last_day(as_of: datetime.date, handling_days: int) -> tuple[datetime.date, datetime.date]:
    """Return the day by which an answer must be there, and the day whose figures it can count in.

    A correction counts from the day it is decided, and deciding takes ``handling_days``: the figures are those of the
    first quarter after ``as_of`` whose last day is further away than that.
    """
    quarter = quarters.quarter_of(as_of + datetime.timedelta(1))
    while (counted := quarters.last_day(quarter)) - datetime.timedelta(handling_days) <= as_of:
        quarter = quarters.shift(quarter, 1)
    return counted - datetime.timedelta(handling_days), counted


def sentence(as_of: datetime.date, handling_days: int, address: str, authority: str) -> str:
    """Return where an answer goes and by when; without an address it says whom to ask for it."""
    day, counted = last_day(as_of, handling_days)
    where = (
        f"Send det til {address}"
        if address
        else f"Adressen, som svar sendes til, står ikke i denne udgave: spørg {authority} om den, og send svaret"
    )
    return (
        "Har kommunen en anden dato end vores, eller kan den sige hvorfor, så udfyld svarskemaet svar.xlsx. "
        f"{where} senest {long_date(day)}. Et svar, der er kommet den dag, kan nå at blive afgjort og tælle i "
        f"opgørelsen pr. {long_date(counted)}; et senere svar tæller i en senere opgørelse."
    )
