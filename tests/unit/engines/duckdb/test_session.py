"""The DuckDB session: names as users write them, answers, streams, and rows staged with the draft's field ids."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from meshlake.column import Column
from meshlake.engines.duckdb.session import DuckDBSession
from meshlake.errors import BuildError
from meshlake.lake.catalog import Lake
from meshlake.lake.draft import Draft
from meshlake.names import DatasetName, ProductName
from meshlake.settings import load_settings
from meshlake.types.duckdb import parse
from meshlake.types.tree import Scalar

PEOPLE = ProductName("crm", "people")


@pytest.fixture
def settings(tmp_path):
    return load_settings({"MESH_HOME": str(tmp_path / "home")}, tmp_path)


@pytest.fixture
def session(settings):
    with DuckDBSession(settings, "crm.ages") as session:
        yield session


@pytest.mark.parametrize(
    ("name", "written"),
    [
        (PEOPLE, "crm.people"),
        (PEOPLE, "mesh.crm.people"),
        (DatasetName("crm", "people"), "landing.crm.people"),
        (DatasetName("my crm", 'peo"ple'), 'landing."my crm"."peo""ple"'),
    ],
)
def test_an_input_is_read_under_the_name_users_write(session, name, written):
    session.bind(name, "(SELECT 1 AS id)")
    assert session.rows(f"SELECT * FROM {written}") == [(1,)]


def test_binding_again_replaces(session):
    for number in (1, 2):
        session.bind(PEOPLE, f"(SELECT {number} AS id)")
    assert session.rows("SELECT id FROM crm.people") == [(2,)]


def test_columns_are_known_without_reading_a_row(session):
    select = "SELECT 1::BIGINT AS id, error('read') AS name"
    assert session.columns(select)["id"] is Scalar.BIGINT
    with pytest.raises(BuildError, match="read"):
        session.rows(select)


@pytest.mark.parametrize(
    ("select", "told", "hint"),
    [
        ("SELEC 1", "crm.ages: ", ""),
        ("SELECT nme FROM crm.people", "nme", "name"),
        ("SELECT * FROM crm.peple", "peple", ""),
        ("SELECT CAST(name AS BIGINT) FROM crm.people", "Ana", "use TRY_CAST and decide what its NULL means"),
    ],
)
def test_an_error_says_where_and_what(session, select, told, hint):
    session.bind(PEOPLE, "(SELECT 'Ana' AS name)")
    with pytest.raises(BuildError) as caught:
        session.rows(select)
    assert caught.value.message.startswith("crm.ages: ")
    assert told in caught.value.message
    assert hint in caught.value.hint
    assert "\n" not in caught.value.message


def test_times_are_utc_whatever_the_machine_s_zone(session, monkeypatch):
    monkeypatch.setenv("TZ", "America/New_York")
    ((moment,),) = session.rows("SELECT CAST(TIMESTAMPTZ '2024-01-05 10:00:00' AS VARCHAR)")
    assert moment == "2024-01-05 10:00:00+00"


def test_a_stream_leaves_the_session_free(session):
    session.bind(PEOPLE, "(SELECT i AS id FROM range(250000) t(i))")
    stream = session.batches("SELECT id FROM crm.people")
    first = next(stream)
    assert 0 < first.num_rows < 250_000
    assert session.rows("SELECT count(*) FROM crm.people") == [(250_000,)]
    assert first.num_rows + sum(batch.num_rows for batch in stream) == 250_000


def test_arrow_rows_are_a_table(session):
    session.register("given", pa.table({"id": [1, 2]}))
    assert session.table("SELECT sum(id) AS s FROM given").to_pylist() == [{"s": 3}]


# --- staging ---

VALUES = {
    "VARCHAR": ("'a''b'", "a'b"),
    "BIGINT": ("9223372036854775807", 2**63 - 1),
    "INTEGER": ("7", 7),
    "DOUBLE": ("0.1", 0.1),
    "BOOLEAN": ("true", True),
    "DATE": ("'2024-02-29'", date(2024, 2, 29)),
    "TIMESTAMP": ("'2024-02-29 10:00:00.000001'", datetime(2024, 2, 29, 10, 0, 0, 1)),  # noqa: DTZ001
    "TIMESTAMP WITH TIME ZONE": ("'2024-02-29 10:00:00+02'", datetime(2024, 2, 29, 8, tzinfo=UTC)),
    "DECIMAL(12,2)": ("'-1.50'", Decimal("-1.50")),
    "VARCHAR[]": ("['x', NULL]", ["x", None]),
    'STRUCT("a" BIGINT, "b c" DATE)': (
        "{'a': 1, 'b c': DATE '2024-01-01'}",
        {"a": 1, "b c": date(2024, 1, 1)},
    ),
}


@pytest.mark.parametrize(("kind", "sql", "value"), [(k, *v) for k, v in VALUES.items()], ids=VALUES)
def test_a_value_is_the_same_after_staging_in_iceberg_s_eyes(settings, session, kind, sql, value):
    lake = Lake(settings)
    draft = Draft(lake, ("crm", "x"), [Column('col "x"', parse(kind))], "r1")
    staged = session.stage(f'SELECT CAST({sql} AS {kind}) AS "col ""x""" UNION ALL SELECT NULL', draft)
    assert staged.row_count == 2
    snapshot = draft.write_branch(staged.files, {})
    draft.publish()
    rows = lake.table(("crm", "x")).scan().to_arrow().to_pylist()
    assert sorted((row['col "x"'] for row in rows), key=str) == sorted([value, None], key=str)
    session.bind_snapshot(ProductName("crm", "x"), lake, snapshot)
    read = session.table("SELECT * FROM crm.x").to_pylist()
    assert sorted((row['col "x"'] for row in read), key=str) == sorted([value, None], key=str)


