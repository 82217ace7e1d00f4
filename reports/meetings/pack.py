"""The pack of one meeting: put together per recipient, written whole beside any earlier one, and renamed.

Belongs here: which recipient gets which files, and the folder. Does not belong here: what the files say.

    <output>/meetings/<area>-<from>-<to>[-<codes>]/
        omraadekontor/     full figures, for the area office alone
        deltagere/         published figures, for everyone at the meeting
        rum/               the few of them that are shown in the room
        kommune/<code>/    one municipality's full figures and its reply form, for it alone
        samarbejdsmoeder.ics, indhold.json
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pipelines.durable_files import make_folder, protect
from pipelines.errors import WrongUse
from pipelines.layout import Output
from pipelines.replies import actions, answer_file, replies, reply_form
from pipelines.units import AREA_FOLDERS, code_folder
from pipelines.warehouse.build import sync_folder
from pipelines.warehouse.in_place import open_read_only
from reports.figures.data import Unit
from reports.meetings import (
    area_pack,
    deck,
    document,
    facts,
    meeting_words,
    meeting_workbook,
    municipality_pack,
    participant_pack,
    published_figures,
    quality_sections,
    room_pack,
)
from reports.meetings.calendar_file import calendar_file
from reports.meetings.content import Content
from reports.meetings.facts import Facts
from reports.meetings.span import Span

AREAS = {folder: area for area, folder in AREA_FOLDERS.items()}
# Codes that the folder's name can hold; of more it has the number and a sum.
_MOST_NAMED = 6
_UNFINISHED, _OLD = ".ufaerdig-", ".gammel-"


@dataclass(frozen=True)
class Pack:
    """What was written."""

    folder: Path
    municipalities: int
    files: int
    publication_id: str


def prepare(
    output: Output,
    area: str,
    municipalities: Iterable[str] | None,
    chosen: Callable[[Any], Span],
    progress: Callable[[int, int], None] = lambda made, total: None,
) -> Pack:
    """Write the pack of an area's meeting; ``chosen`` gives the span from the day of assessment.

    Raises UserError when there is no warehouse or no publication yet, WrongUse when a municipality is not the area's.
    """
    published_figures.current_edition(output)  # said before any work is done
    with open_read_only(output) as connection:
        as_of = connection.execute("select as_of from publish.pub_run").fetchall()[0][0]
        published_figures.require_same_day(output, as_of)
        read = facts.read(connection, area, None, chosen(as_of))
        if municipalities is not None:
            read = _narrowed(connection, read, list(municipalities))
        public = published_figures.read(output, area, read.municipalities)
        name = f"{AREA_FOLDERS[area]}-{read.span.first_day.isoformat()}-{read.span.last_day.isoformat()}"
        if municipalities is not None:
            name += _taking_part(read.municipalities)
        home = output.root / "meetings"
        make_folder(home)
        unfinished = home / f"{_UNFINISHED}{name}"
        shutil.rmtree(unfinished, ignore_errors=True)
        make_folder(unfinished)
        _write(connection, output, unfinished, read, public, progress)
    _manifest(unfinished, read, public)
    _take_place(unfinished, home / name)
    files = sum(1 for path in (home / name).rglob("*") if path.is_file())
    return Pack(home / name, len(read.municipalities), files, public.publication_id)


def _narrowed(connection: Any, read: Facts, wanted: list[str]) -> Facts:
    """Return the facts for the municipalities that take part."""
    strangers = sorted(set(wanted) - set(read.municipalities))
    if strangers or not wanted:
        raise WrongUse(
            f"--municipalities nævner kommuner, der ikke hører til Kriminalforsorgen {read.area}: "
            f"{', '.join(strangers)}"
        )
    own = tuple(code for code in read.municipalities if code in wanted)
    return replace(
        read,
        municipalities=own,
        steps=facts.steps(connection, own, read.span),
        steps_before=facts.steps(connection, own, read.span.before),
        meetings=tuple(row for row in read.meetings if row.municipality_code in own),
    )


def _taking_part(codes: tuple[str, ...]) -> str:
    """Return what tells a meeting with some of the area's municipalities from one with others of them."""
    text = "-".join(sorted(codes))
    if len(codes) > _MOST_NAMED:
        text = f"{len(codes)}-kommuner-{hashlib.sha256(text.encode()).hexdigest()[:6]}"
    return f"-{text}"


