"""``god-loesladelse explain CASE``: why a case has its outcomes."""

from __future__ import annotations

import argparse
from pathlib import Path

from pipelines.danish import long_date
from pipelines.layout import Output
from pipelines.rules.explain import Explainer
from pipelines.warehouse import in_place


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("case", metavar="SAG", help="sagens nummer (sags_id)")
    parser.add_argument("--rule", metavar="REGEL", help="kun denne regel, fx contact_sentence")
    parser.add_argument("--restricted", action="store_true", help="vis også fortrolige regler")
    parser.add_argument("--output", metavar="MAPPE", type=Path, required=True, help="resultatmappen")


def execute(arguments: argparse.Namespace) -> int:
    """Print the explanation of each rule; an unknown case or rule is an error."""
    with in_place.open_read_only(Output(arguments.output.resolve())) as connection:
        explanations = Explainer(connection).explain(arguments.case, arguments.rule, restricted=arguments.restricted)
        batch, as_of = connection.execute("select batch_id, as_of from raw.run").fetchall()[0]
    print(f"Sag {arguments.case}, opgjort pr. {long_date(as_of)} af leverance {batch}\n")
    print("\n\n".join(str(explanation) for explanation in explanations))
    return 0
