"""Whether a publication's proof adds up, with nothing but what lies in its folder and in those beside it.

Belongs here: which folders are read, and what is said when they are not all there. Does not belong here: the adding up
itself (``disclosure.certificate``), sums of files (``publications``).
"""

from __future__ import annotations

from dataclasses import dataclass

from pipelines import publications
from pipelines.danish import number
from pipelines.disclosure import certificate, guard, storage
from pipelines.disclosure.model import LOWEST_THRESHOLD, Certificate, FormerPrinted, Printed
from pipelines.publications import Publication
from pipelines.publishing.grounds import GROUNDS

#: What ``release.json`` calls the disclosure audit; a publication without a shared edition has none.
_AUDIT = "disclosure_audit"


@dataclass(frozen=True)
class ProofCheck:
    """What checking a proof came to, in Danish.

    ``faults``  what is wrong, one line each; empty when the proof adds up, or cannot be said not to.
    ``told``    the sentence that says what was proved, or why there was nothing to check, or what may be missing.
    """

    faults: tuple[str, ...]
    told: str


def check(publication: Publication) -> ProofCheck:
    """Add up the proof of a publication, whole or thinned, together with what the publications before it printed.

    Raises UserError when a file of it, or of one before it, is damaged or written by a later version of the program.
    """
    try:
        printed, proof = guard.find(publication.folder / GROUNDS), guard.find_certificate(publication.folder / GROUNDS)
    except storage.WrittenByFormerDesign:
        return ProofCheck((), _only_by_its_own_version(publication))
    if isinstance(printed, FormerPrinted):
        return ProofCheck((), _only_by_its_own_version(publication))
    if printed is None or proof is None:
        return ProofCheck((), _why_there_is_none(publication))
    return _add_up(publication, printed, proof)


def _only_by_its_own_version(publication: Publication) -> str:
    version = publication.description.get("code_version", "ukendt")
    return (
        "Beviset er ikke efterregnet: det er skrevet efter den tidligere metode og kan kun efterregnes af den "
        f"version af programmet, der skrev det ({version})."
    )


def _why_there_is_none(publication: Publication) -> str:
    if _AUDIT not in publication.description:
        return "Udgivelsen har ingen delt udgave og derfor intet bevis for skjulte tal."
    return (
        f"Beviset er ikke efterregnet: {GROUNDS.as_posix()}/ er ikke helt med i mappen. Det ligger i udgivelsen hos "
        "Direktoratet."
    )


def _add_up(publication: Publication, printed: Printed, proof: Certificate) -> ProofCheck:
    wrong = _about_the_threshold(publication, proof)
    earlier: list[Printed] = []
    former = 0
    before = publications.earlier_than(publication)
    gone = {*range(1, publication.number)} - {one.number for one in before}
    first_year = min((quarter[:4] for _municipality, quarter in printed.problem.parents), default="")
    for one in before:
        if str(one.as_of.year) < first_year:
            continue  # it is about earlier quarters, which no figure here adds up
        found = guard.find(one.folder / GROUNDS)
        if isinstance(found, Printed):
            earlier.append(found)
        elif found is not None:
            former += 1
        elif _AUDIT in one.description:
            gone.add(one.number)
    missing = ", ".join(map(str, sorted(gone)))
    # A proof leaves to those before it what they proved: without them it need not add up.
    faults = _faults(proof, printed, earlier)
    if faults and gone:
        return ProofCheck(
            wrong,
            f"Beviset er ikke efterregnet: det går ikke op for sig, men grundlaget for udgivelse nr. {missing} ligger "
            "ikke ved siden af og kan høre med. Læg alle udgivelser i samme mappe, og prøv igen.",
        )
    if faults and former:
        return ProofCheck(
            wrong,
            f"Beviset er ikke efterregnet: {_publications(former)} viser tal efter den tidligere metode, og hvad der "
            "blev givet væk dengang, kan beviset ikke tale om.",
        )
    if faults or wrong:
        return ProofCheck((*wrong, *faults), f"Beviset går ikke op: {number(len(wrong) + len(faults))} fejl.")
    without = f" Udgivelse nr. {missing} ligger ikke ved siden af og er ikke regnet med." if gone else ""
    if former:
        without += f" Tal efter den tidligere metode ({_publications(former)}) er ikke regnet med."
    return ProofCheck((), _what_is_proved(proof, len(earlier)) + without)


def _publications(count: int) -> str:
    return f"{number(count)} {'tidligere udgivelse' if count == 1 else 'tidligere udgivelser'}"


def _about_the_threshold(publication: Publication, proof: Certificate) -> tuple[str, ...]:
    """A proof for a lower threshold would be easier, and prove less than the mark says."""
    audit = publication.description.get(_AUDIT)
    wanted = audit.get("threshold", proof.threshold) if isinstance(audit, dict) else proof.threshold
    if proof.threshold == wanted and proof.threshold >= LOWEST_THRESHOLD:
        return ()
    return (
        f"beviset er for grænsen {proof.threshold}, og udgivelsen er lavet med {wanted} (mindst {LOWEST_THRESHOLD})",
    )


def _faults(proof: Certificate, printed: Printed, earlier: list[Printed]) -> list[str]:
    try:
        return certificate.verify(proof, printed.published, printed.problem, earlier)
    except KeyError:
        return [f"{GROUNDS.as_posix()}/{guard.PRINTED} nævner en regel eller en enhed, der ikke er talt"]


def _what_is_proved(proof: Certificate, earlier: int) -> str:
    together = f", regnet sammen med {number(earlier)} tidligere" if earlier else ""
    if not proof.claims:
        return f"Beviset går op: ingen nye tal skal være skjult{together}."
    figures = "1 skjult tal" if len(proof.claims) == 1 else f"{number(len(proof.claims))} skjulte tal"
    return (
        f"Beviset går op: {figures} kan være alt fra 0 til {proof.threshold - 1}, og {number(len(proof.tables))} "
        f"tabeller viser det{together}."
    )
