"""When things happen by themselves: a new delivery starts the main job, a new quarter prepares the contact list, a new
week the worklists, what is past its time is deleted or told, and so is a run that failed.

Belongs here: the clock and the look into the landing folder. Does not belong here: what is done then. Nothing here
approves or sends a message to a municipality; only a person does.

All are on unless somebody switches them off, and use the folders that the web interface was started with
(``resources``).
"""

import contextlib
import hashlib
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import dagster as dg

from pipelines.configuration import settings
from pipelines.errors import UserError
from pipelines.orchestration import batch_partitions
from pipelines.orchestration.dagster_instance import FROM_COMMAND_LINE, FROM_SENSOR
from pipelines.orchestration.resources import landing_folder, output_folder
from pipelines.watching import alerts


def is_first_working_day_of_quarter(day: date) -> bool:
    """Whether the day is the first of its quarter that is no Saturday, Sunday or public holiday."""
    from pipelines import quarters

    return day == quarters.first_working_day(quarters.of(day))


@dg.op(name="forbered_kontaktliste")
def prepare_contact_list() -> None:
    """Prepare the quarter's contact list as "system"; two persons must approve before anything is sent."""
    from pipelines.mailing import preparing

    with _refusal_told():
        preparing.prepare_for_schedule(output_folder(), _now())


@dg.job(name="kontaktliste", executor_def=dg.in_process_executor)
def contact_list() -> None:
    """The quarterly contact list, prepared only."""
    prepare_contact_list()


