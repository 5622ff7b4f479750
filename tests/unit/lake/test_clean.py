"""Clean-up removes what nobody can need any more, and nothing else."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from meshlake.lake.clean import Removed, clean_lake
from meshlake.lake.draft import Draft, rollback
from meshlake.lake.stage import ANSWERS, STAGE_MARK, Stage, empty_stage

PEOPLE = ("crm", "people")
ANA = "SELECT 1::BIGINT AS id, 'Ana' AS name"
BO = "SELECT 2::BIGINT AS id, 'Bo' AS name"
CY = "SELECT 3::BIGINT AS id, 'Cy' AS name"


def clean(folder, retention: float | None = None, grace_seconds: float = 0, **options):
    time.sleep(0.01)
    return clean_lake(folder.lake, {"crm.people": retention}, grace_seconds=grace_seconds, **options)


def data_files(folder) -> set[str]:
    return {str(p) for p in Path(folder.settings.warehouse).rglob("*.parquet")}


def test_nothing_is_removed_from_what_is_in_use(folder):
    first, second = folder.publish("r1", ANA), folder.publish("r2", BO)
    assert clean(folder) == Removed()
    assert folder.rows() == [{"id": 2, "name": "Bo"}]
    assert folder.rows(first.snapshot_id) == [{"id": 1, "name": "Ana"}]
    assert folder.lake.head(PEOPLE).snapshot_id == second.snapshot_id


def test_a_failed_audit_goes_with_its_branch_and_files(folder):
    folder.publish("r1", ANA)
    kept = data_files(folder)
    folder.audited("failed", BO)
    removed = clean(folder)
    assert removed.branches == 1
    assert removed.snapshots == 1
    assert removed.files >= 1
    assert removed.size_bytes > 0
    assert folder.branches() == set()
    assert data_files(folder) == kept
    assert folder.rows() == [{"id": 1, "name": "Ana"}]


def test_a_failed_first_audit_is_removed_too(folder):
    folder.audited("failed", ANA)
    assert clean(folder).branches == 1
    assert data_files(folder) == set()
    folder.publish("r1", BO)
    assert folder.rows() == [{"id": 2, "name": "Bo"}]


def test_audits_are_kept_when_asked(folder):
    folder.publish("r1", ANA)
    draft = folder.audited("failed", BO)
    assert clean(folder, keep_audits=True).as_dict()["branches"] == 0
    assert folder.branches() == {"audit_failed"}
    draft.publish()
    assert folder.rows() == [{"id": 2, "name": "Bo"}]


def test_a_running_build_is_left_alone(folder):
    folder.publish("r1", ANA)
    audited, staged = folder.audited("running", BO), folder.draft("staging")
    files = folder.stage(staged, CY)
    removed = clean(folder, grace_seconds=60)
    assert removed == Removed()
    audited.publish()
    assert folder.rows() == [{"id": 2, "name": "Bo"}]
    assert all(Path(file).exists() for file in files)


def test_files_of_a_killed_build_go(folder):
    folder.publish("r1", ANA)
    draft = folder.draft("killed")
    files = folder.stage(draft, BO)
    removed = clean(folder)
    assert removed.files == len(files)
    assert not Path(draft.location).exists()
    assert folder.rows() == [{"id": 1, "name": "Ana"}]


def _stage(folder, draft: Draft) -> Stage:
    return empty_stage(folder.lake, ("crm", f"people{STAGE_MARK}{draft.run}"), draft.schema, draft.location)


def test_a_stage_goes_and_what_was_published_from_it_stays(folder):
    draft = folder.draft("killed")
    files = folder.stage(draft, ANA)
    _stage(folder, draft).add_files(files)
    draft.write_branch(files, {})
    draft.publish()
    assert clean(folder, grace_seconds=60) == Removed()
    removed = clean(folder)
    assert removed.stages == 1
    assert folder.lake.identifiers() == [PEOPLE]
    assert folder.rows() == [{"id": 1, "name": "Ana"}]
    assert data_files(folder) == set(files)
    assert not any(Path(draft.location).glob("metadata/*"))


def test_a_stage_whose_metadata_are_gone_goes_too(folder):
    draft = folder.draft("killed")
    _stage(folder, draft)
    for path in Path(draft.location).glob("metadata/*"):
        path.unlink()
    assert clean(folder, grace_seconds=60).stages == 1


def test_answers_nobody_waits_for_go(folder):
    answer = Path(folder.settings.warehouse) / ANSWERS / "killed" / "data.parquet"
    answer.parent.mkdir(parents=True)
    answer.write_bytes(bytes(9))
    assert clean(folder, grace_seconds=60) == Removed()
    assert clean(folder) == Removed(files=1, size_bytes=9)
    assert not answer.exists()


def test_snapshots_older_than_the_retention_go_and_the_current_one_stays(folder):
    first, second = folder.publish("r1", ANA), folder.publish("r2", BO)
    assert clean(folder, retention=3600).snapshots == 0
    removed = clean(folder, retention=0)
    assert removed.snapshots == 1
    assert [s.snapshot_id for s in folder.lake.history(PEOPLE)] == [second.snapshot_id]
    assert folder.rows() == [{"id": 2, "name": "Bo"}]
    assert len(data_files(folder)) == 1
    assert folder.lake.table(PEOPLE).snapshot_by_id(first.snapshot_id) is None


def test_without_a_promise_history_is_kept_for_good(folder):
    first = folder.publish("r1", ANA)
    folder.publish("r2", BO)
    assert clean(folder, retention=None).snapshots == 0
    assert folder.rows(first.snapshot_id) == [{"id": 1, "name": "Ana"}]


def test_a_snapshot_that_was_replaced_just_now_is_kept_for_those_who_read_it(folder):
    """Whatever its age: a query or a build may have begun on it before it was replaced."""
    folder.publish("r1", ANA)
    for path in Path(folder.settings.warehouse).rglob("*"):
        os.utime(path, (0, 0))
    time.sleep(0.05)
    folder.publish("r2", BO)
    removed = clean(folder, retention=0.02, grace_seconds=60)
    assert removed == Removed()
    assert len(data_files(folder)) == 2


def test_retention_counts_from_when_a_snapshot_was_replaced(folder):
    """A product built once in a while must not lose the version before at its next build."""
    folder.publish("r1", ANA)
    time.sleep(0.5)
    folder.publish("r2", BO)
    assert clean(folder, retention=0.4).snapshots == 0


def test_a_rolled_back_snapshot_is_current_and_stays(folder):
    first = folder.publish("r1", ANA)
    folder.publish("r2", BO)
    rollback(folder.lake, PEOPLE, first.snapshot_id)
    assert clean(folder, retention=0).snapshots == 1
    assert folder.rows() == [{"id": 1, "name": "Ana"}]


@pytest.mark.parametrize("times", [2])
def test_cleaning_again_finds_nothing(folder, times):
    folder.publish("r1", ANA)
    folder.audited("failed", BO)
    clean(folder)
    for _ in range(times):
        assert clean(folder) == Removed()
