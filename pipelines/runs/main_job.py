"""The main job's five stages as plain functions of one request: received, judged, built, protected, published.

Belongs here: what a run does and in which order, what counts as "nothing new". Does not belong here: Dagster
(``pipelines.orchestration`` calls these stages), the command line, and a stage itself.

Each stage reads what it needs from the output folder, so that it can also run without the stages before it having run
in the same process; what is missing there is said in Danish, with the stage that makes it.
"""

from __future__ import annotations

import contextlib
import functools
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines import audit_trail, publications
from pipelines.batches import batch_list, batch_rows, clearance, intake
from pipelines.code_version import code_version
from pipelines.configuration import settings
from pipelines.contract import contract
from pipelines.errors import UserError
from pipelines.layout import Output
from pipelines.locks import sole_run
from pipelines.progress import Progress
from pipelines.publishing.grounds import FIGURES, GROUNDS
from pipelines.runs import delivery_checks, output_state, settling
from pipelines.runs.output_state import OutputState
from pipelines.warehouse import build, in_place
from pipelines.warehouse.build import BuildInputs
from pipelines.watching import metrics
from pipelines.watching.open_lineage import RunLineage

if TYPE_CHECKING:
    from pipelines.publishing.guarding import Guard


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
    #: Whether deliveries that are still being copied into the landing folder wait for a later run.
    only_whole: bool = False
    parameter_overrides: Sequence[tuple[str, str, str]] = ()
    #: The formats of the publication; empty: those of the settings.
    formats: tuple[str, ...] = ()


def inputs_of(request: Request, state: OutputState) -> BuildInputs:
    """Return what a build for this request depends on; raises UserError when there is no batch to assess."""
    from pipelines.mailing.record import mailed_lists
    from pipelines.replies import replies

    output = request.output
    batch = batch_list.choose(output, request.as_of, request.batch_id, among=state.batches)
    as_of = min(request.as_of or batch.extract_date, batch.extract_date)
    inputs = BuildInputs(
        batch=batch,
        as_of=as_of,
        receipts=batch_list.receipts(state.batches),
        mailing_ledger=mailed_lists.export(output, as_of),
        parameter_overrides=request.parameter_overrides,
        corrections=replies.export_corrections(output, as_of),
        corrected_outcomes=replies.export_corrected_outcomes(output, as_of),
    )
    return replace(inputs, earlier_figures=_earlier_figures(state, inputs.own_digest))


def _earlier_figures(state: OutputState, digest: str) -> tuple[Path, ...]:
    """Return the figures of every publication before the one that these inputs gave, if they gave one."""
    earlier = []
    for publication in state.publications:
        if publication.description["build_digest"] == digest:
            break
        earlier.append(publication.folder / GROUNDS / FIGURES)
    return tuple(file for file in earlier if file.exists())


def why_not_publish(request: Request, state: OutputState, inputs: BuildInputs) -> str | None:
    """Return why no publication is due (Danish), or None when one is."""
    now = state.current
    if request.parameter_overrides:
        return "en beregning med ændrede parametre udgives ikke"
    if now is None:
        return None
    if now.description["build_digest"] == inputs.own_digest:
        return f"udgivelsen {now.publication_id} har samme grundlag og er uændret"
    if inputs.as_of < now.as_of and not request.publish_earlier:
        return (
            f"den udgivne opgørelse er pr. {now.as_of:%d-%m-%Y}, som er senere; brug --publish for at udgive alligevel"
        )
    return None


def _measured(stage: str, rows: Callable[[MainJobRun, Any], int | None]) -> Callable[[Callable[..., Any]], Any]:
    """Note how many seconds a stage took and how many rows it handled; both go to the audit trail."""

    def decorated(work: Callable[..., Any]) -> Any:
        @functools.wraps(work)
        def measured(run: MainJobRun, *arguments: Any, **named: Any) -> Any:
            begun = time.perf_counter()
            done = work(run, *arguments, **named)
            run.stages[stage] = {"seconds": round(time.perf_counter() - begun, 2), "rows": rows(run, done)}
            return done

        return measured

    return decorated


def _rows_of(files: Sequence[dict[str, Any]]) -> int:
    return sum(file["rows"] for file in files)


def _rows_received(run: MainJobRun, result: intake.ReceiveResult) -> int:
    loaded = set(result.loaded)
    return sum(_rows_of(batch.receipt["files"]) for batch in run.state.batches if batch.batch_id in loaded)


