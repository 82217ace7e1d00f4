"""Settings that an authority may want to change without touching code: one typed value, read and validated once.

Belongs here: which settings there are, what each may be, finding and reading the files. Does not belong here: what a
setting means (each module takes its own section), the defaults with their reasons (``defaults.toml``), and secrets
(environment or the user's configuration folder only).

A file named by the environment variable GOD_LOESLADELSE_CONFIGURATION, else ``configuration.toml`` in the user's
configuration folder, overrides single values. Every command reads the settings before it does anything.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from pipelines.errors import UserError

DEFAULTS = Path(__file__).with_name("defaults.toml")
#: What a section was called before, so that an old file is told its new name.
_EARLIER_NAMES = {"release": "publication"}


def _whole(least: int, most: int, why: str = "") -> Any:
    return Field(ge=least, le=most, description=f"et helt tal fra {least} til {most}{why}")


# ---- what each setting may be (the descriptions end the sentence "... skal være ...") --------------------------------

Share = Annotated[float, Field(ge=0, le=1, description="en andel fra 0 til 1 (0.01 er 1 procent)")]
Text = Annotated[str, Field(max_length=1000, description="en tekst i citationstegn")]
Flag = Annotated[bool, Field(description="true eller false")]
# TOML has lists; a tuple cannot be changed after it was validated.
Texts = Annotated[tuple[str, ...], Field(strict=False, description='en liste af tekster, fx ["a", "b"]')]
# What three people share is still somebody's secret; fewer than three hide nobody from each other.
_LOWEST_THRESHOLD = 3


class SettingsSection(BaseModel):
    """One section of the file: nothing unknown, nothing of another type, nothing changed afterwards."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class Deliveries(SettingsSection):
    """When a delivery is refused."""

    quarantine_share: Share
    quarantine_rows: Annotated[int, _whole(0, 100_000)]
    largest_file_megabytes: Annotated[int, _whole(1, 10_000)]


class Retention(SettingsSection):
    """How long received bytes are kept."""

    months: Annotated[int, _whole(1, 1200)]
    automatic: Flag


class Disclosure(SettingsSection):
    """What is hidden in everything that leaves the Directorate."""

    threshold: Annotated[int, _whole(_LOWEST_THRESHOLD, 100, "; mindre ville vise, hvad der skal skjules")]


class Mailing(SettingsSection):
    """How this authority mails; ``mailing.settings`` judges addresses and adds the login of the environment."""

    sender_name: Text
    sender_address: Text
    reply_address: Text
    test_address: Text
    smtp_host: Text
    smtp_port: Annotated[int, _whole(1, 65_535)]
    smtp_security: Annotated[Literal["starttls", "tls", "none"], Field(description="starttls, tls eller none")]
    smtp_user: Text
    smtp_password: Annotated[Text, Field(repr=False)]
    smtp_certificates: Text
    timeout_seconds: Annotated[float, Field(gt=0, le=3600, description="et antal sekunder over 0 og højst 3600")]
    per_minute: Annotated[float, Field(gt=0, le=6000, description="et tal over 0 og højst 6000")]
    attempts: Annotated[int, _whole(1, 100)]
    backoff_seconds: Annotated[float, Field(ge=0, le=86_400, description="et antal sekunder fra 0 til 86400")]
    allowed_domains: Texts
    journal_folder: Annotated[
        str, Field(max_length=1000, pattern=r"^(/.*)?$", description="en mappe, skrevet fra roden (/...), eller tom")
    ]
    lowest_reachable_share: Share
    highest_changed_share: Share
    approval_days: Annotated[int, _whole(1, 366)]
    standing_approval_days: Annotated[int, _whole(1, 366)]


class ParcelSettings(SettingsSection):
    """How the packs and the weekly worklists are handed over; ``mailing.parcels`` judges passwords and numbers."""

    packs: Annotated[Literal["smtp", "memo"], Field(description="smtp eller memo")]
    worklists: Annotated[Literal["smtp", "memo"], Field(description="smtp eller memo")]
    prepare_worklists: Flag
    password_folder: Annotated[
        str, Field(max_length=1000, pattern=r"^(/.*)?$", description="en mappe, skrevet fra roden (/...), eller tom")
    ]
    memo_folder: Annotated[
        str, Field(max_length=1000, pattern=r"^(/.*)?$", description="en mappe, skrevet fra roden (/...), eller tom")
    ]
    memo_sender_cvr: Annotated[
        str, Field(pattern=r"^([0-9]{8})?$", description="et CVR-nummer på otte cifre, eller tom")
    ]
    memo_recipients: Annotated[
        str, Field(max_length=1000, pattern=r"^(/.*)?$", description="en fil, skrevet fra roden (/...), eller tom")
    ]


class Approver(SettingsSection):
    """Somebody who may confirm by a mailed code, and the address that only this person reads."""

    name: Annotated[str, Field(min_length=1, max_length=80, pattern=r"\S", description="et navn")]
    address: Annotated[str, Field(max_length=254, pattern=r"^[^\s@]+@[^\s@]+$", description="en mailadresse")]


