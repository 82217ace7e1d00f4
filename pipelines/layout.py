"""Where everything lies: the project's own folders and each place below an output folder.

Belongs here: paths and their modes. Does not belong here: reading or writing what is there.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
#: The folders that the program consists of, in its sources and where it is installed alike.
PROGRAM = ("pipelines", "dbt_project", "expectations", "reports")
#: The versions and sums of every package the program runs with; a link, so that an installed program has it too.
LOCK_FILE = PROJECT / "pipelines" / "requirements.lock"
DBT_PROJECT = PROJECT / "dbt_project"
SEEDS = DBT_PROJECT / "seeds"


def plain_name(code: str) -> str:
    """Return a code as a file's or folder's name, letters, digits and hyphens alone: it comes from a delivery."""
    kept = "".join(letter if letter.isascii() and letter.isalnum() else f"-{ord(letter):x}-" for letter in code)
    return kept[:100]


@dataclass(frozen=True)
class Output:
    """The places below one output folder; none is created by asking for it."""

    root: Path

    @property
    def warehouse(self) -> Path:
        """The whole warehouse, restricted (mode 0600)."""
        return self.root / "warehouse.duckdb"

    @property
    def marts(self) -> Path:
        """The schema ``marts`` alone, for analysts."""
        return self.root / "marts.duckdb"

    @property
    def archive(self) -> Path:
        """Bytes as received, content-addressed, and what is known of each batch."""
        return self.root / "archive"

    @property
    def staged(self) -> Path:
        """Loaded and quarantined rows per batch; can always be made again from the archive."""
        return self.root / "staged"

    @property
    def published(self) -> Path:
        """The publications and the pointer ``current``."""
        return self.root / "published"

    @property
    def mailing(self) -> Path:
        """Outboxes and the mailing ledger."""
        return self.root / "mailing"

    @property
    def replies(self) -> Path:
        """Replies, decisions and agreed actions of the cooperation meetings."""
        return self.root / "replies"

    @property
    def journal(self) -> Path:
        """Beside the output folder, so that a backup of it does not take the mailing's journal back with it."""
        return self.root.with_name(f"{self.root.name}-journal")

    @property
    def codes(self) -> Path:
        """One-time codes that wait to be used, as hashes."""
        return self.root / "codes"

    @property
    def work(self) -> Path:
        """Unfinished builds; whatever is here may be deleted when no run holds the lock."""
        return self.root / "work"

    @property
    def dagster_home(self) -> Path:
        """Dagster's run storage."""
        return self.root / "dagster"

    @property
    def audit_log(self) -> Path:
        """The append-only audit trail, one JSON object a line."""
        return self.root / "audit.jsonl"

    @property
    def lock(self) -> Path:
        """Held by the one run that may write."""
        return self.root / "run.lock"