def test_staged_files_carry_the_draft_s_field_ids(settings, session):
    draft = Draft(
        Lake(settings), ("crm", "x"), [Column("a", Scalar.BIGINT), Column("b", Scalar.VARCHAR)], "r1"
    )
    (file,) = session.stage("SELECT 1::BIGINT AS a, 'x' AS b", draft).files
    ids = [int(field.metadata[b"PARQUET:field_id"]) for field in pq.read_schema(file)]
    assert ids == [field.field_id for field in draft.schema.fields]
    assert Path(file).is_relative_to(draft.location)


def test_a_failed_staging_leaves_no_files(settings, session):
    draft = Draft(Lake(settings), ("crm", "x"), [Column("a", Scalar.BIGINT)], "r1")
    with pytest.raises(BuildError, match="no luck"):
        session.stage(
            "SELECT CASE WHEN i < 300000 THEN i ELSE error('no luck') END AS a FROM range(400000) t(i)", draft
        )
    assert not Path(draft.location).exists()


def test_files_of_an_older_schema_read_by_field_id(settings, session):
    """A column added since is null in them, whatever their own columns are called."""
    lake = Lake(settings)
    old = Draft(lake, ("crm", "x"), [Column("a", Scalar.BIGINT)], "r1")
    old.write_branch(session.stage("SELECT 1::BIGINT AS a", old).files, {})
    first = old.publish()
    new = Draft(lake, ("crm", "x"), [Column("b", Scalar.VARCHAR), Column("a", Scalar.BIGINT)], "r2")
    new.write_branch(session.stage("SELECT 'x' AS b, 2::BIGINT AS a", new).files, {})
    second = new.publish()
    files = (*lake.files(first), *lake.files(second))
    session.bind_files(ProductName("crm", "x"), files, second.schema)
    assert session.rows("SELECT a, b FROM crm.x ORDER BY a") == [(1, None), (2, "x")]


def test_what_is_read_of_a_disk_is_not_kept_in_memory(session, tmp_path):
    """DuckDB's cache took 60 KB of each of many small files, beside what the system keeps of them."""
    file = tmp_path / "people.parquet"
    pq.write_table(pa.table({"age": range(100_000)}), file)
    assert session.rows(f"SELECT sum(age) FROM read_parquet('{file}')") == [(4_999_950_000,)]
    cached = "FROM duckdb_memory() SELECT memory_usage_bytes WHERE tag = 'EXTERNAL_FILE_CACHE'"
    assert session.rows(cached) == [(0,)]
