"""One rule for whatever needs two people: two names that nobody takes for one another, and two accounts.

Belongs here: judging two people. Does not belong here: what they do (``mailing``, ``replies``), one-time codes
(``codes.py``).

Where several must share one account of the operating system (a setting), the second is known by a code that was mailed
to the address registered for that name: something only that person has.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pipelines import accounts
from pipelines.configuration import People
from pipelines.errors import UserError
from pipelines.people import names


@dataclass(frozen=True)
class Person:
    """Who did something: the name given, the account, and whether a mailed code confirmed the name."""

    name: str
    account: str
    is_confirmed: bool = False


class NeedsCode(UserError):
    """The account is one that others of the same matter used, so the name must be confirmed by a mailed code."""


def now_at_work(name: str, *, is_confirmed: bool = False) -> Person:
    """Return the person at the keyboard; raises WrongUse when the name cannot be one."""
    return Person(names.checked(name), accounts.current(), is_confirmed)


def are_two(one: Person, other: Person, people: People) -> bool:
    """Whether these are two people; the same name given twice by two accounts is one."""
    if names.look_alike(one.name, other.name):
        return False
    shared = people.allow_one_account and (one.is_confirmed or other.is_confirmed)
    return one.account != other.account or shared


def require_another(person: Person, others: Iterable[Person], what: str, people: People) -> None:
    """Raise UserError unless ``person`` is another than each who did something (``what`` ends "som ...", "denne ...").

    Raises NeedsCode when only a mailed code is missing.
    """
    everyone = list(others)
    for other in everyone:
        if names.look_alike(person.name, other.name):
            told = "" if person.name == other.name else f"Navnet {person.name} kan læses som {other.name}. "
            raise UserError(f"{told}{other.name} {what}. En anden person skal gøre dette.")
    if all(are_two(person, other, people) for other in everyone):
        return
    if people.allow_one_account:
        raise NeedsCode(
            f"Denne konto på maskinen {what}. {person.name} skal bekræfte med en kode, der sendes med mail."
        )
    raise UserError(
        f"Denne konto på maskinen {what}. Brug en anden konto. Deler I én konto, så sæt allow_one_account = true og "
        "approvers i [people] i konfigurationsfilen; den anden person bekræfter da med en kode, der sendes med mail."
    )
