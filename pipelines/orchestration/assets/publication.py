"""Stage 5 as an asset, the publication: pages, documents and ``release.json``, written beside the old one."""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from pipelines.orchestration.assets.deliveries import received
from pipelines.orchestration.assets.protection import protection
from pipelines.orchestration.resources import LAST_ASSET, MainJob, told
from pipelines.orchestration.stages import OWNERS, POOL, PUBLISHED
from pipelines.privacy.containment import contained
from pipelines.publications import Publication
from pipelines.publishing import headlines
from pipelines.runs.main_job import MainJobRun


@dg.asset(
    key=LAST_ASSET,
    group_name=PUBLISHED,
    owners=OWNERS,
    kinds={"html"},
    pool=POOL,
    output_required=False,
    deps=[protection],
    description="Sider, dokumenter og data for alle udgaver, skrevet helt, før published/current flyttes.",
)
def publication(context: dg.AssetExecutionContext, main_job: MainJob) -> Iterator[dg.MaterializeResult]:
    """One publication per batch, day of assessment and code version; nothing when the current one has the same
    grounds.
    """
    yield from told(context, main_job, _results)


@contained
def _results(run: MainJobRun) -> Iterator[dg.MaterializeResult]:
    published = run.publish()
    current = run.publication
    facts: dict[str, Any] = {"udgivelse": current.publication_id if current else "ingen", "ny": published is not None}
    if current is not None:
        facts |= _pages(current)
    for name, rate in headlines.rates(run.output).items():
        facts[name] = dg.MetadataValue.float(rate)
    yield dg.MaterializeResult(metadata=facts)


def _pages(publication: Publication) -> dict[str, Any]:
    """Return where the first page of each edition lies; a municipality's pack is found from the Directorate's."""
    pages = {}
    for edition in ("direktorat", "delt"):
        page = publication.folder / edition / "index.html"
        if page.exists():
            pages[f"sider, {edition}"] = dg.MetadataValue.url(page.resolve().as_uri())
    return pages


@dg.asset_check(  # type: ignore[arg-type]  # a generator, so that the verdict is kept although the step fails
    asset=received,
    name="ingen_afvist",
    additional_deps=[publication],
    description="Ingen leverance blev afvist i kørslen. Kontrollen er den sidste, så alt andet er gjort.",
)
def none_refused(context: dg.AssetCheckExecutionContext, main_job: MainJob) -> Iterator[dg.AssetCheckResult]:
    """Make the run red when a delivery was refused, with what was wrong with it; the rest of the run stands."""
    if main_job.is_idle or main_job.begun is None:
        return
    text = "\n".join(main_job.begun.refusals())
    yield dg.AssetCheckResult(passed=not text, severity=dg.AssetCheckSeverity.ERROR, description=text or None)
    if text:
        raise dg.Failure(description=f"{text}\nResten af kørslen er gennemført.", allow_retries=False)