@dg.schedule(
    name="kontaktliste_hvert_kvartal",
    job=contact_list,
    cron_schedule="0 7 1-7 1,4,7,10 *",
    execution_timezone="Europe/Copenhagen",
    default_status=dg.DefaultScheduleStatus.RUNNING,
)
def quarterly_contact_list(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    """Run on the first working day of a quarter."""
    day = context.scheduled_execution_time.date()
    if is_first_working_day_of_quarter(day):
        return dg.RunRequest(run_key=day.isoformat())
    return dg.SkipReason("Ikke kvartalets første arbejdsdag.")


@dg.op(name="forbered_arbejdslister")
def prepare_worklists() -> None:
    """Prepare the week's worklists as "system"; they go out under the approval in force, when a person sends them."""
    from pipelines.publishing import parcel_files

    with _refusal_told():
        parcel_files.prepare_worklists_for_schedule(output_folder(), _now())


@dg.job(name="arbejdslister", executor_def=dg.in_process_executor)
def worklists() -> None:
    """The week's worklists per institution and municipality, prepared only."""
    prepare_worklists()


@dg.schedule(
    name="arbejdslister_hver_uge",
    job=worklists,
    cron_schedule="0 7 * * 1",
    execution_timezone="Europe/Copenhagen",
    default_status=dg.DefaultScheduleStatus.RUNNING,
)
def weekly_worklists(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    """Run each Monday, where somebody has chosen to send worklists."""
    if not settings().parcels.prepare_worklists:
        return dg.SkipReason("Slået fra: prepare_worklists i [parcels].")
    return dg.RunRequest(run_key=context.scheduled_execution_time.date().isoformat())


@dg.op(name="slet_efter_fristen")
def expire() -> None:
    """Delete received bytes past their time where the settings say so; tell of them otherwise."""
    from pipelines.batches import retention
    from pipelines.locks import sole_run

    output, today = output_folder(), _now().date()
    with _refusal_told():
        if settings().retention.automatic:
            with sole_run(output):
                retention.expire(output, today, dry_run=False)
            return
        over = retention.expire(output, today).batches
        if over:
            names = ", ".join(batch.batch_id for batch in over)
            for problem in alerts.tell(
                "God løsladelse: leverancer er over fristen",
                f"Disse leverancer er over fristen for opbevaring: {names}.\nSe dem med god-loesladelse batch expire, "
                "og slet dem med --delete, eller lad programmet gøre det (automatic i [retention]).",
            ):
                raise UserError(problem)


@dg.job(name="sletning", executor_def=dg.in_process_executor)
def expiry() -> None:
    """Received bytes past their time, deleted or told of."""
    expire()


@dg.schedule(
    name="sletning_hver_maaned",
    job=expiry,
    cron_schedule="30 6 1 * *",
    execution_timezone="Europe/Copenhagen",
    default_status=dg.DefaultScheduleStatus.RUNNING,
)
def monthly_expiry(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    """Run on the first of each month."""
    return dg.RunRequest(run_key=context.scheduled_execution_time.date().isoformat())


def _now() -> datetime:
    return datetime.now(ZoneInfo("Europe/Copenhagen"))


@contextlib.contextmanager
def _refusal_told() -> Iterator[None]:
    """Let a refusal's own sentence be the run's, and let nobody try it again."""
    failure = ""
    try:
        yield
    except UserError as problem:
        failure = str(problem)
    if failure:
        raise dg.Failure(description=failure, allow_retries=False)


@dg.sensor(
    name="ny_leverance",
    job_name="hovedkoersel",
    minimum_interval_seconds=300,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Starter hovedkørslen, når en ny leverance er kopieret helt ind i mappen.",
)
def new_delivery(context: dg.SensorEvaluationContext) -> Iterator[dg.RunRequest | dg.SkipReason]:
    """Start the main job when a delivery is whole that is neither received nor refused; once for the same files.

    A run that failed is told to a person, who starts it again; the sensor does not, or it would fail all night.
    """
    from pipelines.batches import intake

    landing, output = landing_folder(), output_folder()
    batch_partitions.tell(context.instance, output)
    if not landing.is_dir():
        yield dg.SkipReason(f"Mappen med leverancer findes ikke: {landing}")
        return
    try:
        whole, copied = intake.news(landing, output)
    except OSError as problem:
        yield dg.SkipReason(f"Mappen med leverancer kan ikke læses ({type(problem).__name__}): {landing}")
        return
    if whole:
        config = {"resources": {"main_job": {"config": {"only_whole": True}}}}
        yield dg.RunRequest(run_key=_files_as_they_are(whole), run_config=config, tags=FROM_SENSOR)
    elif copied:
        names = ", ".join(folder.name for folder in copied)
        yield dg.SkipReason(f"Venter, til leverancen er kopieret helt (manifest og alle filer): {names}")
    else:
        yield dg.SkipReason("Ingen nye leverancer.")


def _files_as_they_are(folders: Iterable[Path]) -> str:
    """Return a sum over names, sizes and times: another one when somebody puts another file there."""
    digest = hashlib.sha256()
    for folder in folders:
        for file in sorted(folder.iterdir()):
            status = file.lstat()
            digest.update(f"{folder.name}/{file.name} {status.st_size} {status.st_mtime_ns}\n".encode())
    return digest.hexdigest()


@dg.run_failure_sensor(
    name="fortael_om_fejl",
    default_status=dg.DefaultSensorStatus.RUNNING,
    minimum_interval_seconds=30,
    description="Fortæller dem, der står i [watching], når en kørsel mislykkes eller afviser en leverance.",
)
def failed_run(context: dg.RunFailureSensorContext) -> None:
    """Tell of a run that failed; one from the command line has told it itself."""
    if context.dagster_run.tags.items() >= FROM_COMMAND_LINE.items():
        return
    for problem in alerts.tell("God løsladelse: en kørsel kræver handling", what_failed(context)):
        context.log.warning(problem)


def what_failed(context: dg.RunFailureSensorContext) -> str:
    """Return our own sentences on why the run failed; a library's would quote what it was working on."""
    told = []
    for event in context.get_step_failure_events():
        own = event.step_failure_data.user_failure_data
        if own is not None and own.description:
            told.append(own.description)
    lead = "\n".join(dict.fromkeys(told)) or "Kørslen blev afbrudt eller kunne ikke begynde."
    return f"{lead}\nKørsel {context.dagster_run.run_id} ({context.dagster_run.job_name}) på websiden."


SCHEDULES = [quarterly_contact_list, weekly_worklists, monthly_expiry]
SENSORS = [new_delivery, failed_run]
