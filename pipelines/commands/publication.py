"""``god-loesladelse publication``: a municipality's pack as one file, and publications that are old and take room."""

from __future__ import annotations

import argparse
import re
import sys
from datetime import date
from pathlib import Path

from pipelines import publications
from pipelines.danish import number, short_date
from pipelines.errors import UserError, WrongUse
from pipelines.layout import Output


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the sub-commands."""
    commands = parser.add_subparsers(dest="step", required=True, metavar="HANDLING")
    listing = commands.add_parser("list", help="vis alle udgivelser, og hvad hver fylder på disken")
    pack = commands.add_parser("pack", help="skriv kommuners pakker som zip-filer")
    pack.add_argument("municipalities", metavar="KODE", nargs="*", help="kommunernes koder (ellers alle)")
    pack.add_argument("--publication", metavar="NAVN", help="udgivelsen (ellers den nyeste)")
    pack.add_argument("--to", metavar="MAPPE", type=Path, required=True, help="mappen, som filerne skrives i")
    thin = commands.add_parser(
        "thin", help="slet sider og filer i gamle udgivelser; tal, bevis og kontrolsummer bliver"
    )
    thin.add_argument(
        "--older-than",
        metavar="GRÆNSE",
        required=True,
        help="antal måneder før den nyeste udgivelses dag, fx 24, eller en dag, fx 2024-12-31",
    )
    thin.add_argument("--dry-run", action="store_true", help="vis kun, hvad der ville ske")
    again = commands.add_parser("again", help="lav en udgivelses sider og filer igen, til mindste byte")
    again.add_argument("publication", metavar="NAVN", help="udgivelsens navn, fx 2024-12-31")
    again.add_argument("--to", metavar="MAPPE", type=Path, required=True, help="en tom mappe, som filerne skrives i")
    for command in (listing, pack, thin, again):
        command.add_argument("--output", metavar="MAPPE", type=Path, required=True, help="resultatmappen")


def execute(arguments: argparse.Namespace) -> int:
    """Do what was asked for."""
    output = Output(arguments.output.resolve())
    if publications.current(output) is None:
        raise UserError(f"Der er ingen udgivelse i {output.root}. Angiv resultatmappen efter --output.")
    if arguments.step == "list":
        return _list(output)
    if arguments.step == "pack":
        return _pack(output, arguments.municipalities, arguments.publication, arguments.to)
    if arguments.step == "thin":
        return _thin(output, arguments.older_than, dry_run=arguments.dry_run)
    return _again(output, arguments.publication, arguments.to)


def _list(output: Output) -> int:
    from pipelines.equal_files import own_size

    before: list[Path] = []
    print(f"{'Udgivelse':<16}{'Opgjort pr.':<14}{'Leverance':<16}{'Fylder':>11}  Stand")
    for one in publications.all_publications(output):
        megabytes = number(own_size(one.folder, before) / 1_000_000, 1)
        thinned = "tyndet ud" if publications.thinned_files(one.folder) else "hel"
        state = thinned + (", den nyeste" if one == publications.current(output) else "")
        batch = one.description["batch_id"]
        print(f"{one.publication_id:<16}{short_date(one.as_of):<14}{batch:<16}{megabytes:>8} MB  {state}")
        before.append(one.folder)
    return 0


def _find(output: Output, name: str | None) -> publications.Publication:
    found = publications.named(output, name)
    if found is None:
        raise UserError(f"Der er ingen udgivelse {name}. Se dem med 'god-loesladelse publication list'.")
    return found


def _pack(output: Output, codes: list[str], name: str | None, target: Path) -> int:
    from reports.packing import zip_name, zipped

    publication = _find(output, name)
    packs = publication.folder / "kommune"
    wanted = codes or sorted(path.name for path in packs.glob("*") if path.is_dir())
    missing = [code for code in wanted if not re.fullmatch(r"\w+", code) or not (packs / code / "index.html").is_file()]
    if missing or not wanted:
        what = ", ".join(missing) or "nogen kommune"
        thinned = " Den er tyndet ud." if publications.thinned_files(publication.folder) else ""
        raise UserError(
            f"Udgivelsen {publication.publication_id} har ingen pakke til {what}.{thinned} Intet er skrevet."
        )
    target.mkdir(parents=True, exist_ok=True, mode=0o700)
    for code in wanted:
        folder = packs / code
        content = zipped(folder, publication.publication_id, publication.as_of)
        file = target / f"{zip_name(folder, publication.publication_id)}.zip"
        file.touch(mode=0o600)
        file.write_bytes(content)
        print(file)
    return 0


def _limit(output: Output, text: str) -> date:
    """Return the day before which publications are old."""
    from pipelines.publishing import thinning

    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise WrongUse(f"--older-than {text} er ingen dag. Skriv den som 2024-12-31.") from None
    if not re.fullmatch(r"\d{1,3}", text):
        raise WrongUse("--older-than er et antal måneder, fx 24, eller en dag, fx 2024-12-31.")
    newest = max(one.as_of for one in publications.all_publications(output))
    return thinning.months_before(newest, int(text))


def _thin(output: Output, older_than: str, *, dry_run: bool) -> int:
    from pipelines.locks import sole_run
    from pipelines.publishing import thinning

    before = _limit(output, older_than)
    with sole_run(output):
        done = thinning.thin(output, before, dry_run=True) if dry_run else thinning.thin_and_record(output, before)
    if not done.publications:
        print(f"Ingen udgivelse om en dag før {short_date(before)} har sider eller filer at slette.")
        return 0
    for one in done.publications:
        print(f"{one.publication_id}, opgjort pr. {short_date(one.as_of)}: {'tyndes ud' if dry_run else 'tyndet ud'}")
    told = "vil blive slettet. Gentag uden --dry-run for at slette" if dry_run else "er slettet"
    print(
        f"{number(done.files)} sider og filer ({number(done.size / 1_000_000, 1)} MB) {told}. Tal, bevis og "
        "kontrolsummer bliver, og siderne kan laves igen med 'god-loesladelse publication again'."
    )
    return 0


def _again(output: Output, name: str, target: Path) -> int:
    from dataclasses import replace

    from pipelines.batches import batch_list
    from pipelines.locks import sole_run
    from pipelines.progress import Progress
    from pipelines.publishing import again
    from pipelines.runs import output_state
    from pipelines.runs.main_job import Request, inputs_of

    publication = _find(output, name)
    if target.exists() and any(target.iterdir()):
        raise UserError(f"Mappen {target} er ikke tom. Angiv en tom mappe efter --to.")
    target.mkdir(parents=True, exist_ok=True, mode=0o700)
    with sole_run(output):
        state = output_state.read(output)
        before = [one for one in state.publications if one.number < publication.number]
        request = Request(output, as_of=publication.as_of, batch_id=publication.description["batch_id"])
        candidates = (
            inputs_of(request, replace(state, batches=batches, publications=before))
            for batches in batch_list.earlier_lists(output)
            if any(one.batch_id == request.batch_id and one.is_usable for one in batches)
        )
        inputs = again.grounds_of(output, publication, candidates)
        done = again.make_again(output, publication, inputs, target, Progress())
    for line in done.differing:
        print(line, file=sys.stderr)
    if done.differing:
        print(
            f"{number(len(done.differing))} filer er ikke som udgivet. Er indstillingerne (udgaver, formater, grænser) "
            "de samme som dengang?",
            file=sys.stderr,
        )
        return 1
    print(f"{number(done.files)} filer er lavet igen i {target}; alle er som udgivet, til mindste byte.")
    return 0
