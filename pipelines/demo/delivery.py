"""A synthetic delivery: the world as the client system knew it on one day, written as a batch.

Belongs here: extracts of a world, and the function that others call for one delivery. Does not belong here: the world
(``world``), the files (``batch_files``), or several deliveries of one world (``history``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pipelines.contract import Contract, contract
from pipelines.demo import assumptions as assumed
from pipelines.demo.batch_files import BatchForm, write_batch
from pipelines.demo.faults import faulty_rows
from pipelines.demo.new_columns import NewColumns
from pipelines.demo.scene import Scene
from pipelines.demo.world import World, draw_world

EXTRACT_DATE = date(2026, 9, 30)
SEED = 20260930


@dataclass(frozen=True)
class Extracts:
    """A world from which deliveries are taken, on any day up to its last."""

    scene: Scene
    world: World
    form: BatchForm
    faults: bool = False
    agreed: Contract | None = None

    def write(self, landing: Path, extract_date: date, *, batch_id: str | None = None, days_missing: int = 0) -> Path:
        """Write what the source system knew on a day as a batch, and return its folder.

        `days_missing` takes the extract from a copy of the system that is so many days behind: what was recorded in
        the meantime is not there, as in a delivery that has to be made again. The contract gives the columns and their
        order; a column that has no meaning in this world is filled from its type.
        """
        day = extract_date.toordinal()
        if day > self.scene.end:
            raise ValueError(f"this world ends on {date.fromordinal(self.scene.end)}, before {extract_date}")
        agreed = self.agreed or contract()
        new_columns = NewColumns(self.scene.seed, self.scene.municipalities.codes.tolist())
        known = {name: table.known[table.rows_on(day - days_missing)] for name, table in self.world.items()}
        shown = {name: table.on(day - days_missing) for name, table in self.world.items()}
        files = {
            name: new_columns.fill(agreed.file(name).of(extract_date), shown[name], known[name], shown)
            for name in self.world
        }
        added = faulty_rows(files, self.form) if self.faults else {}
        return write_batch(landing, batch_id or extract_date.isoformat(), extract_date, self.form, files, added)


def draw_extracts(
    last_extract: date,
    *,
    years: int = assumed.YEARS,
    sentence_cases: int | None = None,
    supervision_cases: int | None = None,
    seed: int = SEED,
    encoding: str = "utf-8",
    date_format: str = "iso",
    line_end: str = "\n",
    byte_order_mark: bool = False,
    warnings: bool = True,
    faults: bool = False,
    scene: Scene | None = None,
    agreed: Contract | None = None,
) -> Extracts:
    """Draw a world of so many years and cases, to take deliveries from; without a number, as many as in the country.

    The same arguments give the same world. With `warnings` some rows are odd in the ways the contract warns of; with
    `faults` a row for each reason of quarantine is added to the good ones of each delivery.
    """
    form = BatchForm(encoding, date_format, line_end, byte_order_mark)
    sentences = assumed.SENTENCES_PER_YEAR * years if sentence_cases is None else sentence_cases
    supervisions = assumed.SUPERVISIONS_PER_YEAR * years if supervision_cases is None else supervision_cases
    if sentences < 1 or supervisions < 0 or years < 1:
        raise ValueError("a world needs at least one year and one sentence case, and no negative number of others")
    scene = scene or Scene(seed, last_extract.toordinal(), years, warnings)
    return Extracts(scene, draw_world(scene, sentences, supervisions), form, faults, agreed)


def write_synthetic_delivery(
    landing: Path,
    *,
    extract_date: date = EXTRACT_DATE,
    batch_id: str | None = None,
    years: int = assumed.YEARS,
    sentence_cases: int | None = None,
    supervision_cases: int | None = None,
    seed: int = SEED,
    encoding: str = "utf-8",
    date_format: str = "iso",
    line_end: str = "\n",
    byte_order_mark: bool = False,
    warnings: bool = True,
    faults: bool = False,
    agreed: Contract | None = None,
) -> Path:
    """Write one batch to the landing folder and return its folder; the same arguments give the same bytes.

    No row is quarantined, unless `faults` adds some for that. The other arguments are those of `draw_extracts`. A
    batch that is already there raises FileExistsError.
    """
    extracts = draw_extracts(
        extract_date,
        years=years,
        sentence_cases=sentence_cases,
        supervision_cases=supervision_cases,
        seed=seed,
        encoding=encoding,
        date_format=date_format,
        line_end=line_end,
        byte_order_mark=byte_order_mark,
        warnings=warnings,
        faults=faults,
        agreed=agreed,
    )
    return extracts.write(landing, extract_date, batch_id=batch_id)