class People(SettingsSection):
    """Who works with the program, and what makes two people of them."""

    operators_group: Annotated[
        str,
        Field(max_length=32, pattern=r"^[A-Za-z0-9_.-]*$", description="navnet på en gruppe på maskinen, eller tom"),
    ]
    allow_one_account: Flag
    approvers: Annotated[
        tuple[Approver, ...], Field(strict=False, description="en liste af { name, address }, se defaults.toml")
    ]
    code_minutes: Annotated[int, _whole(1, 1440)]

    @model_validator(mode="after")
    def _one_address_each(self) -> People:
        for what in ("name", "address"):
            given = [getattr(one, what).strip().casefold() for one in self.approvers]
            if len(set(given)) != len(given):
                raise ValueError("approvers skal have et navn og en adresse hver; to af dem har det samme")
        return self


class Exemption(SettingsSection):
    """A comparison over time that need not hold for a file, and why."""

    file: Annotated[str, Field(min_length=1, description="en fil i kontrakten")]
    check: Annotated[
        Literal["cases_dropped", "keys_gone", "new_code", "stopped"],
        Field(description="cases_dropped, keys_gone, new_code eller stopped"),
    ]
    reason: Annotated[str, Field(min_length=1, pattern=r"\S", description="en begrundelse")]


class OverTime(SettingsSection):
    """How a delivery may differ from the one before it."""

    cases_drop_share: Share
    keys_gone_share: Share
    exemptions: Annotated[
        tuple[Exemption, ...], Field(strict=False, description="en liste af { file, check, reason }, se defaults.toml")
    ]


class PublicationSettings(SettingsSection):
    """What a publication consists of."""

    editions: Annotated[
        tuple[Literal["direktorat", "delt", "kommune"], ...],
        Field(strict=False, min_length=1, description='en liste med en eller flere af "direktorat", "delt", "kommune"'),
    ]
    formats: Annotated[
        tuple[Literal["html", "pdf", "xlsx", "csv"], ...],
        Field(strict=False, min_length=1, description='en liste med en eller flere af "html", "pdf", "xlsx", "csv"'),
    ]
    processes: Annotated[int, _whole(1, 64)]
    whole_for_months: Annotated[int, _whole(0, 1200)]

    @model_validator(mode="after")
    def _packs_need_protected_figures(self) -> PublicationSettings:
        if "kommune" in self.editions and "delt" not in self.editions:
            raise ValueError('editions skal have "delt", når den har "kommune": pakkerne bruger de beskyttede tal')
        return self


class Replies(SettingsSection):
    """Where a municipality sends its answers on its cases, and how long it takes to decide on them."""

    address: Text
    handling_days: Annotated[int, _whole(0, 80)]


class Upkeep(SettingsSection):
    """How this installation is looked after."""

    backup_folder: Annotated[
        str, Field(max_length=1000, pattern=r"^(/.*)?$", description="en mappe, skrevet fra roden (/...), eller tom")
    ]
    backup_days: Annotated[int, _whole(1, 366)]
    key_copy: Annotated[
        str, Field(max_length=1000, pattern=r"^(/.*)?$", description="en fil, skrevet fra roden (/...), eller tom")
    ]
    free_gigabytes: Annotated[float, Field(ge=0, le=100_000, description="et tal fra 0 til 100000")]


class Authority(SettingsSection):
    """Who publishes the pages, as they say it themselves: whom a reader writes to, and where the pages lie."""

    name: Text
    postal_address: Text
    mail_address: Text
    telephone: Text
    accessibility_statement: Annotated[
        str,
        Field(
            max_length=1000, pattern=r"^(https://\S+)?$", description="en adresse, der begynder med https://, eller tom"
        ),
    ]
    site_address: Annotated[
        str,
        Field(
            max_length=1000,
            pattern=r"^(https://\S+/)?$",
            description="en adresse, der begynder med https:// og slutter med /, eller tom",
        ),
    ]
    licence: Annotated[str, Field(max_length=100, pattern=r"^\S+$", description="en licens' korte navn")]
    licence_address: Annotated[
        str, Field(max_length=1000, pattern=r"^https://\S+$", description="en adresse, der begynder med https://")
    ]


class Watching(SettingsSection):
    """What is told to those who watch over the machine."""

    log_format: Annotated[Literal["text", "json"], Field(description="text eller json")]
    metrics_file: Annotated[
        str, Field(max_length=1000, pattern=r"^(/.*\.prom)?$", description="en fil, fx /var/lib/….prom, eller tom")
    ]
    open_lineage_file: Annotated[
        str, Field(max_length=1000, pattern=r"^(/.*)?$", description="en fil, skrevet fra roden (/...), eller tom")
    ]
    open_lineage_address: Annotated[
        str,
        Field(
            max_length=1000,
            pattern=r"^((https://|http://(localhost|127\.0\.0\.1)[:/])\S+)?$",
            description="en adresse, der begynder med https:// (http:// kun til denne maskine selv), eller tom",
        ),
    ]
    open_lineage_namespace: Annotated[
        str, Field(max_length=100, pattern=r"^\S+$", description="et navn uden mellemrum")
    ]
    alert_addresses: Annotated[
        tuple[Annotated[str, Field(max_length=254, pattern=r"^[^\s@]+@[^\s@]+$")], ...],
        Field(strict=False, description='en liste af mailadresser, fx ["drift@example.dk"]'),
    ]
    alert_webhook: Annotated[
        str,
        Field(
            max_length=1000,
            pattern=r"^((https://|http://(localhost|127\.0\.0\.1)[:/])\S+)?$",
            repr=False,
            description="en adresse, der begynder med https:// (http:// kun til denne maskine selv), eller tom",
        ),
    ]


