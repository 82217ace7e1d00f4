"""What Dagster hands to the assets: one run of the main job. Input and output only, no decisions."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import dagster as dg

from pipelines.errors import UserError
from pipelines.layout import Output
from pipelines.orchestration import dagster_instance
from pipelines.progress import Progress
from pipelines.runs.main_job import Request, Run, start

#: How an asset asks for the run: ``main_run: MainRun``.
MainRun = dg.ResourceParam[Run]

_CONFIGURATION = {
    "landing": dg.Field(str, default_value="landing", description="mappen med leverancer"),
    "output": dg.Field(str, default_value="output", description="resultatmappen"),
    "as_of": dg.Field(str, default_value="", description="opgørelsesdag, fx 2026-06-30; tom = leverancens dato"),
    "batch_id": dg.Field(str, default_value="", description="netop denne leverance; tom = den nyeste"),
    "publish_earlier": dg.Field(bool, default_value=False, description="udgiv også pr. en tidligere dag"),
    "allow_older": dg.Field(bool, default_value=False, description="modtag leverancer ældre end den nyeste"),
}


@dg.resource(config_schema=_CONFIGURATION, description="Én kørsel af hovedkørslen med sin resultatmappes lås")
def begun_from_configuration(context: dg.InitResourceContext) -> Iterator[Run]:
    """Begin a run as the web interface configures it; the lock is held until its last asset is done."""
    chosen = context.resource_config
    request = Request(
        output=Output(Path(chosen["output"])),
        landing=Path(chosen["landing"]),
        as_of=date.fromisoformat(chosen["as_of"]) if chosen["as_of"] else None,
        batch_id=chosen["batch_id"] or None,
        publish_earlier=chosen["publish_earlier"],
        allow_older=chosen["allow_older"],
    )
    with start(request, Progress()) as run:
        if context.instance is not None:
            dagster_instance.close_abandoned(context.instance, context.run_id)
        yield run


def begun(run: Run) -> dg.ResourceDefinition:
    """Return the resource for a run that the caller has begun (and whose lock he holds)."""
    return dg.ResourceDefinition.hardcoded_resource(run)


def told(run: Run, steps: Iterator[Any]) -> Iterator[Any]:
    """Pass an asset's results on, and keep the message of a failure for the user who waits for the run."""
    try:
        yield from steps
    except UserError as problem:
        run.problem = problem
        raise
