"""What a transaction remembers is what pyiceberg's own would say."""

from __future__ import annotations

from pyiceberg.table.update.snapshot import ManageSnapshots

from meshlake.column import Column
from meshlake.lake.evolution import evolve
from meshlake.lake.transaction import PlannedTransaction
from meshlake.types.tree import Scalar

PEOPLE = ("crm", "people")


def test_metadata_follows_what_is_staged_and_what_is_committed(folder):
    first = folder.publish("r1", "SELECT 1::BIGINT AS id, 'Ana' AS name")
    table = folder.lake.table(PEOPLE)
    with PlannedTransaction(table) as planned:
        for stage in (
            lambda t: ManageSnapshots(t).create_branch(first.snapshot_id, "b").commit(),
            lambda t: evolve(t, (Column("id", Scalar.BIGINT), Column("age", Scalar.BIGINT))),
        ):
            stage(planned)
            plain = table.transaction()
            plain._updates = planned._updates
            assert timeless(planned.table_metadata) == timeless(plain.table_metadata)
            assert planned.table_metadata is planned.table_metadata
    assert timeless(planned.table_metadata) == timeless(planned._table.metadata)
    assert set(folder.lake.table(PEOPLE).metadata.refs) == {"main", "b"}


def timeless(metadata):
    """Metadata without the millisecond at which it was computed."""
    return metadata.model_copy(update={"last_updated_ms": 0})
