"""The section ``[mailing]`` of the settings, read once and judged before anything else happens.

Belongs here: what each setting must look like. Does not belong here: their defaults and reasons (``defaults.toml``).
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pipelines import configuration, given_secrets
from pipelines.configuration import People
from pipelines.errors import UserError
from pipelines.mailing.message import addresses

PASSWORD_VARIABLE = "GOD_LOESLADELSE_SMTP_PASSWORD"
USER_VARIABLE = "GOD_LOESLADELSE_SMTP_USER"
LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True)
class MailSettings:
    """How this authority mails; the password never appears when the object is printed."""

    sender_name: str
    sender_address: str
    reply_address: str
    test_address: str
    smtp_host: str
    smtp_port: int
    smtp_security: str
    smtp_user: str
    smtp_password: str = field(repr=False)
    smtp_certificates: str
    timeout_seconds: float
    per_minute: float
    attempts: int
    backoff_seconds: float
    allowed_domains: tuple[str, ...]
    journal_folder: str
    lowest_reachable_share: float
    highest_changed_share: float
    approval_days: int
    standing_approval_days: int
    people: People


def read(environment: Mapping[str, str] | None = None) -> MailSettings:
    """Return the settings; raises UserError with a Danish sentence on the first that cannot be used."""
    section = configuration.settings().mailing.model_dump()
    return from_section(section, os.environ if environment is None else environment)


def from_section(section: Mapping[str, Any], environment: Mapping[str, str]) -> MailSettings:
    """Return the settings of one section; login in the environment goes before login in a file."""
    values = dict(section) | {"people": configuration.settings().people}
    values["smtp_user"] = given_secrets.given(USER_VARIABLE, environment) or values["smtp_user"]
    values["smtp_password"] = given_secrets.given(PASSWORD_VARIABLE, environment) or values["smtp_password"]
    for name, kind in MailSettings.__annotations__.items():
        if kind != "People":
            values[name] = _of_kind(name, kind, values[name])
    for name in ("sender_address", "reply_address", "test_address"):
        values[name] = _address(name, values[name])
    try:
        addresses.header_text(values["sender_name"])
    except addresses.UnusableHeader:
        raise _wrong("sender_name", "må ikke have linjeskift eller styretegn og højst 200 tegn") from None
    if values["smtp_security"] not in ("starttls", "tls", "none"):
        raise _wrong("smtp_security", "skal være starttls, tls eller none")
    if values["smtp_security"] == "none" and values["smtp_host"] not in ("", *LOOPBACK):
        raise _wrong("smtp_security", "kan kun være none, når smtp_host er denne maskine (localhost)")
    for name in (
        "timeout_seconds",
        "per_minute",
        "attempts",
        "approval_days",
        "standing_approval_days",
    ):
        if values[name] <= 0:
            raise _wrong(name, "skal være større end nul")
    if values["backoff_seconds"] < 0:
        raise _wrong("backoff_seconds", "må ikke være negativ")
    return MailSettings(**values)


def _address(name: str, value: str) -> str:
    if not value and name == "test_address":
        return ""
    try:
        return addresses.usable(value)
    except addresses.UnusableAddress:
        raise _wrong(name, "er ikke en gyldig mailadresse") from None


def _of_kind(name: str, kind: str, value: Any) -> Any:
    if kind == "tuple[str, ...]":
        if isinstance(value, (list, tuple)) and all(isinstance(entry, str) for entry in value):
            return tuple(value)
        raise _wrong(name, "skal være en liste af tekster")
    if kind == "bool" and isinstance(value, bool):
        return value
    if kind == "str" and isinstance(value, str):
        return value
    if kind == "int" and isinstance(value, int) and not isinstance(value, bool):
        return value
    if kind == "float" and isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value)
    expected = {"bool": "skal være true eller false", "str": "skal være en tekst"}
    raise _wrong(name, expected.get(kind, "skal være et tal"))


def _wrong(name: str, text: str) -> UserError:
    # The value itself is never repeated: one of these settings is a password.
    return UserError(f"Indstillingen {name} i [mailing] {text}. Ret den i konfigurationsfilen.")
