"""Assembly of the Dagster definitions; implements nothing.

``build_definitions(run)`` takes the run that a command has begun; without one (the web interface) each run of the job
begins its own from its configuration.
"""

from __future__ import annotations

import os

# dagster-dbt looks for the dbt executable when it is imported, although nothing here calls it.
import sys
from pathlib import Path

import dagster as dg

os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"

from pipelines.orchestration.assets.deliveries import judged, received
from pipelines.orchestration.assets.protection import protection
from pipelines.orchestration.assets.publication import none_refused, publication
from pipelines.orchestration.assets.warehouse import LOADED, warehouse
from pipelines.orchestration.batch_partitions import OF_BATCH
from pipelines.orchestration.freshness import with_freshness
from pipelines.orchestration.resources import BegunMainJob, MainJob, output_folder
from pipelines.orchestration.schedules import SCHEDULES, SENSORS
from pipelines.runs.main_job import MainJobRun

JOB = "hovedkoersel"
BATCH_JOB = "leverance_igen"


def build_definitions(run: MainJobRun | None = None) -> dg.Definitions:
    """Return all assets, checks, the job, schedules and sensors."""
    job = dg.define_asset_job(
        JOB,
        selection=dg.AssetSelection.all(),
        executor_def=dg.in_process_executor,
        description="Modtager nye leverancer, bedømmer dem, bygger datavarehuset og udgiver, hvis noget er nyt.",
    )
    of_batch = dg.define_asset_job(
        BATCH_JOB,
        selection=dg.AssetSelection.all(),
        executor_def=dg.in_process_executor,
        config=OF_BATCH,
        description="Det samme for en bestemt leverance, valgt som partition. Opgørelsesdag: as_of. En dag før den "
        "udgivne regnes, men udgives kun med publish_earlier.",
    )
    return dg.Definitions(
        assets=[received, judged, *LOADED, warehouse, protection, publication],
        asset_checks=[none_refused],
        jobs=[job, of_batch],
        schedules=SCHEDULES,
        sensors=SENSORS,
        resources={"main_job": MainJob() if run is None else BegunMainJob.of(run)},
        executor=dg.in_process_executor,
    )


@dg.definitions
def defs() -> dg.Definitions:
    """What ``god-loesladelse ui`` shows."""
    return with_freshness(build_definitions(), output_folder())