def _write(
    connection: Any,
    output: Output,
    folder: Path,
    read: Facts,
    public: published_figures.PublishedFigures,
    progress: Callable[[int, int], None],
) -> None:
    agreed, answers = actions.recorded(output), replies.recorded(output)
    ours = {read.area_key, *(("municipality", code) for code in read.municipalities)}
    own_actions = [one for one in agreed if one.unit in ours]
    edition = public.publication_id
    own_answers = [one for one in answers if one.reply.municipality_code in read.municipalities]
    total = len(read.municipalities) + 2
    office = area_pack.build(area_pack.AreaInputs(read, own_actions, own_answers))
    _files(folder, "omraadekontor", edition, office, "pptx", "pdf", "xlsx")
    progress(1, total)
    shared = for_participants(read, public, own_actions)
    _files(folder, "deltagere", edition, participant_pack.build(shared), "pptx", "pdf", "xlsx")
    _files(folder, "rum", edition, room_pack.build(shared), "pptx", "pdf")
    progress(2, total)
    for made, code in enumerate(read.municipalities, start=3):
        unit = read.data.units["municipality", code]
        who = f"kommune/{code_folder(code)}"
        target = folder / who
        own = own_page(connection, read, public, unit, own_actions, own_answers)
        _files(folder, who, edition, own, "pdf", "xlsx")
        (target / "svar.xlsx").write_bytes(reply_form.template(connection, code, read.data.run.as_of))
        if answer_file.answered(own_answers, code):
            content = answer_file.make(connection, own_answers, code, read.data.run.as_of)
            (target / "svar-til-kommunen.xlsx").write_bytes(content)
        progress(made, total)
    (folder / "samarbejdsmoeder.ics").write_bytes(calendar_file(read.area, read.meetings))


def participants(read: Facts, public: published_figures.PublishedFigures, own_actions: list[actions.Action]) -> Content:
    """Return the participants' material."""
    return participant_pack.build(for_participants(read, public, own_actions))


def for_participants(
    read: Facts, public: published_figures.PublishedFigures, own_actions: list[actions.Action]
) -> participant_pack.ParticipantInputs:
    """Return what may be shown to all. Of the facts only names, mailboxes, rules, dates and meeting days are."""
    run = read.data.run
    return participant_pack.ParticipantInputs(
        published=public,
        area=read.area,
        municipalities=read.municipalities,
        span=read.span,
        rules=read.rules,
        names=meeting_words.names(read.data.without_figures()),
        as_of=run.as_of,
        is_synthetic=run.is_synthetic,
        actions=own_actions,
        meetings=read.meetings,
        quality=quality_sections.for_participants(read),
        mailboxes=read.mailboxes,
    )


def own_page(
    connection: Any,
    read: Facts,
    public: published_figures.PublishedFigures,
    unit: Unit,
    agreed: list[actions.Action],
    answers: list[replies.Recorded],
) -> Content:
    """Return one municipality's page; what is handed over holds its own figures and nobody else's."""
    alone = replace(
        read, data=read.data.only(unit), municipalities=(unit.code,), steps=(), steps_before=(), meetings=()
    )
    return municipality_pack.build(
        municipality_pack.MunicipalityInputs(
            unit=unit,
            facts=alone,
            steps=facts.steps(connection, (unit.code,), read.span),
            steps_before=facts.steps(connection, (unit.code,), read.span.before),
            published=public,
            actions=[one for one in agreed if one.unit == unit.key],
            replies=[one for one in answers if one.reply.municipality_code == unit.code],
            meeting=next((row for row in read.meetings if row.municipality_code == unit.code), None),
        )
    )


def _files(home: Path, who: str, edition: str, content: Content, *kinds: str) -> None:
    """Write one recipient's files, named by recipient and edition: out of its folder a file still says whose it is."""
    folder = home / who
    make_folder(folder)
    makers = {"pptx": deck.make, "pdf": document.make, "xlsx": meeting_workbook.make}
    for kind in kinds:
        (folder / f"samarbejdsmoede-{who.replace('/', '-')}-{edition}.{kind}").write_bytes(makers[kind](content))


def _manifest(folder: Path, read: Facts, public: published_figures.PublishedFigures) -> None:
    run = read.data.run
    files = [
        {"path": path.relative_to(folder).as_posix(), "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    ]
    content = {
        "area": read.area,
        "from": read.span.first_day.isoformat(),
        "to": read.span.last_day.isoformat(),
        "as_of": run.as_of.isoformat(),
        "batch_id": run.batch_id,
        "code_version": run.code_version,
        "release_id": public.publication_id,
        "municipalities": list(read.municipalities),
        "recipients": {
            "omraadekontor": "kun områdekontoret (fulde tal)",
            "deltagere": "mødets deltagere (udgivne tal)",
            "rum": "vises i rummet (udgivne tal)",
            "kommune/<kode>": "kun den kommune selv (dens fulde tal)",
        },
        "files": files,
    }
    text = json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    (folder / "indhold.json").write_text(text, encoding="utf-8")


def _take_place(unfinished: Path, folder: Path) -> None:
    """Let the finished folder take the place of an earlier pack of the same meeting; never a half one."""
    for path in sorted(unfinished.rglob("*")):
        protect(path)
    old = folder.with_name(f"{_OLD}{folder.name}")
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        os.rename(folder, old)
    os.rename(unfinished, folder)
    sync_folder(folder.parent)
    shutil.rmtree(old, ignore_errors=True)
