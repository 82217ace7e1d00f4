"""The section ``[mailing]`` of the settings, judged before anything else happens.

Belongs here: what of it a type cannot say, and the login of the environment. Does not belong here: the types and limits
(``configuration``), the defaults and their reasons (``defaults.toml``).
"""

from __future__ import annotations

import os
from collections.abc import Mapping

from pipelines import configuration, given_secrets
from pipelines.configuration import Mailing, People
from pipelines.errors import UserError
from pipelines.mailing.message import addresses

PASSWORD_VARIABLE = "GOD_LOESLADELSE_SMTP_PASSWORD"
USER_VARIABLE = "GOD_LOESLADELSE_SMTP_USER"
LOOPBACK = ("localhost", "127.0.0.1", "::1")


class MailSettings(Mailing):
    """The section with the login of the environment, and who works with the program."""

    people: People


def read(environment: Mapping[str, str] | None = None) -> MailSettings:
    """Return the settings; raises UserError with a Danish sentence on the first that cannot be used."""
    chosen = configuration.settings()
    return judged(chosen.mailing, chosen.people, os.environ if environment is None else environment)


def judged(section: Mailing, people: People, environment: Mapping[str, str]) -> MailSettings:
    """Return the settings of a section; login in the environment goes before login in a file.

    Judges what a type cannot say. Raises UserError, which never repeats a value.
    """
    values = dict(section)
    for name, variable in (("smtp_user", USER_VARIABLE), ("smtp_password", PASSWORD_VARIABLE)):
        values[name] = given_secrets.given(variable, environment) or values[name]
    for name in ("sender_address", "reply_address", "test_address"):
        values[name] = _address(name, values[name])
    try:
        addresses.header_text(section.sender_name)
    except addresses.UnusableHeader:
        raise _wrong("sender_name", "må ikke have linjeskift eller styretegn og højst 200 tegn") from None
    if section.smtp_security == "none" and section.smtp_host not in ("", *LOOPBACK):
        raise _wrong("smtp_security", "kan kun være none, når smtp_host er denne maskine (localhost)")
    # Not judged once more: a login that was too long for the file's setting would be told with its value.
    return MailSettings.model_construct(**values, people=people)


def _address(name: str, value: str) -> str:
    if not value and name == "test_address":
        return ""
    try:
        return addresses.usable(value)
    except addresses.UnusableAddress:
        raise _wrong(name, "er ikke en gyldig mailadresse") from None


def _wrong(name: str, text: str) -> UserError:
    # The value itself is never repeated: one of these settings is a password.
    return UserError(f"Indstillingen {name} i [mailing] {text}. Ret den i konfigurationsfilen.")
