"""``god-loesladelse person``: what is held about one person, for an access request.

The number is asked for at a prompt, so that it stands in no command history and no process list.
"""

from __future__ import annotations

import argparse
import getpass
from pathlib import Path

from pipelines.batches import access_request, batch_list
from pipelines.contract import contract
from pipelines.errors import UserError
from pipelines.layout import Output
from pipelines.privacy.civil_registration import read_number


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--output", metavar="MAPPE", type=Path, required=True, help="resultatmappen")
    parser.add_argument("--all", action="store_true", help="vis alle oplysninger fra hver leverance")


def execute(arguments: argparse.Namespace) -> int:
    """Ask for the number and list what is held."""
    output = Output(arguments.output.resolve())
    if not output.root.is_dir():
        raise UserError(f"Mappen {output.root} findes ikke. Angiv resultatmappen efter --output.")
    from pipelines import audit_trail
    from pipelines.locks import sole_run
    from pipelines.privacy.pseudonyms import pseudonym_key
    from pipelines.receiving import archive

    with sole_run(output):
        in_use = archive.key_in_use(output)
        key = pseudonym_key(output, may_make=False)
        if in_use is not None and key.key_id != in_use:
            raise UserError(
                "Pseudonymnøglen er en anden end den, som leverancerne er indlæst med. Læg den rigtige nøgle tilbage."
            )
        digits = read_number(getpass.getpass("Personnummer (vises ikke): ").strip().replace(" ", ""))
        if digits is None:
            raise UserError("Det indtastede er ikke et personnummer. Skriv ti cifre, med eller uden bindestreg.")
        client_key = key.client_key(digits)
        found = _print(output, client_key, everything=arguments.all)
        audit_trail.record(output, "person_lookup", batches=found)
    return 0


def _print(output: Output, client_key: str, *, everything: bool) -> list[str]:
    found: list[str] = []
    for batch in reversed(batch_list.all_batches(output)):
        if _is_gone(output, batch):
            print(f"Leverance {batch.batch_id}: udløbet, rækkerne er slettet.")
            continue
        rows = access_request.rows_of(output, client_key, batch)
        if not rows:
            print(f"Leverance {batch.batch_id}: intet.")
            continue
        counts = {file.name: sum(row.file is file for row in rows) for file in contract().files}
        told = ", ".join(f"{name} {count}" for name, count in counts.items() if count)
        print(f"Leverance {batch.batch_id} ({batch.state}): {told}.")
        if everything or not found:
            for row in rows:
                held = f", i karantæne: {contract().describe(row.reason)}" if row.reason else ""
                print(f"\n  {row.file.name} linje {row.line}{held}")
                for name, value, meaning in row.described:
                    print(f"    {name}: {value}  ({meaning})")
            print()
        found.append(batch.batch_id)
    if found:
        print("De modtagne filer, med personnummeret, ligger i arkivet for hver af disse leverancer, til de udløber.")
    return found


def _is_gone(output: Output, batch: batch_list.Batch) -> bool:
    """Whether the batch's rows have been removed."""
    from pipelines.receiving import archive

    return archive.read_paper(output, batch.batch_id, archive.EXPIRED) is not None
