"""Write, audit, publish: nothing is seen before it is published, and what is seen is always one whole version."""

from __future__ import annotations

import pytest

from meshlake.column import Column
from meshlake.errors import BuildError, ConflictError
from meshlake.lake.catalog import Lake
from meshlake.lake.clean import clean_lake
from meshlake.lake.draft import rollback
from meshlake.types.duckdb import parse
from meshlake.types.tree import Scalar

PEOPLE = ("crm", "people")
ID_NAME = (Column("id", Scalar.BIGINT), Column("name", Scalar.VARCHAR, "Full name"))
ANA = "SELECT 1::BIGINT AS id, 'Ana' AS name"
BO = "SELECT 2::BIGINT AS id, 'Bo' AS name"
NO_ROWS = "SELECT 1::BIGINT AS id, 'Ana' AS name WHERE false"


def test_before_anything_is_published_there_is_no_snapshot_and_no_product(folder):
    folder.audited("r1", ANA)
    assert folder.lake.head(PEOPLE) is None
    assert folder.lake.history(PEOPLE) == []
    assert folder.lake.products() == []
    assert folder.rows() == []


def test_the_first_publication_is_seen_whole_and_drops_its_branch(folder):
    snapshot = folder.publish("r1", f"{ANA} UNION ALL {BO}", fingerprint="f1")
    assert folder.rows() == [{"id": 1, "name": "Ana"}, {"id": 2, "name": "Bo"}]
    assert snapshot.row_count == 2
    assert snapshot.size_bytes > 0
    assert snapshot.properties == {"fingerprint": "f1"}
    assert folder.lake.head(PEOPLE) == snapshot
    assert folder.branches() == set()


def test_the_next_publication_replaces_every_row(folder):
    first = folder.publish("r1", ANA)
    draft = folder.audited("r2", BO)
    assert folder.rows() == [{"id": 1, "name": "Ana"}]
    assert folder.branches() == {"audit_r2"}
    second = draft.publish()
    assert folder.rows() == [{"id": 2, "name": "Bo"}]
    assert second.row_count == 1
    assert folder.rows(first.snapshot_id) == [{"id": 1, "name": "Ana"}]


@pytest.mark.parametrize("runs", [(NO_ROWS, ANA), (ANA, NO_ROWS), (NO_ROWS, NO_ROWS)])
def test_no_rows_are_a_version_too(folder, runs):
    for number, select in enumerate(runs):
        snapshot = folder.publish(f"r{number}", select)
    expected = [{"id": 1, "name": "Ana"}] if runs[-1] == ANA else []
    assert folder.rows() == expected
    assert snapshot.row_count == len(expected)


def test_the_branch_holds_the_new_rows_alone(folder):
    folder.publish("r1", ANA)
    draft = folder.draft("r2")
    snapshot = draft.write_branch(folder.stage(draft, BO), {"run": "r2"})
    assert folder.rows(snapshot.snapshot_id) == [{"id": 2, "name": "Bo"}]
    assert not snapshot.is_current
    assert snapshot.properties == {"run": "r2"}


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("DATE", "'infinity'"),
        ("DATE", "'10000-01-01'"),
        ("DATE", "'0044-03-15 (BC)'"),
        ("TIMESTAMP", "'-infinity'"),
        ("TIMESTAMP WITH TIME ZONE", "'infinity'"),
    ],
)
def test_a_date_that_readers_do_not_share_is_refused_by_its_column(folder, kind, value):
    columns = (Column("id", Scalar.BIGINT), Column("due", parse(kind)))
    select = f"SELECT 1::BIGINT AS id, CAST({value} AS {kind}) AS due"
    with pytest.raises(
        BuildError, match=r"^crm\.people: in due stands a date or a time before the year 1 or after 9999"
    ):
        folder.publish("r1", select, columns=columns)
    assert folder.lake.head(PEOPLE) is None


# --- schemas ---

