"""The main job's stages as plain functions of one request: receive, build, publish.

Belongs here: what a run does and in which order, what counts as "nothing new". Does not belong here: Dagster
(``pipelines.orchestration`` calls these stages) and the command line.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from pipelines import audit_trail, publications
from pipelines.batches import batch_list, batch_rows, clearance, intake
from pipelines.code_version import code_version
from pipelines.configuration import settings
from pipelines.contract import contract
from pipelines.errors import UserError
from pipelines.layout import Output
from pipelines.locks import is_at_rest, sole_run
from pipelines.progress import Progress
from pipelines.publishing.grounds import FIGURES, GROUNDS
from pipelines.runs import delivery_checks, settling
from pipelines.warehouse import build, in_place
from pipelines.warehouse.build import Inputs


@dataclass(frozen=True)
class Request:
    """What the user asked for."""

    output: Output
    landing: Path | None = None
    as_of: date | None = None
    batch_id: str | None = None
    publish_earlier: bool = False
    allow_older: bool = False
    accept_new_key: bool = False
    clear_landing: bool = False
    parameter_overrides: Sequence[tuple[str, str, str]] = ()


@dataclass
class Run:
    """One run under way: its request, its progress, and what the stages have found so far."""

    request: Request
    progress: Progress
    received: intake.ReceiveResult | None = None
    inputs: Inputs | None = None
    publication: publications.Publication | None = None
    problem: UserError | None = None
    judge: delivery_checks.Judge | None = None
    nodes: list[Any] = field(default_factory=list)

    @property
    def output(self) -> Output:
        """The output folder."""
        return self.request.output

    # ---- stage 1: deliveries ---------------------------------------------------------------------------------------

    def receive(self) -> intake.ReceiveResult:
        """Receive every delivery not yet loaded, refuse what does not fit, and choose the batch to assess."""
        request = self.request
        if request.landing is None:
            self.received = intake.ReceiveResult()
        else:
            self.progress.stage("Modtager leverancer")
            clearance.finish_clearing(request.landing, self.output)
            self.received = intake.receive(
                request.landing,
                self.output,
                allow_older=request.allow_older,
                accept_new_key=request.accept_new_key,
                progress=self.progress.step,
            )
            if request.clear_landing:
                clearance.clear_landing(request.landing, self.output)
            loaded, refused = len(self.received.loaded), len(self.received.refused)
            self.progress.finish(f"{loaded} indlæst, {refused} afvist, {len(self.received.skipped)} kendt i forvejen")
        # Told at once: what comes after may fail, and the sender needs to know why all the same.
        for batch_id, message in self.received.refused:
            self.progress.note(f"Afvist: leverance {batch_id}: {message}")
        for batch_id, message in self.received.skipped:
            if message:
                self.progress.note(f"Sprunget over: {batch_id}: {message}")
        for batch_id, message in self.received.notices:
            self.progress.note(f"Bemærk: {batch_id}: {message}")
        # Rows judged under an earlier contract are judged again before anything counts them.
        batch_rows.stage(self.output, batch_list.choose(self.output, request.as_of, request.batch_id).batch_id)
        self.inputs = self._inputs()
        self._tell_waiting()
        return self.received

    def _tell_waiting(self) -> None:
        """Say which accepted replies do not count yet, since a correction is never silent."""
        from pipelines.replies import replies

        assert self.inputs is not None
        waiting = replies.waiting(self.output, self.inputs.as_of)
        if waiting:
            many = "1 godkendt svar fra en kommune" if waiting == 1 else f"{waiting} godkendte svar fra kommuner"
            self.progress.note(
                f"Bemærk: {many} er afgjort efter opgørelsesdagen {self.inputs.as_of:%d-%m-%Y} og tæller først i en "
                "senere opgørelse."
            )

    def _inputs(self) -> Inputs:
        from pipelines.mailing.record import mailed_lists
        from pipelines.replies import replies

        request = self.request
        batch = batch_list.choose(self.output, as_of=request.as_of, batch_id=request.batch_id)
        as_of = min(request.as_of or batch.extract_date, batch.extract_date)
        return Inputs(
            batch=batch,
            as_of=as_of,
            receipts=batch_list.receipts(self.output),
            mailing_ledger=mailed_lists.export(self.output, as_of),
            parameter_overrides=request.parameter_overrides,
            corrections=replies.export_corrections(self.output, as_of),
            corrected_outcomes=replies.export_corrected_outcomes(self.output, as_of),
        )

    def judge_deliveries(self) -> dict[tuple[str, str], delivery_checks.Verdict]:
        """Let Great Expectations judge what is new and what is assessed; returns the verdicts on the latter."""
        assert self.inputs is not None and self.received is not None
        self.progress.stage("Bedømmer leverancer")
        assessed = self.inputs.batch.batch_id
        waiting = delivery_checks.unjudged(self.output, assessed)
        if waiting:
            judge = self.judge or delivery_checks.Judge()
            judge.judge(self.output, waiting)
        results = delivery_checks.results(self.output, assessed)
        failed = sum(not result.passed for result in results)
        self.progress.finish(f"{len(results)} forventninger til {assessed}, {failed} ikke opfyldt")
        return delivery_checks.verdicts(results, contract().tables)

    # ---- stage 2: warehouse ----------------------------------------------------------------------------------------

    def is_warehouse_current(self) -> bool:
        """Whether the warehouse in place was built from exactly these inputs."""
        return in_place.current_digest(self.output) == self._with_earlier_figures().digest

    def build(self, on_node: Callable[[Any], None] | None = None) -> None:
        """Build beside, verify, swap."""
        assert self.inputs is not None
        count = 0

        def node_done(node: Any) -> None:
            nonlocal count
            count += 1
            self.progress.step(f"{count} trin")
            if on_node is not None:
                on_node(node)

        as_of = f"{self.inputs.as_of:%d-%m-%Y}"
        self.progress.stage(f"Bygger datavarehuset pr. {as_of} af leverance {self.inputs.batch.batch_id}")
        inputs = self._with_earlier_figures()
        result = build.build(self.output, inputs, self.output.work / "build", on_node=node_done)
        build.swap(self.output, result)
        self.nodes = result.nodes
        self.progress.finish(f"{len(result.nodes)} trin og kontroller")
        audit_trail.record(
            self.output,
            "warehouse",
            batch=inputs.batch.batch_id,
            as_of=inputs.as_of.isoformat(),
            build_digest=inputs.digest,
            code_version=code_version(),
        )

    def _with_earlier_figures(self) -> Inputs:
        from dataclasses import replace

        assert self.inputs is not None
        earlier: list[Path] = []
        for publication in publications.all_publications(self.output):
            if publication.description["build_digest"] == self.inputs.digest:
                break
            earlier.append(publication.folder / GROUNDS / FIGURES)
        return replace(self.inputs, earlier_figures=tuple(file for file in earlier if file.exists()))

    # ---- stage 3: publication --------------------------------------------------------------------------------------

    def should_publish(self) -> tuple[bool, str]:
        """Whether a new publication is due, and if not, why (Danish)."""
        assert self.inputs is not None
        now = publications.current(self.output)
        if self.request.parameter_overrides:
            return False, "en beregning med ændrede parametre udgives ikke"
        if now is None:
            return True, ""
        if now.description["build_digest"] == self.inputs.digest:
            return False, f"udgivelsen {now.publication_id} har samme grundlag og er uændret"
        if self.inputs.as_of < now.as_of and not self.request.publish_earlier:
            return False, (
                f"den udgivne opgørelse er pr. {now.as_of:%d-%m-%Y}, som er senere; "
                "brug --publish for at udgive alligevel"
            )
        return True, ""

    def publish(self) -> publications.Publication | None:
        """Render and publish a publication when one is due; the pointer moves last."""
        from pipelines.publishing import content

        assert self.inputs is not None
        due, why_not = self.should_publish()
        if not due:
            self.progress.note(f"Intet nyt udgivet: {why_not}.")
            self.publication = publications.current(self.output)
            return None
        self.publication = content.publish(self.output, self.inputs, self.progress)
        audit_trail.record(
            self.output, "publication", publication=self.publication.publication_id, build_digest=self.inputs.digest
        )
        return self.publication


@contextlib.contextmanager
def start(request: Request, progress: Progress) -> Iterator[Run]:
    """Take the lock, settle what a killed run left, hand out a run, and write in the audit trail what came of it."""
    settings()  # a wrong one is told before anything is done
    with sole_run(request.output):
        for text in settling.settle(request.output):
            progress.note(text)
        run = Run(request, progress)
        if request.landing is not None and intake.has_news(request.landing, request.output):
            run.judge = delivery_checks.Judge()
        try:
            yield run
        except BaseException as problem:
            if run.problem is None:
                run.problem = problem if isinstance(problem, UserError) else UserError(type(problem).__name__)
            raise
        finally:
            if run.judge is not None:
                run.judge.stop()
            _record(run)


def _record(run: Run) -> None:
    facts: dict[str, Any] = {}
    if run.received is not None:
        facts |= {"loaded": run.received.loaded, "refused": [batch_id for batch_id, _ in run.received.refused]}
    if run.inputs is not None:
        batch = run.inputs.batch
        facts |= {"batch": batch.batch_id, "manifest_sha256": batch.manifest_sha256}
        facts |= {"as_of": run.inputs.as_of.isoformat(), "build_digest": run.inputs.digest}
    if run.problem is not None:
        audit_trail.record(run.output, "run_failed", message=str(run.problem), **facts)
    else:
        audit_trail.record(
            run.output, "run", publication=run.publication.publication_id if run.publication else None, **facts
        )


def is_nothing_new(request: Request) -> bool:
    """Whether a run would change nothing: no delivery to receive, warehouse and publication as they should be."""
    if not request.output.root.exists():
        return False
    if request.landing is not None and intake.has_news(request.landing, request.output):
        return False
    if request.landing is not None and not clearance.is_cleared(
        request.landing, request.output, of_received=request.clear_landing
    ):
        return False
    if not is_at_rest(request.output) or not settling.is_settled(request.output):
        return False
    run = Run(request, Progress())
    try:
        run.inputs = run._inputs()
    except UserError:
        return False
    return run.is_warehouse_current() and not run.should_publish()[0]
