"""One word, one meaning: the pages' words are the glossary's, in Danish and in English."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pipelines import configuration
from pipelines.vocabulary import STATUSES
from reports.editions import FULL
from reports.pages.text_pages import text_page
from reports.words import english, glossary
from tests.reports.rendering import sources
from tests.reports.small_world import world

ORDLISTE = Path(__file__).resolve().parents[2] / "docs" / "ordliste.md"
# Other words for what the glossary calls "ikke gjort"; a duty that can still be done is "opfyldt" when it is.
FOR_NOT_DONE = re.compile(r"\bikke (?:sket|skete|opfyldt|overholdt i tide)\b|\bforsømt", re.IGNORECASE)


def words(path: Path) -> str:
    text = re.sub(r"<script.*?</script>|<style.*?</style>|<svg.*?</svg>", " ", path.read_text("utf-8"), flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


def test_what_was_not_done_has_one_word_on_every_page(site: Path) -> None:
    assert f"| {STATUSES['missed']} | missed |" in ORDLISTE.read_text(encoding="utf-8")
    for path in site.rglob("*.html"):
        # The method page says of the records, not of an outcome, that what is not recorded may have happened.
        text = words(path).replace("beviser ikke, at det ikke er sket", "")
        assert not FOR_NOT_DONE.search(text), (path, FOR_NOT_DONE.search(text))


def test_every_word_with_an_explanation_is_explained_once_on_its_page(site: Path) -> None:
    used = 0
    for path in site.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        for key in set(glossary.USED.findall(text)):
            assert text.count(f'id="ord-{key}"') == 1, (path, key)
            used += 1
    assert used > 20


def test_every_duty_that_is_shown_to_all_has_an_english_title() -> None:
    shown = {rule.rule_id for rule in world().rules if not rule.restricted and set(rule.case_types) != {"unit"}}
    assert shown == set(english.TITLES)
    assert len(set(english.TITLES.values())) == len(english.TITLES)


def test_the_accessibility_statement_has_the_contact_of_the_settings_and_no_gap(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "own.toml"
    file.write_text(
        '[authority]\nname = "Styrelsen for Prøver"\npostal_address = "Vejen 1, 1000 København"\n'
        'mail_address = "web@prove.example"\ntelephone = "11 22 33 44"\n',
        encoding="utf-8",
    )
    monkeypatch.setenv("GOD_LOESLADELSE_CONFIGURATION", str(file))
    assert configuration.settings().authority.name == "Styrelsen for Prøver"
    text = text_page(FULL, world(), "accessibility", sources(), formats=("html", "pdf"))
    for told in ("Styrelsen for Prøver", "Vejen 1, 1000 København", "mailto:web@prove.example", "11 22 33 44"):
        assert told in text
    assert "[" not in re.sub(r"<[^>]+>", "", text.partition("<main")[2])