EVOLUTIONS = {
    "a column is added": (
        (*ID_NAME, Column("age", Scalar.BIGINT)),
        "SELECT 2::BIGINT AS id, 'Bo' AS name, 30::BIGINT AS age",
        {"id": 2, "name": "Bo", "age": 30},
    ),
    "a column is dropped": ((Column("id", Scalar.BIGINT),), "SELECT 2::BIGINT AS id", {"id": 2}),
    "a type becomes wider": (
        (Column("id", Scalar.DOUBLE), ID_NAME[1]),
        "SELECT 2.5::DOUBLE AS id, 'Bo' AS name",
        {"id": 2.5, "name": "Bo"},
    ),
    "a type becomes another": (
        (Column("id", Scalar.VARCHAR), ID_NAME[1]),
        "SELECT 'two' AS id, 'Bo' AS name",
        {"id": "two", "name": "Bo"},
    ),
    "a column is renamed": (
        (Column("id", Scalar.BIGINT), Column("full_name", Scalar.VARCHAR)),
        "SELECT 2::BIGINT AS id, 'Bo' AS full_name",
        {"id": 2, "full_name": "Bo"},
    ),
    "a column becomes nested": (
        (Column("id", Scalar.BIGINT), Column("name", parse('STRUCT("first" VARCHAR, "tags" VARCHAR[])'))),
        "SELECT 2::BIGINT AS id, {'first': 'Bo', 'tags': ['x']} AS name",
        {"id": 2, "name": {"first": "Bo", "tags": ["x"]}},
    ),
}


@pytest.mark.parametrize(("columns", "select", "row"), EVOLUTIONS.values(), ids=EVOLUTIONS)
def test_a_changed_schema_is_seen_with_its_rows_and_not_before(folder, columns, select, row):
    first = folder.publish("r1", ANA)
    draft = folder.audited("r2", select, columns)
    assert folder.rows() == [{"id": 1, "name": "Ana"}]
    assert [c[0] for c in folder.lake.head(PEOPLE).columns] == ["id", "name"]
    assert [f.name for f in folder.lake.table(PEOPLE).schema().fields] == ["id", "name"]
    published = draft.publish()
    assert folder.rows() == [row]
    assert {name for name, _, _ in published.columns} == set(row)
    assert folder.rows(first.snapshot_id) == [{"id": 1, "name": "Ana"}]
    assert {name: kind for name, kind, _ in published.columns} == {c.name: c.type for c in columns}


def test_a_schema_of_a_draft_that_is_never_published_is_never_seen(folder):
    folder.publish("r1", ANA)
    folder.audited("r2", "SELECT true AS is_other", (Column("is_other", Scalar.BOOLEAN),))
    assert folder.rows() == [{"id": 1, "name": "Ana"}]
    folder.publish("r3", BO)
    assert folder.rows() == [{"id": 2, "name": "Bo"}]


def test_an_unpublished_first_draft_leaves_the_next_its_own_schema(folder):
    folder.audited("r1", ANA)
    folder.publish("r2", "SELECT true AS is_other", (Column("is_other", Scalar.BOOLEAN),))
    assert folder.rows() == [{"is_other": True}]


def test_a_changed_description_is_published_with_the_rows(folder):
    folder.publish("r1", ANA)
    folder.publish("r2", ANA, (ID_NAME[0], Column("name", Scalar.VARCHAR, "As on the passport")))
    assert folder.lake.head(PEOPLE).columns == (
        ("id", Scalar.BIGINT, ""),
        ("name", Scalar.VARCHAR, "As on the passport"),
    )


def test_a_column_dropped_and_added_again_shows_no_old_values(folder):
    folder.publish("r1", ANA)
    folder.publish("r2", "SELECT 1::BIGINT AS id", (ID_NAME[0],))
    folder.publish("r3", "SELECT 1::BIGINT AS id, NULL::VARCHAR AS name")
    assert folder.rows() == [{"id": 1, "name": None}]


# --- other writers ---


