"""Restored, emptied and lost records of the mailing, with kills in between: second messages, and accidents not told.

Run with: python -m benchmarks.mail_restores [--histories 300] [--seed 1]

One history is an outbox of a few municipalities, approved, and then ten random steps: sending with a server that
misbehaves, sending that is killed at a random step, a backup, a backup put back over some of the places (ledger,
journal, outbox, audit trail; never over all of them before a person has settled, for then nothing is left that
knows), a place lost or emptied, preparing and approving again, and a person who settles. Counted are messages that a
municipality got twice, and accidents after which the ledger had forgotten a message that the server has while nobody
was told. Both must be 0.
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import os
import random
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pipelines.errors import UserError
from pipelines.layout import Output
from pipelines.mailing.message import identity
from pipelines.mailing.record import agreement, ledger
from tests.mailing import kills, restores, stage
from tests.mailing.mail_server import FAULTS, Mailbox, MailServer

STEPS = 10


@dataclass(frozen=True)
class Result:
    """What one history showed."""

    accidents: int
    told: int
    untold: int
    second_messages: int
    messages: int


@contextlib.contextmanager
def messages_read_once() -> Iterator[None]:
    """Keep what each message says of itself, since the same few are looked at again and again."""
    read = identity.read
    identity.read = functools.cache(read)
    try:
        yield
    finally:
        identity.read = read


@contextlib.contextmanager
def campaign(folder: Path, municipalities: int) -> Iterator[Callable[[random.Random], Result]]:
    """Give a function that plays one history; the approved outbox that each begins with is made once."""
    towns = dict(list(stage.MUNICIPALITIES.items())[:municipalities])
    made = Output(folder / "made")
    stage.prepare(made, stage.a_register(towns))
    stage.approve(made)
    numbers = iter(range(10**9))
    yield lambda chance: _history(chance, stage.copied(made.root, folder / f"history-{next(numbers)}"), towns)


def _history(chance: random.Random, output: Output, towns: dict[str, str]) -> Result:
    known, mailbox = stage.a_register(towns), Mailbox()
    backups = [restores.save(output, output.root.with_name(f"{output.root.name}-backup-0"))]
    accidents = told = untold = 0
    harmed: set[str] = set()
    for number in range(1, STEPS + 1):
        step = chance.choice(("send", "send", "kill", "back up", "put back", "lose", "empty", "prepare", "settle"))
        # At least one place is left whole until a person settles: where nothing knows, nobody can be told.
        whole = sorted(restores.PLACES.keys() - harmed)
        places = chance.sample(whole, chance.randint(1, max(1, len(whole) - 1)))
        if step in ("send", "kill"):
            faults = ["", *chance.choices(("", *FAULTS), k=len(towns))]
            with MailServer(faults, mailbox=mailbox) as server:
                chosen = stage.through(server, attempts=2)
                send = functools.partial(stage.send, output, chosen, known)
                if step == "kill":
                    kills.in_child(send, chance.randint(0, 60))
                else:
                    with contextlib.suppress(UserError):
                        send()
        elif step == "back up":
            backups.append(restores.save(output, output.root.with_name(f"{output.root.name}-backup-{number}")))
        elif step == "prepare":
            with contextlib.suppress(UserError):
                stage.prepare(output, known)
                stage.approve(output)
        elif step == "settle":
            with contextlib.suppress(UserError):
                agreement.settle(output, "Dan", "prøve", stage.NOW)
                harmed = set()
        elif len(whole) > 1:
            if step == "put back":
                restores.put_back(output, chance.choice(backups), places)
            elif step == "lose":
                restores.lose(output, places)
            else:
                restores.empty(output, places)
            accidents += 1
            harmed |= set(places)
            was_told = _is_told(output)
            told += was_told
            untold += not was_told and _is_forgotten(output, towns, mailbox)
    counts = Counter(address for address in mailbox.addresses() if address != stage.TEST_ADDRESS)
    second = sum(count - 1 for count in counts.values())
    return Result(accidents, told, untold, second, sum(counts.values()))


def _is_told(output: Output) -> bool:
    with ledger.opened(output) as book:
        try:
            agreement.check(output, book)
        except agreement.Disagreement:
            return True
    return False


def _is_forgotten(output: Output, towns: dict[str, str], mailbox: Mailbox) -> bool:
    """Whether the server has a message that the ledger, believed, would let be sent again."""
    with ledger.opened(output) as book:
        handed_over = {row.recipient for row in book.messages(stage.QUARTER.code) if row.state in ledger.HANDED_OVER}
    got = {address for address in mailbox.addresses() if address != stage.TEST_ADDRESS}
    return bool(got - handed_over)


def main() -> int:
    """Print the figures; returns 1 when a message came twice or an accident was not told."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--histories", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    os.fsync = lambda descriptor: None  # type: ignore[assignment] # what is tried are kills, not power cuts
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder, messages_read_once(), campaign(Path(folder), 4) as history:
        results = [history(random.Random(chosen.seed * 1_000_000 + number)) for number in range(chosen.histories)]
    print(f"{len(results)} histories of {STEPS} steps in {time.perf_counter() - started:.0f} s, seed {chosen.seed}")
    for name in Result.__dataclass_fields__:
        print(f"{name}: {sum(getattr(result, name) for result in results)}")
    return 1 if any(result.second_messages or result.untold for result in results) else 0


if __name__ == "__main__":
    raise SystemExit(main())
