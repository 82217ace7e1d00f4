"""Which duty, which unit and which year the words around a number are about.

Belongs here: names and periods, and how the words nearest to a number are looked through. Does not belong here:
numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import chain

from .places import Record
from .words import ENGLISH, IN_FEW_WORDS

Unit = tuple[str, str]
NATION: Unit = ("national", "DK")
LEVELS = {"Hele landet": "national", "Område": "area", "Region": "region", "Kommune": "municipality"}
FOLDERS = {"omraade": "area", "region": "region", "kommune": "municipality"}
SPAN = re.compile(r"\d\. kvt\. \d{4} til (\d)\. kvt\. (\d{4})")
ENGLISH_SPAN = re.compile(r" to \d+ (March|June|September|December) (20\d\d)")
QUARTERS = {"March": "1", "June": "2", "September": "3", "December": "4"}
YEAR = re.compile(r"(?<![\d./-])(20\d\d)(?![\d-])")


def code_of(level: str, period: str) -> str:
    """Return a year's code: of a municipality the calendar year, of larger units the quarter that it ends with."""
    return f"{period}-Q4" if period.isdigit() and level != "municipality" else period


def before(period: str) -> str:
    """Return the year before."""
    return f"{int(period[:4]) - 1}{period[4:]}"


def years(text: str) -> list[str]:
    """Return the years named in a text: of rolling ones the last quarter, of others the number."""
    spans = [f"{year}-Q{quarter}" for quarter, year in SPAN.findall(text)]
    spans += [f"{year}-Q{QUARTERS[month]}" for month, year in ENGLISH_SPAN.findall(text)]
    return spans or YEAR.findall(text)


class Subjects:
    """Names as the data files and everybody have them, and the year that each level and each file leads with."""

    def __init__(self, records: Iterable[Record], short_names: Mapping[str, str]) -> None:
        """``short_names``: municipalities as everybody knows them, by code."""
        self.titles: dict[str, str] = {}
        self.units: dict[str, Unit] = {}
        self.leading: dict[str, str] = {}
        self.leading_of_file: dict[str, str] = {}
        for one in records:
            values = one.values
            level, code = LEVELS[values["niveau"]], values["enhedskode"]
            self.titles[values["pligt"]] = values["pligt_id"]
            self.units[values["enhed"]] = (level, code)
            if level == "municipality":
                self.units[short_names[code]] = (level, code)
            if level == "municipality" or values["periodetype"] != "år":
                self.leading[level] = max(self.leading.get(level, ""), values["periode"])
        # The longest first: a duty's name can be the beginning of another's.
        named = chain(self.titles.items(), IN_FEW_WORDS.items(), ENGLISH.items())
        self._names = sorted(named, key=lambda one: -len(one[0]))
        self._rules: dict[str, str | None] = {}

    def rule_in(self, texts: Iterable[str], file: str = "") -> str | None:
        """Return the duty that the first of the texts that names one names; else that of the file."""
        found = next((rule for text in texts if (rule := self._rule_of(text))), None)
        return found or (file.split("/")[1] if file.startswith("pligt/") else None)

    def _rule_of(self, text: str) -> str | None:
        if text not in self._rules:
            self._rules[text] = next((rule for words, rule in self._names if words in text), None)
        return self._rules[text]

    def unit_in(self, texts: Iterable[str]) -> Unit | None:
        """Return the unit that is one of the texts."""
        return next((self.units[text] for text in texts if text in self.units), None)

    def unit_of_file(self, file: str) -> Unit | None:
        """Return the unit that a file is about; None of a duty's page."""
        first, *rest = file.split("/")
        if first not in FOLDERS:
            return None if first == "pligt" else NATION
        level = FOLDERS[first]
        return level, rest[0].replace("oe", "ø").capitalize() if level == "area" else rest[0]

    def period(self, level: str, texts: Iterable[str], file: str = "") -> str:
        """Return the year that the first of the texts that names one names; else the one the file leads with."""
        named = next((found[-1] for text in texts if (found := years(text))), "")
        return code_of(level, named or self.leading_of_file.get(file, "") or self.leading[level])
