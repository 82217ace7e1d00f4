"""The files that go out to one recipient each: a municipality's pack, a unit's worklist of the week.

Belongs here: each as the bytes of a zip file that says whose it is, and the round it belongs to. Does not belong here:
locking and handing over (``mailing.parcels``), what a pack or a worklist holds.
"""

from __future__ import annotations

import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from pipelines import configuration, publications, zip_files
from pipelines.durable_files import make_folder
from pipelines.errors import UserError, WrongUse
from pipelines.layout import Output
from pipelines.mailing import matters
from pipelines.mailing import settings as mail_settings
from pipelines.mailing.matters import Matter, NamedRound
from pipelines.mailing.message import contact_register
from pipelines.mailing.parcels import addressees, preparing
from pipelines.mailing.parcels.preparing import LockedFile, PreparedParcels
from pipelines.publications import Publication
from pipelines.publishing import worklist_files
from pipelines.warehouse import in_place


def round_of_publication(publication: Publication) -> NamedRound:
    """Return the round in which a publication's packs go out."""
    return NamedRound(publication.publication_id, f"udgivelsen {publication.publication_id}")


def round_named(text: str) -> NamedRound:
    """Return the round of the week written ``2026-W49``; raises WrongUse for anything else."""
    try:
        found = matters.round_of_week(datetime.date.fromisoformat(f"{text.strip().upper()}-1"))
    except ValueError:
        raise WrongUse("en uge skrives som 2026-W49") from None
    return found


def packs(publication: Publication) -> dict[str, LockedFile]:
    """Return every municipality's pack; raises UserError when the publication has none (any more)."""
    from reports.packing import zip_name, zipped

    folders = sorted(path for path in (publication.folder / "kommune").glob("*") if (path / "index.html").is_file())
    if not folders:
        thinned = " Den er tyndet ud." if publications.thinned_files(publication.folder) else ""
        raise UserError(f"Udgivelsen {publication.publication_id} har ingen pakker.{thinned} Intet er forberedt.")
    return {
        folder.name: LockedFile(
            f"{zip_name(folder, publication.publication_id)}.zip",
            zipped(folder, publication.publication_id, publication.as_of),
        )
        for folder in folders
    }


def worklists(output: Output, names: dict[str, str]) -> dict[str, LockedFile]:
    """Return the worklist of every unit that has something open or late, by the codes of ``addressees``."""
    # A kill leaves what it wrote where the next run clears it away.
    with TemporaryDirectory(dir=make_folder(output.work)) as scratch, in_place.open_read_only(output) as connection:
        folder = Path(scratch)
        worklist_files.export(connection, folder)
        as_of = connection.execute("select as_of from publish.pub_run").fetchall()[0][0]
        found = {}
        for unit in sorted([*folder.glob("institution/*"), *folder.glob("kommune/*")]):
            code = f"{unit.parent.name}-{unit.name}"
            name = f"arbejdsliste_{code}_{as_of.isoformat()}.zip"
            files = [
                (path.relative_to(unit).as_posix(), path.read_bytes())
                for path in sorted(one for one in unit.rglob("*") if one.is_file())
            ]
            found[code] = LockedFile(name, zip_files.zipped(files, f"{names.get(code, code)} ({code})"))
        return found


def prepare(
    output: Output,
    matter: Matter,
    name: str,
    now: datetime.datetime,
    *,
    publication: Publication | None = None,
    go_on: bool = False,
) -> PreparedParcels:
    """Prepare the packs of a publication, or this week's worklists, for approval; nothing is sent."""
    register, chosen = contact_register.read(output), mail_settings.read()
    everyone = addressees.of(matter, register, chosen)
    channel = addressees.channel(matter, chosen)
    if matter is matters.PACKS:
        if publication is None:
            raise UserError(f"Der er ingen udgivelse i {output.root}. Kør først: god-loesladelse run")
        files, of_round = packs(publication), round_of_publication(publication)
    else:
        files = worklists(output, {code: one.municipality_name for code, one in everyone.items()})
        of_round = matters.round_of_week(now.date())
    return preparing.prepare(
        matters.seen_from(output, matter),
        channel,
        everyone,
        files,
        of_round,
        register.batch_id,
        chosen,
        name,
        now,
        go_on,
    )


def prepare_worklists_for_schedule(output: Output, now: datetime.datetime) -> PreparedParcels | None:
    """Prepare the week's worklists as "system"; None when nobody has chosen to send any."""
    from pipelines.people import names

    if not configuration.settings().parcels.prepare_worklists:
        return None
    return prepare(output, matters.WORKLISTS, names.SYSTEM, now)
