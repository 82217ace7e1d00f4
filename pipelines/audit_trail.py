"""The audit trail: one JSON line for each thing done, appended and never changed.

Belongs here: writing and reading that file. Does not belong here: progress and messages for the user.
It holds when, who (the account of the operating system), what and checksums, and no personal data: a text that looks
like a civil registration number is masked on the way in.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from pipelines import accounts, durable_files
from pipelines.layout import Output
from pipelines.privacy.civil_registration import mask_numbers

_CHECKSUM = re.compile(r"[0-9a-f]{12,128}")


def record(output: Output, event: str, **facts: Any) -> None:
    """Append one line; it is on disk when the call returns."""
    when = datetime.now(UTC).isoformat(timespec="seconds")
    entry = {
        "when": when,
        "who": accounts.current(),
        "event": event,
        **{name: _masked(fact) for name, fact in facts.items()},
    }
    durable_files.make_folder(output.root)
    durable_files.append_line(output.audit_log, json.dumps(entry, ensure_ascii=False, default=str))


def entries(output: Output) -> Iterator[dict[str, Any]]:
    """Yield every whole line, oldest first; a line cut short by a power failure is passed over."""
    if not output.audit_log.exists():
        return
    with output.audit_log.open(encoding="utf-8") as file:
        for line in file:
            try:
                yield json.loads(line)
            except ValueError:
                continue


def _masked(fact: Any) -> Any:
    if isinstance(fact, str):
        return fact if _CHECKSUM.fullmatch(fact) else mask_numbers(fact)
    if isinstance(fact, dict):
        return {name: _masked(value) for name, value in fact.items()}
    if isinstance(fact, list | tuple):
        return [_masked(value) for value in fact]
    return fact
