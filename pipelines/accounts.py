"""Which account runs this process, as the operating system knows it; nothing else belongs here."""

from __future__ import annotations

import os


def current() -> str:
    """Return the account that runs this process, from the system itself and not from the environment."""
    try:
        import pwd

        return pwd.getpwuid(os.getuid()).pw_name
    except ImportError:  # pragma: no cover - Windows
        return os.getlogin()
    except KeyError:  # an account without an entry, as in some containers
        return f"uid {os.getuid()}"
