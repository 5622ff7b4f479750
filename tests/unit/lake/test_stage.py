"""A stage of a snapshot has its rows, by its own columns, until it is discarded; the product loses nothing with it."""

from __future__ import annotations

from pathlib import Path

from meshlake.column import Column
from meshlake.lake.clean import clean_lake
from meshlake.lake.draft import audited_snapshot
from meshlake.lake.stage import ANSWERS, STAGE_MARK, pinned_stage
from meshlake.types.tree import Scalar

PEOPLE, PINNED = ("crm", "people"), ("mesh", f"snapshot{STAGE_MARK}1")
ANA, OLD_BO = (
    "SELECT 1::BIGINT AS id, 'Ana' AS name",
    "SELECT 2::BIGINT AS id, 'Bo' AS name, 41::BIGINT AS age",
)
WIDER = (Column("id", Scalar.BIGINT), Column("name", Scalar.VARCHAR), Column("age", Scalar.BIGINT))


def pin(folder, snapshot):
    return pinned_stage(folder.lake, PINNED, snapshot, f"{folder.settings.warehouse}/{ANSWERS}/1")


def pinned_rows(folder):
    return folder.lake.catalog.load_table(PINNED).scan().to_arrow().to_pylist()


def test_what_is_published_next_does_not_change_it(folder):
    pin(folder, folder.publish("r1", ANA))
    folder.publish("r2", OLD_BO, WIDER)
    assert pinned_rows(folder) == [{"id": 1, "name": "Ana"}]


def test_an_audit_branch_can_be_pinned_with_columns_that_are_not_current_yet(folder):
    folder.publish("r1", ANA)
    draft = folder.audited("r2", OLD_BO, WIDER)
    pin(folder, audited_snapshot(folder.lake, PEOPLE, draft.branch))
    assert pinned_rows(folder) == [{"id": 2, "name": "Bo", "age": 41}]


def test_discarding_it_leaves_the_product(folder):
    stage = pin(folder, folder.publish("r1", ANA))
    stage.discard()
    assert folder.lake.table(PINNED) is None
    assert not list(Path(folder.settings.warehouse, ANSWERS).rglob("*.json"))
    assert folder.rows() == [{"id": 1, "name": "Ana"}]


def test_one_that_a_killed_process_left_is_cleaned_and_the_product_stays(folder):
    pin(folder, folder.publish("r1", ANA))
    assert clean_lake(folder.lake, {}).stages == 0  # it is in use
    assert clean_lake(folder.lake, {}, grace_seconds=-1).stages == 1
    assert folder.lake.table(PINNED) is None
    assert folder.rows() == [{"id": 1, "name": "Ana"}]
