"""Who is at the keyboard: the name somebody gives, and the account that the operating system knows.

Belongs here: checking a name and asking the system for the account. Does not belong here: who may approve what.
"""

from __future__ import annotations

import os
import unicodedata

from pipelines.errors import WrongUse
from pipelines.mailing.message import texts
from pipelines.privacy.civil_registration import contains_number

# The schedule prepares under this name; a person cannot use it.
SYSTEM = "system"


def checked_name(name: str) -> str:
    """Return the name on one line; raises WrongUse when it is empty, over-long or holds what may be a CPR number."""
    cleaned = texts.clean_line(name)
    if not cleaned or len(name) > 80 or contains_number(cleaned):
        raise WrongUse("--by skal være et navn på højst 80 tegn")
    return cleaned


def key(name: str) -> str:
    """Return the form in which two names are compared: neither case, spaces nor composed letters make a new person."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


def current() -> str:
    """Return the account that runs this process, from the system itself and not from the environment."""
    try:
        import pwd

        return pwd.getpwuid(os.getuid()).pw_name
    except ImportError:  # pragma: no cover - Windows
        return os.getlogin()
    except KeyError:  # an account without an entry, as in some containers
        return f"uid {os.getuid()}"
