"""Every kind of page after every change: one that would come out otherwise has another fingerprint."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.reports.test_unchanged import CHANGES, FORMATS, PAGES, a_change_is_seen


# Every format for two of them: documents are made of what their page is made of, and take four times as long.
@pytest.mark.parametrize(
    ("name", "formats"), [*((name, ("html",)) for name in CHANGES), ("a split", FORMATS), ("a correction", FORMATS)]
)
def test_a_page_that_would_come_out_otherwise_has_another_fingerprint(
    name: str, formats: tuple[str, ...], tmp_path: Path
) -> None:
    a_change_is_seen(name, formats, PAGES, tmp_path)
