"""What the mesh stands on: pyiceberg and Trino share tables, landed files and the operational database."""

import gzip
from datetime import datetime

import pyarrow as pa
import pytest
from pyarrow import parquet

pytestmark = [pytest.mark.services, pytest.mark.timeout(2700)]

_SCHEMA = pa.schema([pa.field("id", pa.int64(), nullable=False), pa.field("name", pa.string())])


def _rows(*names):
    return pa.table({"id": range(1, len(names) + 1), "name": names}, schema=_SCHEMA)


@pytest.fixture
def put(bucket):
    def write(path, content):
        with bucket.open_output_stream(path, compression=None) as file:
            file.write(content)

    return write


@pytest.fixture(scope="module")
def landing_schema(query):
    query("CREATE SCHEMA landing.crm")


def test_trino_reads_what_pyiceberg_wrote_and_its_branches(catalog, query):
    table = catalog.create_table("crm.by_pyiceberg", _SCHEMA)
    table.append(_rows("a", "b"))
    table.manage_snapshots().create_branch(table.current_snapshot().snapshot_id, "audit").commit()
    table.append(_rows("c"), branch="audit")
    first = table.current_snapshot().snapshot_id
    assert query("SELECT * FROM mesh.crm.by_pyiceberg ORDER BY id") == [(1, "a"), (2, "b")]
    assert query("SELECT count(*) FROM mesh.crm.by_pyiceberg FOR VERSION AS OF 'audit'") == [(3,)]
    table.append(_rows("d"))
    assert query("SELECT count(*) FROM mesh.crm.by_pyiceberg") == [(3,)]
    assert query(f"SELECT count(*) FROM mesh.crm.by_pyiceberg FOR VERSION AS OF {first}") == [(2,)]


def test_pyiceberg_reads_what_trino_wrote(catalog, query):
    query("CREATE TABLE mesh.crm.by_trino AS SELECT * FROM (VALUES (1, 'a'), (2, NULL)) AS t (id, name)")
    table = catalog.load_table("crm.by_trino")
    assert sorted(row["id"] for row in table.scan().to_arrow().to_pylist()) == [1, 2]
    assert table.location().startswith("s3://warehouse/")
    query("DROP TABLE mesh.crm.by_trino")
    assert ("crm", "by_trino") not in catalog.list_tables("crm")


def test_schemas_of_one_are_namespaces_of_the_other(catalog, query):
    query("CREATE SCHEMA mesh.by_trino")
    assert ("by_trino",) in catalog.list_namespaces()
    assert ("crm",) in query("SHOW SCHEMAS FROM mesh")


def test_landed_parquet_is_read_by_name(landing_schema, bucket, query):
    parquet.write_table(
        pa.table({"Id": [1], "A b": ["x"]}), "landing/crm/people/one file.parquet", filesystem=bucket
    )
    parquet.write_table(
        pa.table({"A b": ["y"], "Id": [2]}), "landing/crm/people/it's.parquet", filesystem=bucket
    )
    query(
        """CREATE TABLE landing.crm.people ("Id" BIGINT, "A b" VARCHAR, later VARCHAR)
           WITH (external_location = 's3://landing/crm/people/', format = 'PARQUET')"""
    )
    assert query("SELECT * FROM landing.crm.people ORDER BY 1") == [(1, "x", None), (2, "y", None)]


def test_landed_timestamps_keep_their_microseconds(landing_schema, bucket, query):
    at = datetime(2024, 1, 2, 3, 4, 5, 678901)  # noqa: DTZ001 the column has no zone
    parquet.write_table(pa.table({"at": [at]}), "landing/crm/times/a.parquet", filesystem=bucket)
    query(
        """CREATE TABLE landing.crm.times (at TIMESTAMP(6))
           WITH (external_location = 's3://landing/crm/times/', format = 'PARQUET')"""
    )
    assert query("SELECT at FROM landing.crm.times") == [(at,)]


def test_landed_csv_with_partitions(landing_schema, put, query):
    put("landing/crm/events/dt=2024-01-01/a.csv", b'id,text\n1,"a, b"\n2,"say ""hi"""\n')
    put("landing/crm/events/dt=2024-01-02/b.csv.gz", gzip.compress(b"id,text\n3,c\n"))
    query(
        """CREATE TABLE landing.crm.events (id VARCHAR, text VARCHAR, dt VARCHAR)
           WITH (external_location = 's3://landing/crm/events/', format = 'CSV', skip_header_line_count = 1,
                 partitioned_by = ARRAY['dt'])"""
    )
    query("CALL landing.system.sync_partition_metadata('crm', 'events', 'FULL')")
    assert query("SELECT id, text FROM landing.crm.events WHERE dt = '2024-01-01' ORDER BY id") == [
        ("1", "a, b"),
        ("2", 'say "hi"'),
    ]
    assert query("SELECT id FROM landing.crm.events WHERE dt = '2024-01-02'") == [("3",)]


def test_landed_json_lines_are_read_as_text(landing_schema, put, query):
    put("landing/crm/logs/a.jsonl", b'{"id": 1, "nested": {"a": 1}}\n{"id": "2", "extra": true}\n')
    query(
        """CREATE TABLE landing.crm.logs (id VARCHAR, nested VARCHAR, extra VARCHAR)
           WITH (external_location = 's3://landing/crm/logs/', format = 'OPENX_JSON')"""
    )
    assert query("SELECT * FROM landing.crm.logs ORDER BY id") == [
        ("1", '{"a":1}', None),
        ("2", None, "true"),
    ]


def test_landing_is_not_written_and_outlives_its_tables(landing_schema, bucket, put, query):
    from trino.exceptions import TrinoUserError

    put("landing/crm/kept/a.csv", b"id\n1\n")
    query(
        """CREATE TABLE landing.crm.kept (id VARCHAR)
           WITH (external_location = 's3://landing/crm/kept/', format = 'CSV', skip_header_line_count = 1)"""
    )
    with pytest.raises(TrinoUserError, match="Cannot write to non-managed Hive table"):
        query("INSERT INTO landing.crm.kept VALUES ('2')")
    query("DROP TABLE landing.crm.kept")
    assert bucket.get_file_info("landing/crm/kept/a.csv").size == 5


def test_operational_rows_join_products(catalog, query):
    catalog.create_table("crm.joined", _SCHEMA).append(_rows("a", "b"))
    query("CREATE TABLE operational.public.accounts AS SELECT BIGINT '2' AS id, 9 AS balance")
    joined = "SELECT name, balance FROM mesh.crm.joined JOIN operational.public.accounts USING (id)"
    assert query(joined) == [("b", 9)]
