"""100,000 mixed-up pairings of messages, files, ledger rows and addresses: how many would be sent wrong?

Run with: python -m benchmarks.mail_pairings [--pairings 100000] [--seed 1]

One pairing is one municipality's place in an outbox of all 98 whose parts have been mixed up by random permutations
(``tests/mailing/pairings.py``). A wrong send is a pairing that every check lets through although the bytes belong to
another municipality than the address; the number must be 0. The messages are real ones; since the same 98 are looked
at again and again, what each says of itself is read from its bytes once.
"""

from __future__ import annotations

import argparse
import functools
import random
import tempfile
import time
from collections import Counter
from pathlib import Path

from pipelines.layout import Output
from pipelines.mailing.message import identity
from pipelines.mailing.message.contact_register import all_municipalities
from pipelines.mailing.record import outbox
from tests.mailing import pairings, stage


def main() -> int:
    """Print the figures; returns 1 when a single pairing would have been sent wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairings", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    register = stage.a_register(all_municipalities())
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        prepared = stage.prepare(Output(Path(folder)), register)
        print(f"prepared {len(prepared.outbox.entries)} messages in {time.perf_counter() - started:.1f} s")
        contents = {
            one.municipality_code: outbox.content(Output(Path(folder)), stage.QUARTER, one)
            for one in prepared.outbox.entries
        }
    known = pairings.truth(register, stage.some_settings(), contents)
    started = time.perf_counter()
    for content in contents.values():
        identity.read(content)
    print(f"one message opened and read back in {(time.perf_counter() - started) / len(contents) * 1000:.1f} ms")
    identity.read = functools.cache(identity.read)

    generator = random.Random(chosen.seed)
    tried, gone, wrong = 0, 0, 0
    kinds: Counter[int] = Counter()
    started = time.perf_counter()
    while tried < chosen.pairings:
        orders = _mixed_up(generator, len(known.codes))
        sent = pairings.sent(known, orders)
        kinds[len(orders)] += len(known.codes)
        tried += len(known.codes)
        gone += len(sent)
        wrong += sum(owner != addressee for owner, addressee in sent)
    print(f"{tried} pairings in {time.perf_counter() - started:.0f} s, seed {chosen.seed}")
    print("things mixed up at once: " + ", ".join(f"{number}: {count}" for number, count in sorted(kinds.items())))
    print(f"let through because everything agreed: {gone}; wrong sends: {wrong}")
    return 1 if wrong else 0


def _mixed_up(generator: random.Random, count: int) -> dict[str, list[int]]:
    """Return permutations of some of the parts; often the same for several, and often of a few places only."""
    shared = _permutation(generator, count)
    return {
        what: shared if generator.random() < 0.5 else _permutation(generator, count)
        for what in generator.sample(pairings.MIXED, generator.randint(1, len(pairings.MIXED)))
    }


def _permutation(generator: random.Random, count: int) -> list[int]:
    order = list(range(count))
    if generator.random() < 0.5:
        generator.shuffle(order)
    else:
        one, other = generator.sample(range(count), 2)
        order[one], order[other] = other, one
    return order


if __name__ == "__main__":
    raise SystemExit(main())
