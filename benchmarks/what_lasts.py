"""What is asked of an output folder after years: does every publication still verify, explain, recompute, and hide?

Belongs here: the questions and their answers as lines. Does not belong here: making the folder (``five_years``).
"""

from __future__ import annotations

import datetime
import random
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path

import duckdb

from benchmarks.installation import Installation
from pipelines import publications
from pipelines.disclosure import guard
from pipelines.disclosure.model import HIDDEN, Key, Printed, Problem, Value
from pipelines.layout import Output
from pipelines.publications import Publication
from pipelines.publishing.grounds import FIGURES, GROUNDS
from pipelines.rules.explain import Explainer
from pipelines.vocabulary import STATUSES
from pipelines.warehouse import rule_models
from tests.unit.disclosure.attacker import Attacker
from tests.unit.disclosure.published.attack import Said, read_publication, said
from tests.unit.disclosure.published.said import Reading

COUNTS = ("due", "met", "late", "missed", "own_due", "own_met")
FIGURE = ("level", "unit_code", "period_type", "period", "rule_id")


def everything(here: Installation, recomputed: int, attacked: int) -> Iterator[str]:
    """Yield one line for each question, as soon as it is answered."""
    output = Output(here.output)
    yield verified(here, output)
    yield explained(output)
    yield from revised(output)
    yield from attack(output, attacked)
    yield from recompute(here, output, recomputed)


def verified(here: Installation, output: Output) -> str:
    """Return how many publications still verify, and of how many the proof still adds up, by the command itself."""
    folders = [one.folder for one in publications.all_publications(output)]
    now = datetime.datetime.now(datetime.UTC)
    found = [here.run("verify", folder, on=now, may_fail=True).said for folder in folders]
    good = sum("alle kontrolsummer stemmer" in said for said in found)
    proved = sum("Beviset går op: " in said for said in found)
    return f"publications that verify: {good} of {len(folders)}; of {proved} the proof adds up"


def explained(output: Output) -> str:
    """Return how many figures of quarters are what the explanations of their cases add up to: every one is tried."""
    told: dict[tuple[str, str], str] = {}
    poor = 0
    with duckdb.connect(str(output.warehouse), read_only=True) as connection:
        explainer = Explainer(connection)
        for rule_id, kind in rule_models.kinds().items():
            for case_id, explanation in explainer.explain_all(rule_id) if kind == "case" else ():
                told[rule_id, case_id] = explanation.status
                is_whole = STATUSES[explanation.status] in explanation.heading and "Kilde: " in explanation.paragraph
                poor += not is_whole
        counted = connection.execute(
            "select rule_id, case_id, municipality_code, strftime(deadline, '%Y-Q') || quarter(deadline) "
            "from marts.fct_rule_outcome where deadline < as_of"
        ).fetchall()
        figures = connection.execute(
            "select level, unit_code, period, rule_id, due, met, late, missed from marts.fct_compliance "
            "where period_type = 'quarter' and level in ('national', 'municipality') "
            "and rule_id in (select rule_id from marts.fct_rule_outcome)"
        ).fetchall()
    sums: Counter[tuple[str, ...]] = Counter()
    for rule_id, case_id, municipality, quarter in counted:
        status = told[rule_id, case_id]
        for unit in (("national", "DK"), ("municipality", municipality)):
            sums[*unit, quarter, rule_id, status] += 1
    good = 0
    for level, unit, period, rule_id, due, *parts in figures:
        found = [sums[level, unit, period, rule_id, status] for status in ("met", "late", "missed")]
        good += found == parts and sum(found) == due
    return (
        f"figures of quarters that the explanations of their cases add up to: {good} of {len(figures)} "
        f"({len(told)} outcomes explained, {poor} without outcome or source)"
    )


def revised(output: Output) -> Iterator[str]:
    """Yield how many changed figures the revision table names a cause for, found by comparing the publications.

    The table is about the quarters that are told now; of older ones publications of then told it, which is not asked.
    """
    known = publications.all_publications(output)
    folders = [one.folder / GROUNDS / FIGURES for one in known]
    causes: Counter[str] = Counter()
    counts = " or ".join(f"later.{name} is distinct from earlier.{name}" for name in COUNTS)
    with duckdb.connect(str(output.warehouse), read_only=True) as connection:
        for one, other in pairwise(folders):
            found = connection.execute(
                f"""
                with changed as (
                    select later.publication_id, earlier.publication_id as earlier_id, later.level, later.unit_code,
                        later.period, later.rule_id
                    from read_parquet(?) as earlier inner join read_parquet(?) as later using ({", ".join(FIGURE)})
                    where later.period_type = 'quarter' and ({counts})
                )
                select
                    case when changed.period not in (select period from read_parquet(?)) then 'no longer told'
                    else coalesce(revision.cause, 'none') end,
                    count(*)
                from changed left join marts.fct_revision as revision on
                    coalesce(revision.changed_in_publication_id, ?) = changed.publication_id
                    and revision.changed_after_publication_id = changed.earlier_id
                    and revision.level = changed.level and revision.unit_code = changed.unit_code
                    and revision.period = changed.period and revision.rule_id = changed.rule_id
                group by all
                """,
                [str(one), str(other), str(folders[-1]), known[-1].publication_id],
            ).fetchall()
            causes.update(dict(found))
    old = causes.pop("no longer told", 0)
    changed, named = causes.total(), causes.total() - causes["none"]
    listed = ", ".join(f"{cause} {count}" for cause, count in causes.most_common() if cause != "none")
    yield f"figures changed from one publication to the next that have a cause: {named} of {changed} ({listed})"
    if old:
        yield f"changed figures of quarters that are no longer told, not asked here: {old}"


