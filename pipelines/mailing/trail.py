"""The mailing's entries in the audit trail; nothing else belongs here."""

from __future__ import annotations

from typing import Any

from pipelines.layout import Output


def note(output: Output, event: str, **facts: Any) -> None:
    """Write one step of the mailing to the audit trail."""
    from pipelines import audit

    audit.record(output, event, **facts)