class Orchestration(SettingsSection):
    """What the web interface and its daemon keep, and where."""

    history: Annotated[
        str,
        Field(
            max_length=1000,
            pattern=r"^(postgresql://.*)?$",
            repr=False,
            description="en adresse, der begynder med postgresql://, eller tom",
        ),
    ]
    wait_minutes: Annotated[int, _whole(0, 1440)]


class Settings(SettingsSection):
    """Every setting."""

    deliveries: Deliveries
    retention: Retention
    disclosure: Disclosure
    people: People
    mailing: Mailing
    parcels: ParcelSettings
    over_time: OverTime
    publication: PublicationSettings
    replies: Replies
    upkeep: Upkeep
    authority: Authority
    watching: Watching
    orchestration: Orchestration


# ---- reading --------------------------------------------------------------------------------------------------------


def settings() -> Settings:
    """Return the settings in force; raises UserError that names key, file and what is allowed.

    A file is read and validated once; another file, or the same one changed, is read anew.
    """
    file = _own_file()
    try:
        state = (file.stat().st_mtime_ns, file.stat().st_size) if file else None
    except OSError:
        raise _unreadable(file) from None
    return _read(file, state)


def user_folder() -> Path:
    """Return the user's configuration folder for this program (it need not exist)."""
    base = os.environ.get("XDG_CONFIG_HOME")
    return (Path(base) if base else Path.home() / ".config") / "god-loesladelse"


def _own_file() -> Path | None:
    named = os.environ.get("GOD_LOESLADELSE_CONFIGURATION")
    if named:
        return Path(named)
    own = user_folder() / "configuration.toml"
    return own if own.exists() else None


@cache
def _read(file: Path | None, _state: tuple[int, int] | None) -> Settings:
    values = tomllib.loads(DEFAULTS.read_text(encoding="utf-8"))
    if file is not None:
        for name, chosen in _chosen(file).items():
            values[name] = values[name] | chosen
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        fault = error.errors(include_url=False, include_context=False, include_input=False)[0]
    raise _wrong(file or DEFAULTS, fault)


def _chosen(file: Path) -> dict[str, Any]:
    """Return the sections of the user's own file, each one known and a table."""
    try:
        chosen = tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))  # the rest of the text may quote a password
        raise _unreadable(file, f" (linje {line[1]})" if line else "") from None
    except (OSError, UnicodeDecodeError):
        raise _unreadable(file) from None
    for name, section in chosen.items():
        if name in _EARLIER_NAMES:
            raise UserError(
                f"Konfigurationsfilen {file} har afsnittet [{name}]. Det hedder nu [{_EARLIER_NAMES[name]}]; "
                "skriv det nye navn, indstillingerne er de samme."
            )
        if name not in Settings.model_fields:
            raise UserError(
                f"Konfigurationsfilen {file} har et ukendt afsnit [{name}]. "
                f"Kendte afsnit: {', '.join(f'[{known}]' for known in Settings.model_fields)}."
            )
        if not isinstance(section, Mapping):
            raise UserError(f"Konfigurationsfilen {file}: {name} skal være et afsnit. Skriv [{name}] på en egen linje.")
    return chosen


def _unreadable(file: Path | None, where: str = "") -> UserError:
    return UserError(f"Konfigurationsfilen {file} kan ikke læses som TOML{where}. Ret den, eller fjern den.")


def _wrong(file: Path, fault: Any) -> UserError:
    """Say what is wrong with one setting; its value is never repeated, since one of them is a password."""
    section, *place = fault["loc"]
    model: Any = Settings.model_fields[section].annotation
    if fault["type"] == "value_error":
        return UserError(f"Konfigurationsfilen {file}: [{section}]: {str(fault['msg']).partition(', ')[2]}.")
    name = str(place[0])
    if fault["type"] == "extra_forbidden" and len(place) == 1:
        return UserError(
            f"Konfigurationsfilen {file} har en ukendt indstilling i [{section}]: {name}. "
            f"Kendte indstillinger: {', '.join(model.model_fields)}."
        )
    allowed = model.model_fields[name].description
    inner: Any = {"exemptions": Exemption, "approvers": Approver}.get(name)
    if inner and len(place) > 2 and place[2] in inner.model_fields and fault["type"] != "missing":
        name, allowed = f"{place[2]} i nr. {place[1] + 1} af {name}", inner.model_fields[place[2]].description
    return UserError(f"Indstillingen {name} i [{section}] skal være {allowed}. Ret den i {file}.")