def recompute(here: Installation, output: Output, most: int) -> Iterator[str]:
    """Build old days anew, the oldest first, and compare every figure with what was published then."""
    known = publications.all_publications(output)
    chosen = [known[number * (len(known) - 1) // max(most - 1, 1)] for number in range(most)] if most else []
    same = 0
    chosen = chosen if most < len(known) else known
    landing = here.output.parent / "empty"
    landing.mkdir(exist_ok=True)
    for one in chosen:
        line = _recomputed(here, output, one, landing)
        same += line == ""
        if line:
            yield f"  {one.publication_id}: {line}"
    yield f"old days that recompute to what was published then: {same} of {len(chosen)} tried"


def _recomputed(here: Installation, output: Output, one: Publication, landing: Path) -> str:
    """Return what differs, told with the program's version where that is another; empty when nothing does."""
    day, batch = one.as_of, one.description["batch_id"]
    words = ("run", "--landing", landing, "--as-of", day, "--batch", batch, "--output", output.root)
    done = here.run(*words, on=datetime.datetime.now(datetime.UTC), may_fail=True)
    names = ", ".join((*FIGURE, *COUNTS))
    with duckdb.connect(str(output.warehouse), read_only=True) as connection:
        now, version = connection.execute("select batch_id, code_version from raw.run").fetchall()[0]
        if now != batch:
            return "not built: " + " ".join(done.said.split())[-160:]
        published = f"select {names} from read_parquet('{one.folder / GROUNDS / FIGURES}')"
        built = f"select {names} from publish.pub_figures"
        ((differing,),) = connection.execute(
            f"select count(*) from (({published} except {built}) union all ({built} except {published}))"
        ).fetchall()
    told = "" if version == one.description["code_version"] else f" (made by {one.description['code_version']})"
    return f"{differing} rows of figures differ{told}" if differing else ""


@cache
def read_once(edition: Path) -> Reading:
    """Return what the pages and data of a shared edition say; the same in documents and workbooks is read elsewhere.

    ``benchmarks/whole_runs/test_attack_on_a_publication.py`` reads those, which takes longer than all of a quarter.
    """
    return read_publication(edition, leave_out=(".pdf", ".xlsx"))


def said_in(known: Iterable[Publication]) -> Iterator[tuple[Problem, Said, Reading]]:
    """Yield what the files of shared editions say of the figures that were new, and all that was read of each.

    Publications without such a design are passed over.
    """
    earlier: dict[Key, Value] = {}
    for publication in known:
        grounds = guard.find(publication.folder / GROUNDS)
        if isinstance(grounds, Printed):
            reading = read_once(publication.folder / "delt")
            told = said(reading.figures, grounds.published, earlier)
            earlier |= told.printed
            yield grounds.problem, told, reading


def attack(output: Output, most: int) -> Iterator[str]:
    """Attack the files of all publications jointly, as an outsider, as municipalities, and as some in league."""
    read = list(said_in(publications.all_publications(output)))
    editions = [(problem, told.printed) for problem, told, _reading in read]
    shown = sum(value is not HIDDEN for _problem, printed in editions for value in printed.values())
    leaks = sum(len(told.leaks) + len(told.beside) for _problem, told, _reading in read)
    unknown = sum(len(reading.not_understood) for _problem, _told, reading in read)
    yield (
        f"figures read from the files of {len(editions)} publications: {shown} shown, {leaks} of them where another "
        f"file hides them or as a share of what is hidden; numbers not understood: {unknown}"
    )
    if not editions:
        return
    chance = random.Random(1)
    families = sorted(set.union(*(set(problem.families) for problem, _printed in editions)))
    tried, exposed = Counter[str](), Counter[str]()
    for name in families:
        of_it = [(problem, told) for problem, told, _reading in read if name in problem.families]
        beside = [told.beside for _problem, told in of_it]
        attacker = Attacker([(problem, told.printed) for problem, told in of_it], name, beside=beside)
        hidden = [(key, row) for row, key in {tuple(row): key for key, row in attacker.protected()}.items()]
        for key, row in chance.sample(hidden, min(len(hidden), -(-most // len(families)))):
            for kind, readers in _readers(attacker, key, row, chance):
                tried[kind] += 1
                exposed[kind] += attacker.placed(row, *readers) is not None
    for kind, count in tried.items():
        yield f"  hidden figures below [0, threshold - 1] for {kind}: {exposed[kind]} of {count} tried"


def _readers(
    attacker: Attacker, key: Key, row: Sequence[int], chance: random.Random
) -> Iterator[tuple[str, Sequence[str]]]:
    """Yield who may try: those who know the most are of the same region, and hidden for the same year themselves."""
    owners = {attacker.owner[place] for place in row}
    homes: dict[str, set[tuple[str, str]]] = {}
    hidden: set[str] = set()
    for problem, printed in attacker.editions:
        for (municipality, _quarter), units in problem.parents.items():
            homes.setdefault(municipality, set()).update(unit for unit in units if unit[0] == "region")
        hidden |= {
            one.unit
            for one, value in printed.items()
            if value is HIDDEN and (one.level, one.period) == ("municipality", key.period) and one.rule == key.rule
        }
    regions = set.union(*(homes[owner] for owner in owners))
    near = [one for one in sorted(homes) if one and one not in owners and homes[one] & regions]
    partners = [one for one in near if one in hidden]
    yield "an outsider", ()
    for count, name in ((1, "a municipality"), (2, "two municipalities in league"), (3, "three in league")):
        pool = partners if len(partners) >= count else near
        if len(pool) >= count:
            yield name, chance.sample(pool, count)
