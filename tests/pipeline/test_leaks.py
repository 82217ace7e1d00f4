"""No civil registration number and no free text is found anywhere but in the archive of received bytes."""

from __future__ import annotations

import argparse
import gzip
import os
import random
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from pipelines.commands import person
from pipelines.layout import Output
from tests.small_delivery import SmallDelivery

FREE_TEXT = "mormor bor på Fejø"
_SPELLED = ("{d}", "{a}-{b}", "{a} {b}", "{a}–{b}", "{a}.{b}", "{x} {y} {z} {b}", "{x}.{y}.{z}-{b}")


class Canaries:
    """Numbers that nobody alive can have, each used once, in changing spellings."""

    def __init__(self) -> None:
        self._chance = random.Random(20260930)
        self.used: list[str] = []

    def next(self, spelling: str = "{a}-{b}") -> str:
        """Return a new number in that spelling."""
        day, month = self._chance.randint(1, 28), self._chance.randint(1, 12)
        digits = f"{day:02}{month:02}{self._chance.randint(58, 99)}{self._chance.randint(4000, 9999)}"
        self.used.append(digits)
        return self.spell(digits, spelling)

    @staticmethod
    def spell(digits: str, spelling: str) -> str:
        """Return the digits in that spelling."""
        x, y, z, b = digits[:2], digits[2:4], digits[4:6], digits[6:]
        return spelling.format(d=digits, a=digits[:6], b=b, x=x, y=y, z=z)

    def patterns(self) -> Iterator[str]:
        """Yield every spelling of every number used, and the nine digits a spreadsheet leaves of one."""
        for digits in self.used:
            for spelling in _SPELLED:
                yield self.spell(digits, spelling)
            if digits.startswith("0"):
                yield digits[1:]


def spoiled_delivery(canaries: Canaries, batch_id: str = "2026-09-30", cases_each: int = 60) -> SmallDelivery:
    """Return a delivery with numbers in their columns, in every text, in wrong columns and in rows that fail."""
    delivery = SmallDelivery(batch_id, cases=cases_each)
    cases = delivery.rows["afsoningssager.csv"]
    for place, row in enumerate(cases):
        row["cpr"] = canaries.next(_SPELLED[place % 2])
        row["bolig_begrundelse"] = f"{FREE_TEXT} {canaries.next(_SPELLED[place % len(_SPELLED)])}, tak"
    for row in delivery.rows["tilsynssager.csv"]:
        row["cpr"] = canaries.next("{d}")
        row["afsoningssag_id"] = canaries.next()
    for place, (name, column) in enumerate(
        (name, column)
        for name, rows in delivery.rows.items()
        for column in (rows[0] if len(rows) > 10 else ())
        if column not in ("cpr", "sags_id", "bolig_begrundelse")
    ):
        row = delivery.rows[name][place % 15]
        row[column] = canaries.next(_SPELLED[place % len(_SPELLED)])
    for column in ("straf_dage", "straf_ivaerksat", "varetaegt", "maalgruppe", "institution_kode"):
        cases[40][column] = f"{FREE_TEXT} {canaries.next()}"
    delivery.rows["kommunekontakter.csv"][3]["sags_id"] = canaries.next()
    delivery.rows["institutioner.xlsx"][0]["navn"] = f"Fængslet {canaries.next('{x}.{y}.{z}-{b}')}"
    delivery.rows["samarbejdsaftaler.xlsx"][0].update(
        {"kontakt_navn": canaries.next(), "kontakt_telefon": canaries.next()}
    )
    return delivery


def contents(root: Path) -> Iterator[tuple[str, bytes]]:
    """Yield every file below the folder, unpacked, received bytes aside; parquet as its values."""
    from pyarrow import parquet

    for file in sorted(root.rglob("*")):
        if not file.is_file() or "objects" in file.parts:
            continue
        data = file.read_bytes()
        yield file.name, file.name.encode() + b"\n" + data
        if file.suffix == ".parquet":
            yield file.name, str(parquet.read_table(file).to_pylist()).encode()
        elif file.suffix == ".gz":
            yield file.name, gzip.decompress(data)
        elif zipfile.is_zipfile(BytesIO(data)):
            with zipfile.ZipFile(BytesIO(data)) as archive:
                for name in archive.namelist():
                    yield f"{file.name}/{name}", archive.read(name)


def found_in(text: str, canaries: Canaries) -> list[str]:
    """Return the numbers found, in any spelling, not adjacent to another letter or digit."""
    wanted = set(canaries.patterns())
    candidates = re.finditer(r"(?<![0-9A-Za-z])[0-9][0-9 .–-]{7,13}[0-9](?![0-9A-Za-z])", text)
    return [match.group() for match in candidates if match.group() in wanted]


def run(program: str, *arguments: Path) -> str:
    """Run a program in a process of its own and return all it printed."""
    command = [sys.executable, "-c", program, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, check=False, env=os.environ.copy())
    return (done.stdout + done.stderr).decode()


RECEIVE = """
import sys, pathlib
from pipelines.batches import intake, returns
from pipelines.layout import Output
output = Output(pathlib.Path(sys.argv[2]))
result = intake.receive(pathlib.Path(sys.argv[1]), output, progress=print)
print(result)
for batch_id in result.loaded:
    returns.write(output, batch_id, output.root / "retur")
"""


def test_a_delivery_full_of_numbers_leaves_none_behind(landing: Path, output: Output) -> None:
    canaries = Canaries()
    spoiled_delivery(canaries, "2026-06-30").write(landing)
    refused = spoiled_delivery(canaries, "2026-09-30")
    for row in refused.rows["engangshjaelp.csv"]:
        row["beloeb"] = canaries.next("{d}")
    refused.write(landing)
    malformed = spoiled_delivery(canaries, "2026-12-31")
    malformed.files["tilsynssager.csv"] = malformed.bytes_of("tilsynssager.csv") + f'"{canaries.next()};x'.encode()
    malformed.write(landing)
    printed = run(RECEIVE, landing, output.root)
    assert "loaded=['2026-06-30']" in printed and "engangshjaelp.csv" in printed and "citationstegn" in printed
    assert len(canaries.used) > 500
    leaks = [("printed", number) for number in found_in(printed, canaries)]
    searched = 0
    for name, data in contents(output.root):
        for text in (data.decode("utf-8", "replace"), data.decode("utf-16-le", "replace")):
            leaks += [(name, number) for number in found_in(text, canaries)]
        assert FREE_TEXT.encode() not in data, name
        searched += 1
    assert FREE_TEXT not in printed
    assert searched > 30 and leaks == []


def test_the_search_itself_finds_what_it_looks_for() -> None:
    canaries = Canaries()
    for spelling in _SPELLED:
        number = canaries.next(spelling)
        assert found_in(f'{{"a": "{number}"}}', canaries) == [number]


def test_an_internal_error_tells_no_value(landing: Path, output: Output) -> None:
    canaries = Canaries()
    spoiled_delivery(canaries).write(landing)
    broken = (
        "from pipelines.judging import quarantine\nquarantine._repeated = lambda keys: int(keys[0] + ' 010170-1234')\n"
    )
    printed = run(broken + RECEIVE, landing, output.root)
    assert "ContainedError" in printed and "ValueError" in printed
    assert found_in(printed, canaries) == [] and "010170" not in printed


def test_the_person_command_takes_the_number_from_a_prompt_only() -> None:
    parser = argparse.ArgumentParser()
    person.configure(parser)
    options = [option for action in parser._actions for option in action.option_strings]
    assert sorted(options) == ["--all", "--help", "--output", "-h"]
    assert all(action.option_strings for action in parser._actions)
