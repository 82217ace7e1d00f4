"""When things happen by themselves: a new delivery starts the main job, a new quarter prepares the contact list.

Belongs here: the clock and the look into the landing folder. Does not belong here: what is done then. Nothing here
approves or sends a message; only a person does.

Both use the folders that the web interface was started with (``resources``).
"""

from collections.abc import Iterator
from datetime import date, datetime
from zoneinfo import ZoneInfo

import dagster as dg

from pipelines.orchestration.resources import landing_folder, output_folder


def is_first_working_day_of_quarter(day: date) -> bool:
    """Whether the day is the first of its quarter that is no Saturday, Sunday or public holiday."""
    from pipelines import quarters

    return day == quarters.first_working_day(quarters.of(day))


@dg.op(name="forbered_kontaktliste")
def prepare_contact_list() -> None:
    """Prepare the quarter's contact list as "system"; two persons must approve before anything is sent."""
    from pipelines.mailing import preparing

    preparing.prepare_for_schedule(output_folder(), datetime.now(ZoneInfo("Europe/Copenhagen")))


@dg.job(name="kontaktliste", executor_def=dg.in_process_executor)
def contact_list() -> None:
    """The quarterly contact list, prepared only."""
    prepare_contact_list()


@dg.schedule(
    name="kontaktliste_hvert_kvartal",
    job=contact_list,
    cron_schedule="0 7 1-7 1,4,7,10 *",
    execution_timezone="Europe/Copenhagen",
)
def quarterly_contact_list(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    """Run on the first working day of a quarter."""
    day = context.scheduled_execution_time.date()
    if is_first_working_day_of_quarter(day):
        return dg.RunRequest(run_key=day.isoformat())
    return dg.SkipReason("Ikke kvartalets første arbejdsdag.")


@dg.sensor(name="ny_leverance", job_name="hovedkoersel", minimum_interval_seconds=300)
def new_delivery(context: dg.SensorEvaluationContext) -> Iterator[dg.RunRequest | dg.SkipReason]:
    """Start the main job when the landing folder has a delivery that is neither received nor refused."""
    from pipelines.batches import intake

    landing, output = landing_folder(), output_folder()
    if landing.exists() and intake.has_news(landing, output):
        yield dg.RunRequest()
    else:
        yield dg.SkipReason("Ingen nye leverancer.")


SCHEDULES = [quarterly_contact_list]
SENSORS = [new_delivery]
