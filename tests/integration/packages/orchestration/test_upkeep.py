"""The clean-up as a job of Dagster: it is there, goes off every night, and takes away what `mesh clean` does."""

from __future__ import annotations

import os
import time

import dagster as dg
import pytest

from meshlake.lake.clean import GRACE_SECONDS
from meshlake.orchestration.definitions import mesh_definitions
from meshlake.orchestration.upkeep import CLEAN_JOB


@pytest.fixture
def orphan(shop):
    """A file that a killed build has left beside those of a product."""
    shop.build("shop.pets")
    (published, *_) = (shop.home / "warehouse").rglob("*.parquet")
    left = published.with_name("left-by-a-killed-build.parquet")
    left.write_bytes(b"PAR1")
    long_ago = time.time() - 2 * GRACE_SECONDS
    os.utime(left, (long_ago, long_ago))
    return left


def test_it_goes_off_every_night_without_being_switched_on(shop):
    definitions = mesh_definitions(shop.workspace)
    (schedule,) = (each for each in definitions.schedules if each.job_name == CLEAN_JOB)
    assert schedule.default_status == dg.DefaultScheduleStatus.RUNNING
    assert (schedule.cron_schedule, schedule.execution_timezone) == ("30 2 * * *", "UTC")


def test_it_takes_away_what_mesh_clean_does_and_tells_how_much(shop, orphan):
    job = mesh_definitions(shop.workspace).resolve_job_def(CLEAN_JOB)
    with dg.DagsterInstance.ephemeral() as instance:
        run = job.execute_in_process(instance=instance)
    assert run.success
    assert not orphan.exists()
    (told,) = (event.step_output_data.metadata for event in run.all_events if event.is_successful_output)
    assert (told["files"].value, told["size_bytes"].value) == (1, 4)
    assert told.keys() >= {"stages", "branches", "snapshots", "leftovers", "compacted_files", "gone_datasets"}
    assert shop.rows("shop.pets") == [{"id": 1}]


def test_what_cannot_be_cleaned_fails_in_plain_words(shop, orphan):
    mesh = shop.workspace
    (shop.home / "catalog.db").write_bytes(b"no database")
    run = mesh_definitions(mesh).resolve_job_def(CLEAN_JOB).execute_in_process(raise_on_error=False)
    (failed,) = (event for event in run.all_events if event.is_step_failure)
    assert failed.step_failure_data.user_failure_data is not None
    assert orphan.exists()
