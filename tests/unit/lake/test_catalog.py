"""What is published: heads, histories, states in the past, files."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest

from meshlake.column import Column
from meshlake.engines.duckdb.session import DuckDBSession
from meshlake.errors import UsageError
from meshlake.lake.catalog import Lake, catalog_properties
from meshlake.lake.draft import rollback
from meshlake.names import ProductName
from meshlake.settings import load_settings
from meshlake.types.tree import Scalar

PEOPLE = ("crm", "people")
NAME = ProductName(*PEOPLE)
ANA = "SELECT 1::BIGINT AS id, 'Ana' AS name"
BO = "SELECT 2::BIGINT AS id, 'Bo' AS name"


def test_an_empty_lake_holds_nothing(folder):
    assert folder.lake.products() == []
    assert folder.lake.identifiers() == []
    assert folder.lake.head(PEOPLE) is None
    assert folder.lake.history(PEOPLE) == []
    assert folder.lake.table(("no_such", "table")) is None


def test_platform_tables_are_no_products(folder):
    folder.publish("r1", ANA)
    for identifier in [("crm", "people__quarantine"), ("mesh", "quality_results")]:
        draft = folder.draft("r1", identifier=identifier)
        draft.write_branch(folder.stage(draft, ANA), {})
        draft.publish()
    assert folder.lake.products() == [NAME]
    assert folder.lake.identifiers() == [
        ("crm", "people"),
        ("crm", "people__quarantine"),
        ("mesh", "quality_results"),
    ]


def test_history_is_newest_first_and_leaves_out_what_was_never_published(folder):
    first = folder.publish("r1", ANA, build="r1")
    folder.audited("failed", BO, build="failed")
    second = folder.publish("r2", BO, build="r2")
    history = folder.lake.history(PEOPLE)
    assert [s.snapshot_id for s in history] == [second.snapshot_id, first.snapshot_id]
    assert [s.is_current for s in history] == [True, False]
    assert [s.properties["build"] for s in history] == ["r2", "r1"]
    assert [s.row_count for s in history] == [1, 1]


def test_history_after_a_rollback_has_each_snapshot_once_and_the_current_one_first(folder):
    first, second = folder.publish("r1", ANA), folder.publish("r2", BO)
    rollback(folder.lake, PEOPLE, first.snapshot_id)
    history = folder.lake.history(PEOPLE)
    assert [s.snapshot_id for s in history] == [first.snapshot_id, second.snapshot_id]
    assert [s.is_current for s in history] == [True, False]


def moments(folder, *steps) -> list[str]:
    """The time after each step, far enough from the next to be told apart."""
    after = []
    for step in steps:
        step()
        time.sleep(0.003)
        after.append(datetime.now(UTC).isoformat())
        time.sleep(0.003)
    return after


def test_as_of_a_time_is_what_readers_saw_then(folder):
    found = {}
    t1, t2, t3 = moments(
        folder,
        lambda: found.update(a=folder.publish("r1", ANA).snapshot_id),
        lambda: found.update(b=folder.publish("r2", BO).snapshot_id),
        lambda: rollback(folder.lake, PEOPLE, found["a"]),
    )
    seen = [folder.lake.as_of(NAME, moment).snapshot_id for moment in (t1, t2, t3)]
    assert seen == [found["a"], found["b"], found["a"]]


def test_rows_wait_on_their_branch_for_nobody(folder):
    """A snapshot counts from its publication, not from when its rows were written."""
    draft = folder.audited("r1", ANA)
    time.sleep(0.003)
    before = datetime.now(UTC).isoformat()
    time.sleep(0.003)
    draft.publish()
    with pytest.raises(UsageError, match="no snapshot as of"):
        folder.lake.as_of(NAME, before)


def test_as_of_a_snapshot_id(folder):
    first = folder.publish("r1", ANA)
    folder.publish("r2", BO)
    assert folder.lake.as_of(NAME, str(first.snapshot_id)).snapshot_id == first.snapshot_id


@pytest.mark.parametrize(
    ("when", "told"),
    [
        ("2000-01-01", r"crm\.people has no snapshot as of 2000-01-01"),
        ("yesterday", "'yesterday' is neither a snapshot nor a time"),
        ("12345", "'12345' is neither a snapshot nor a time"),
        ("", "neither a snapshot nor a time"),
    ],
)
def test_as_of_what_was_not_is_refused(folder, when, told):
    folder.publish("r1", ANA)
    with pytest.raises(UsageError, match=told):
        folder.lake.as_of(NAME, when)


def test_a_time_without_zone_is_utc(folder):
    folder.publish("r1", ANA)
    soon = datetime.now(UTC) + timedelta(minutes=1)
    ago = datetime.now(UTC) - timedelta(minutes=1)
    assert folder.lake.as_of(NAME, soon.replace(tzinfo=None).isoformat())
    with pytest.raises(UsageError):
        folder.lake.as_of(NAME, ago.replace(tzinfo=None).isoformat())
    with pytest.raises(UsageError):
        folder.lake.as_of(NAME, soon.replace(tzinfo=None).isoformat() + "+05:00")


def read(folder, snapshot) -> list[tuple[object, ...]]:
    with DuckDBSession(folder.settings, "test") as session:
        session.bind_snapshot(NAME, folder.lake, snapshot)
        return session.rows("SELECT * FROM crm.people ORDER BY 1")


def test_the_files_of_a_snapshot_are_its_rows(folder):
    first = folder.publish("r1", ANA)
    second = folder.publish("r2", f"{ANA} UNION ALL {BO}")
    assert read(folder, first) == [(1, "Ana")]
    assert read(folder, second) == [(1, "Ana"), (2, "Bo")]


def test_a_snapshot_without_rows_reads_as_none(folder):
    snapshot = folder.publish("r1", f"{ANA} WHERE false")
    assert read(folder, snapshot) == []


def test_a_snapshot_reads_by_its_own_schema(folder):
    first = folder.publish("r1", ANA)
    folder.publish("r2", "SELECT 'x' AS name", (Column("name", Scalar.VARCHAR),))
    assert read(folder, first) == [(1, "Ana")]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["with space", "it's", 'quo"te', "ünïcode", "100%", "a+b&c", "%20"])
def test_a_mesh_may_lie_in_any_folder(tmp_path, name):
    from support.small_mesh import SmallMesh

    mesh = SmallMesh(tmp_path / name)
    mesh.land("crm/people/a.csv", "id\n1\n")
    mesh.product("crm.people", {"id": "integer"})
    mesh.build_product("crm.people")
    mesh.land("crm/people/b.csv", "id\n2\n")
    mesh.build_product("crm.people")
    assert mesh.rows("crm.people") == [{"id": 1}, {"id": 2}]
    assert (mesh.home / "warehouse/crm/people/data").is_dir()


def test_remote_warehouse_properties_hold_what_was_given_alone(tmp_path):
    settings = load_settings(
        {
            "MESH_WAREHOUSE": "s3://lake/",
            "MESH_S3_ENDPOINT": "http://127.0.0.1:9000",
            "MESH_CATALOG": "postgresql://db/x",
        },
        tmp_path,
    )
    properties = catalog_properties(settings)
    assert properties.pop("uri").partition("?")[0] == "postgresql://db/x"
    assert {name: value for name, value in properties.items() if "timeout" not in name} == {
        "pool_pre_ping": "true",
        "warehouse": "s3://lake",
        "s3.endpoint": "http://127.0.0.1:9000",
        "s3.region": "us-east-1",
    }


def test_another_process_s_publication_is_seen_by_an_open_lake(folder):
    folder.publish("r1", ANA)
    other = Lake(folder.settings)
    assert other.head(PEOPLE).row_count == 1
    folder.publish("r2", f"{ANA} UNION ALL {BO}")
    assert other.head(PEOPLE).row_count == 2