class MainJobRun:
    """One run under way: its request, its progress, and what its stages have done so far.

    ``received``, ``nodes`` and ``publication`` are what this run received, built and published; ``stages`` are the
    seconds and rows of each stage that it has been through; ``problem`` is what stopped it.
    """

    def __init__(self, request: Request, progress: Progress, state: OutputState | None = None) -> None:
        """Begin with the output folder as it was read, or as it is."""
        self.request = request
        self.progress = progress
        self.received: intake.ReceiveResult | None = None
        self.publication: publications.Publication | None = None
        self.problem: UserError | None = None
        self.judge: delivery_checks.Judge | None = None
        self.nodes: list[Any] = []
        self.stages: dict[str, dict[str, Any]] = {}
        self._state = state
        self._inputs: BuildInputs | None = None
        self._guard: Guard | None = None
        self._is_protected = False

    @property
    def output(self) -> Output:
        """The output folder."""
        return self.request.output

    @property
    def state(self) -> OutputState:
        """The output folder as it was when this run last changed it."""
        if self._state is None:
            self._state = output_state.read(self.output)
        return self._state

    @property
    def inputs(self) -> BuildInputs:
        """What a build for this request depends on, as the folder is now; raises UserError without a usable batch."""
        if self._inputs is None:
            self._inputs = inputs_of(self.request, self.state)
        return self._inputs

    def _changed(self) -> None:
        self._state = self._inputs = self._guard = None
        self._is_protected = False

    # ---- stage 1: received -----------------------------------------------------------------------------------------

    @_measured("received", _rows_received)
    def receive(self) -> intake.ReceiveResult:
        """Receive every delivery not yet loaded and refuse what does not fit."""
        request = self.request
        self.received = intake.ReceiveResult()
        if request.landing is not None:
            self.progress.stage("Modtager leverancer")
            clearance.finish_clearing(request.landing, self.output)
            self.received = intake.receive(
                request.landing,
                self.output,
                allow_older=request.allow_older,
                accept_new_key=request.accept_new_key,
                only_whole=request.only_whole,
                progress=self.progress.step,
                on_loaded=self._let_judge,
            )
            if request.clear_landing:
                clearance.clear_landing(request.landing, self.output)
            loaded, refused = len(self.received.loaded), len(self.received.refused)
            self.progress.finish(f"{loaded} indlæst, {refused} afvist, {len(self.received.skipped)} kendt i forvejen")
        # Told at once: what comes after may fail, and the sender needs to know why all the same.
        for text in self.refusals():
            self.progress.note(text)
        for batch_id, message in self.received.skipped:
            if message:
                self.progress.note(f"Sprunget over: {batch_id}: {message}")
        for batch_id, message in self.received.notices:
            self.progress.note(f"Bemærk: {batch_id}: {message}")
        self._changed()
        return self.received

    def _let_judge(self, batch_id: str) -> None:
        """Have a delivery judged while the next one is received."""
        if self.judge is not None:
            self.judge.ask(self.output, batch_id)

    # ---- stage 2: judged -------------------------------------------------------------------------------------------

    @_measured("judged", lambda run, _: _rows_of(run.inputs.batch.receipt["files"]))
    def judge_deliveries(self) -> dict[tuple[str, str], delivery_checks.Verdict]:
        """Let Great Expectations judge what is new and what is assessed; returns the verdicts on the latter."""
        # Rows judged under an earlier contract are judged again before anything counts them.
        batch_rows.stage(self.output, self.inputs.batch.batch_id)
        self._changed()
        self._tell_waiting()
        self.progress.stage("Bedømmer leverancer")
        assessed = self.inputs.batch.batch_id
        waiting = delivery_checks.unjudged(self.output, assessed)
        if waiting:
            judge, self.judge = self.judge or delivery_checks.Judge(), None  # it ends when it has judged
            judge.judge(self.output, waiting)
        results = delivery_checks.results(self.output, assessed)
        failed = sum(not result.passed for result in results)
        self.progress.finish(f"{len(results)} forventninger til {assessed}, {failed} holdt ikke")
        return delivery_checks.verdicts(results, contract().tables)

    def _tell_waiting(self) -> None:
        """Say which accepted replies do not count yet, since a correction is never silent."""
        from pipelines.replies import replies

        waiting = replies.waiting(self.output, self.inputs.as_of)
        if waiting:
            many = "1 godkendt svar fra en kommune" if waiting == 1 else f"{waiting} godkendte svar fra kommuner"
            self.progress.note(
                f"Bemærk: {many} er afgjort efter opgørelsesdagen {self.inputs.as_of:%d-%m-%Y} og tæller først i en "
                "senere opgørelse."
            )

    # ---- stage 3: built --------------------------------------------------------------------------------------------

    def is_warehouse_current(self) -> bool:
        """Whether the warehouse in place was built from exactly these inputs."""
        return self.state.build_digest == self.inputs.digest

    @_measured("built", lambda run, _: in_place.count_of_rows(run.output))
    def build(self, on_node: Callable[[Any], None] | None = None) -> None:
        """Build beside, verify, swap."""
        count = 0

        def node_done(node: Any) -> None:
            nonlocal count
            count += 1
            self.progress.step(f"{count} trin")
            if on_node is not None:
                on_node(node)

        inputs = self.inputs
        as_of = f"{inputs.as_of:%d-%m-%Y}"
        self.progress.stage(f"Bygger datavarehuset pr. {as_of} af leverance {inputs.batch.batch_id}")
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
        self._changed()

    # ---- stage 4: protected ----------------------------------------------------------------------------------------

    @_measured("protected", lambda run, guard: None if guard is None else len(guard.published))
    def protect(self) -> Guard | None:
        """Decide what may leave the Directorate, when a publication is due that has such editions.

        Raises UserError when the warehouse in place was built from something else than this run would build from.
        """
        from pipelines.publishing import content

        inputs = self.inputs
        if why_not_publish(self.request, self.state, inputs) is not None:
            return None
        if not self.is_warehouse_current():
            raise UserError(
                f"Datavarehuset er ikke bygget af leverance {inputs.batch.batch_id} pr. {inputs.as_of:%d-%m-%Y}, så "
                "der er intet at udgive. Kør også trinnet datavarehus (hele kørslen: god-loesladelse run)."
            )
        self._guard = content.protect(self.output, inputs.as_of, self.progress)
        self._is_protected = True
        return self._guard

    # ---- stage 5: published ----------------------------------------------------------------------------------------

    @_measured("published", lambda run, made: None)
    def publish(self) -> publications.Publication | None:
        """Render and publish when a publication is due; the pointer moves last. Protects first, unless this run has."""
        from pipelines.publishing import content

        inputs = self.inputs
        why_not = why_not_publish(self.request, self.state, inputs)
        if why_not is not None:
            self.progress.note(f"Intet nyt udgivet: {why_not}.")
            self.publication = self.state.current
            return None
        if not self._is_protected:
            self.protect()
        self.publication = content.publish(
            self.output, inputs, self.progress, self._guard, formats=self.request.formats
        )
        audit_trail.record(
            self.output, "publication", publication=self.publication.publication_id, build_digest=inputs.own_digest
        )
        self._thin_old(self.publication)
        self._changed()
        return self.publication

    def _thin_old(self, newest: publications.Publication) -> None:
        from pipelines.publishing import thinning

        months = settings().publication.whole_for_months
        if months:
            done = thinning.thin_and_record(self.output, thinning.months_before(newest.as_of, months))
            for one in done.publications:
                self.progress.note(f"Udgivelsen {one.publication_id} er tyndet ud: tal, bevis og kontrolsummer er der.")

    def refusals(self) -> list[str]:
        """Return a sentence (Danish) on each delivery that this run refused."""
        refused = self.received.refused if self.received is not None else []
        return [f"Afvist: leverance {batch_id}: {message}" for batch_id, message in refused]

    def facts(self) -> dict[str, Any]:
        """Return what the audit trail says of this run."""
        facts: dict[str, Any] = {"stages": self.stages} if self.stages else {}
        if self.received is not None:
            facts |= {"loaded": self.received.loaded, "refused": [batch_id for batch_id, _ in self.received.refused]}
        with contextlib.suppress(UserError):  # no batch: then there is nothing to say of it
            batch = self.inputs.batch
            facts |= {"batch": batch.batch_id, "manifest_sha256": batch.manifest_sha256}
            facts |= {"as_of": self.inputs.as_of.isoformat(), "build_digest": self.inputs.own_digest}
        return facts


