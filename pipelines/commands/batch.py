"""``god-loesladelse batch``: the batches received, withdrawing one, and removing what is past its time."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path

from pipelines.batches import batch_list
from pipelines.danish import number, short_date
from pipelines.errors import UserError
from pipelines.layout import Output


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the sub-commands."""
    commands = parser.add_subparsers(dest="step", required=True, metavar="HANDLING")
    listing = commands.add_parser("list", help="vis alle leverancer med tilstand, rækker og kvalitet")
    listing.add_argument("--files", action="store_true", help="vis også hver fil med fejl og advarsler")
    withdraw = commands.add_parser("withdraw", help="træk en leverance tilbage; den mærkes og slettes ikke")
    withdraw.add_argument("batch_id", metavar="LEVERANCE", help="leverancens nummer, fx 2026-09-30")
    withdraw.add_argument("--reason", metavar="TEKST", required=True, help="begrundelsen, uden personoplysninger")
    expire = commands.add_parser("expire", help="slet modtagne bytes, når fristen er gået (viser først)")
    expire.add_argument("--months", metavar="ANTAL", type=int, help="fristen i måneder (ellers konfigurationens)")
    expire.add_argument("--delete", action="store_true", help="slet virkelig")
    returns = commands.add_parser("returns", help="skriv rækker i karantæne til afsenderen, personlige værdier skjult")
    returns.add_argument("batch_id", metavar="LEVERANCE", help="leverancens nummer, fx 2026-09-30")
    returns.add_argument("--to", metavar="MAPPE", type=Path, required=True, help="mappen, som filerne skrives i")
    for command in (listing, withdraw, expire, returns):
        command.add_argument("--output", metavar="MAPPE", type=Path, required=True, help="resultatmappen")


def execute(arguments: argparse.Namespace) -> int:
    """Do what was asked for."""
    output = Output(arguments.output.resolve())
    if not output.root.is_dir():
        raise UserError(f"Mappen {output.root} findes ikke. Angiv resultatmappen efter --output.")
    if arguments.step == "list":
        return _list(output, with_files=arguments.files)
    from pipelines.locks import sole_run

    with sole_run(output):
        if arguments.step == "withdraw":
            return _withdraw(output, arguments.batch_id, arguments.reason)
        if arguments.step == "returns":
            return _returns(output, arguments.batch_id, arguments.to)
        return _expire(output, arguments.months, delete=arguments.delete)


def _list(output: Output, *, with_files: bool) -> int:
    everything = batch_list.all_batches(output)
    if not everything:
        print(f"Der er ingen leverancer i {output.root}.")
        return 0
    print(
        f"{'Leverance':<14}{'Tilstand':<17}{'Modtaget':<12}"
        f"{'Rækker':>10}{'Indlæst':>10}{'Karantæne':>11}{'Advarsler':>11}"
    )
    for batch in everything:
        files = batch.receipt["files"]
        rows, loaded, held = (sum(file[name] for file in files) for name in ("rows", "loaded", "quarantined"))
        warned = sum(sum(file["warnings"].values()) for file in files)
        print(
            f"{batch.batch_id:<14}{batch.state:<17}{short_date(batch.received_at.date()):<12}"
            f"{number(rows):>10}{number(loaded):>10}{number(held):>11}{number(warned):>11}"
        )
        if with_files:
            for file in files:
                faults = {**file["quarantine"], **file["warnings"]}
                told = ", ".join(f"{reason} {number(count)}" for reason, count in faults.items())
                print(f"  {file['file']:<26}{number(file['loaded']):>23} af {number(file['rows'])}  {told}".rstrip())
    return 0


def _withdraw(output: Output, batch_id: str, reason: str) -> int:
    from pipelines.batches import retention

    retention.withdraw(output, batch_id, reason)
    print(f"Leverancen {batch_id} er trukket tilbage. Kør 'god-loesladelse run' for at regne uden den.")
    return 0


def _expire(output: Output, months: int | None, *, delete: bool) -> int:
    from pipelines.batches import retention

    today = datetime.now(UTC).astimezone().date()
    expiry = retention.expire(output, today, months=months, dry_run=not delete)
    if expiry.kept_as_newest is not None:
        kept = expiry.kept_as_newest.batch_id
        print(f"{kept} er over fristen, men beholdes, da den er den nyeste, der kan regnes på.")
    if not expiry.batches and not expiry.objects:
        print("Intet er over fristen.")
        return 0
    for batch in expiry.batches:
        print(
            f"{batch.batch_id}, modtaget {short_date(batch.received_at.date())}: {'udløbet' if delete else 'udløber'}"
        )
    megabytes = number(expiry.size / 1_000_000, 1)
    done = "er slettet" if delete else "vil blive slettet. Gentag med --delete for at slette"
    print(f"{number(len(expiry.objects))} filer i arkivet ({megabytes} MB) {done}.")
    return 0


def _returns(output: Output, batch_id: str, folder: Path) -> int:
    from pipelines.batches import returns

    written = returns.write(output, batch_id, folder)
    if not written:
        print(f"Leverancen {batch_id} har ingen rækker i karantæne.")
    for file in written:
        print(file)
    return 0
