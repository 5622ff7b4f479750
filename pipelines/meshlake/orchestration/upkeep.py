"""`mesh clean` as a job of Dagster, and the schedule that runs it every night."""

from typing import TYPE_CHECKING

import dagster as dg

from meshlake.building.upkeep import clean_mesh
from meshlake.errors import MeshError
from meshlake.health import naming_servers
from meshlake.orchestration.keys import shown
from meshlake.orchestration.outages import retry_after_outage

if TYPE_CHECKING:
    from meshlake.workspace import Workspace

CLEAN_JOB = "clean"
# At night, and before the hour at which models are trained anew. One run goes at a time: no build is under way.
_CRON = "30 2 * * *"
_DESCRIPTION = (
    "Removes what failed, killed or outdated builds left, and puts the rows of many small files into few."
)


def clean_job(mesh: "Workspace") -> dg.JobDefinition:
    """The job that does what `mesh clean` does; what it took away is told with its step."""

    @dg.op(name="remove_leftovers", out=dg.Out(dg.Nothing), description=_DESCRIPTION)
    def remove(context: dg.OpExecutionContext) -> dg.Output[None]:
        try:
            with naming_servers(mesh.settings, CLEAN_JOB):
                return dg.Output(None, metadata=clean_mesh(mesh).as_dict())
        except MeshError as error:
            retry_after_outage(context, error)
            raise dg.Failure(shown(str(error)), allow_retries=False) from error

    @dg.job(name=CLEAN_JOB, description=_DESCRIPTION, executor_def=dg.in_process_executor)
    def job() -> None:
        remove()

    return job


def clean_schedule(job: dg.JobDefinition) -> dg.ScheduleDefinition:
    """Runs the clean-up every night, in UTC, unless somebody stops it."""
    return dg.ScheduleDefinition(
        name="clean_every_night",
        job=job,
        cron_schedule=_CRON,
        description=_DESCRIPTION,
        default_status=dg.DefaultScheduleStatus.RUNNING,
        execution_timezone="UTC",
    )