@pytest.mark.parametrize("first", [None, ANA], ids=["nothing published yet", "published before"])
def test_a_draft_that_was_overtaken_is_refused_and_the_winner_stays(folder, first):
    if first:
        folder.publish("r1", first)
    slow, fast = folder.audited("slow", BO), folder.audited("fast", "SELECT 3::BIGINT AS id, 'Cy' AS name")
    fast.publish()
    with pytest.raises(ConflictError, match=r"crm\.people: another build published"):
        slow.publish()
    assert folder.rows() == [{"id": 3, "name": "Cy"}]
    assert folder.branches() == {"audit_slow"}


@pytest.mark.parametrize("first", [None, ANA], ids=["nothing published yet", "published before"])
def test_a_draft_overtaken_before_its_branch_was_written_is_refused(folder, first):
    if first:
        folder.publish("r1", first)
    slow = folder.draft("slow")
    folder.publish("fast", BO)
    slow.write_branch(folder.stage(slow, ANA), {})
    with pytest.raises(ConflictError):
        slow.publish()
    assert folder.rows() == [{"id": 2, "name": "Bo"}]


def test_a_draft_whose_columns_another_build_changed_is_a_conflict(folder):
    folder.publish("r1", ANA)
    slow = folder.draft("slow", (*ID_NAME, Column("age", Scalar.BIGINT)))
    folder.publish("fast", "SELECT 'x' AS id", (Column("id", Scalar.VARCHAR),))
    with pytest.raises(ConflictError):
        slow.write_branch(folder.stage(slow, f"{ANA}, 30::BIGINT AS age"), {})
    assert folder.rows() == [{"id": "x"}]


def test_branches_of_others_do_not_disturb(folder):
    folder.publish("r1", ANA)
    folder.audited("waiting", "SELECT 3::BIGINT AS id, 'Cy' AS name")
    folder.publish("r2", BO)
    assert folder.branches() == {"audit_waiting"}
    assert folder.rows() == [{"id": 2, "name": "Bo"}]


def test_a_draft_whose_branch_was_cleaned_away_cannot_be_published(folder):
    folder.publish("r1", ANA)
    draft = folder.audited("r2", BO)
    clean_lake(folder.lake, {}, grace_seconds=0)
    with pytest.raises(BuildError, match="branch audit_r2 is gone"):
        draft.publish()
    assert folder.rows() == [{"id": 1, "name": "Ana"}]


# --- rollback ---


def test_rollback_brings_back_rows_and_schema(folder):
    first = folder.publish("r1", ANA)
    folder.publish(
        "r2",
        "SELECT 'two' AS id, 30::BIGINT AS age",
        (Column("id", Scalar.VARCHAR), Column("age", Scalar.BIGINT)),
    )
    restored = rollback(folder.lake, PEOPLE, first.snapshot_id)
    assert restored.snapshot_id == first.snapshot_id == folder.lake.head(PEOPLE).snapshot_id
    assert folder.rows() == [{"id": 1, "name": "Ana"}]
    assert [c[0] for c in folder.lake.head(PEOPLE).columns] == ["id", "name"]


def test_building_goes_on_after_a_rollback(folder):
    first = folder.publish("r1", ANA)
    folder.publish("r2", BO)
    rollback(folder.lake, PEOPLE, first.snapshot_id)
    folder.publish("r3", "SELECT 3::BIGINT AS id, 'Cy' AS name")
    assert folder.rows() == [{"id": 3, "name": "Cy"}]


def test_rollback_to_what_is_not_there_is_refused(folder):
    folder.publish("r1", ANA)
    with pytest.raises(BuildError, match="has no snapshot 7"):
        rollback(folder.lake, PEOPLE, 7)


def test_a_draft_begun_before_a_rollback_is_refused(folder):
    first = folder.publish("r1", ANA)
    folder.publish("r2", BO)
    slow = folder.audited("slow", "SELECT 3::BIGINT AS id, 'Cy' AS name")
    rollback(Lake(folder.settings), PEOPLE, first.snapshot_id)
    with pytest.raises(ConflictError):
        slow.publish()
    assert folder.rows() == [{"id": 1, "name": "Ana"}]
