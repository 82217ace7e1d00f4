"""What a run from the command line makes of a job that did not succeed."""

import dagster as dg
import pytest

from pipelines.orchestration.launch import _failed_steps


@dg.op
def fails() -> None:
    raise dg.Failure("nej")


@dg.op
def works() -> None:
    pass


@dg.op
def fails_too() -> None:
    raise dg.Failure("heller ikke")


@dg.job(executor_def=dg.in_process_executor)
def both() -> None:
    fails()
    works()
    fails_too()


@dg.job(executor_def=dg.in_process_executor)
def sound() -> None:
    works()


@pytest.mark.parametrize(("job", "failed"), [(both, {"fails", "fails_too"}), (sound, set())])
def test_every_failed_step_is_seen_so_that_a_refusal_hides_none(job: dg.JobDefinition, failed: set[str]) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        outcome = job.execute_in_process(instance=instance, raise_on_error=False)
    assert _failed_steps(outcome) == failed