@contextlib.contextmanager
def start(request: Request, progress: Progress) -> Iterator[MainJobRun]:
    """Take the lock, settle what a killed run left, hand out a run, and write in the audit trail what came of it."""
    settings()  # a wrong one is told before anything is done
    with sole_run(request.output):
        for text in settling.settle(output_state.read(request.output)):
            progress.note(text)
        run = MainJobRun(request, progress)
        lineage = RunLineage(request.output)
        for told in lineage.begun():
            progress.note(told)
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
            _record(run, lineage)


def _record(run: MainJobRun, lineage: RunLineage) -> None:
    facts, problem = run.facts(), None if run.problem is None else str(run.problem)
    name = run.publication.publication_id if run.publication else None
    if problem is not None:
        audit_trail.record(run.output, "run_failed", message=problem, **facts)
    else:
        audit_trail.record(run.output, "run", publication=name, **facts)
    measured = metrics.write(run.output, datetime.now().astimezone())
    for told in [*([measured] if measured else []), *lineage.ended(facts, name, problem)]:
        run.progress.note(told)


def note_nothing_new(output: Output) -> publications.Publication | None:
    """Write in the audit trail that a run had nothing to do; returns the publication in force."""
    publication = publications.current(output)
    name = publication.publication_id if publication else None
    audit_trail.record(output, "run", publication=name, nothing_new=True)
    metrics.write(output, datetime.now().astimezone())
    return publication


def is_nothing_new(request: Request) -> bool:
    """Whether a run would change nothing: no delivery to receive, warehouse and publication as they should be."""
    if not request.output.root.exists():
        return False
    if request.landing is not None:
        if intake.has_news(request.landing, request.output):
            return False
        if not clearance.is_cleared(request.landing, request.output, of_received=request.clear_landing):
            return False
    state = output_state.read(request.output)
    if not state.is_at_rest or not settling.is_settled(state):
        return False
    try:
        inputs = inputs_of(request, state)
    except UserError:
        return False
    return state.build_digest == inputs.digest and why_not_publish(request, state, inputs) is not None
