"""Iceberg tables that landed as folders, moved from where they were written: the rows of the newest snapshot, or a
plain refusal.
"""

from __future__ import annotations

import datetime as dt
import gzip
import json
import shutil
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from pyarrow import parquet
from pyiceberg.catalog.sql import SqlCatalog
from pyiceberg.manifest import (
    DataFile,
    DataFileContent,
    FileFormat,
    ManifestContent,
    ManifestEntry,
    ManifestEntryStatus,
    ManifestWriterV2,
    write_manifest_list,
)
from pyiceberg.transforms import IdentityTransform
from pyiceberg.typedef import Record
from pyiceberg.types import DoubleType, LongType

from meshlake.errors import LandingError
from meshlake.formats.format import FILE_COLUMN, ROW_COLUMN
from meshlake.landing.arrival import land
from meshlake.landing.relation import columns, lineage_sql, relation_sql
from meshlake.names import DatasetName

ORDERS = DatasetName("shop", "orders")
AMOUNTS = pa.schema([("id", pa.int32()), ("amt", pa.float32())])


@pytest.fixture
def catalog(tmp_path):
    (tmp_path / "there").mkdir()
    made = SqlCatalog("c", uri=f"sqlite:///{tmp_path}/there/c.db", warehouse=f"file://{tmp_path}/there")
    made.create_namespace("shop")
    yield made
    made.close()


@pytest.fixture
def orders(catalog):
    made = catalog.create_table("shop.orders", AMOUNTS)
    made.append(amounts((1, 10.0), (2, 20.0), (3, 30.0)))
    return made


@pytest.fixture
def landed(zone, tmp_path):
    """Lands the table's folder from elsewhere: where it was written is nothing any more."""

    def do():
        inbox = tmp_path / "inbox" / "orders"
        shutil.rmtree(inbox, ignore_errors=True)
        shutil.copytree(tmp_path / "there" / "shop" / "orders", inbox)
        away = (tmp_path / "there").rename(tmp_path / "away")
        try:
            land([inbox], zone, "shop")
        finally:
            away.rename(tmp_path / "there")
        return zone.dataset(ORDERS)

    return do


def amounts(*rows):
    return pa.table(list(map(list, zip(*rows, strict=True))), AMOUNTS.names).cast(AMOUNTS)


def rows(connection, dataset):
    return connection.execute(f"SELECT * FROM {relation_sql(dataset)} ORDER BY ALL").fetchall()


def test_deleted_and_superseded_rows_are_not_read(connection, orders, landed):
    orders.delete("id = 2")
    orders.overwrite(amounts((3, 99.0)), "id = 3")
    dataset = landed()
    assert str(dataset.format) == "iceberg"
    assert rows(connection, dataset) == [(1, 10.0), (3, 99.0)]
    lineage = connection.execute(
        f"SELECT id, {ROW_COLUMN}, {FILE_COLUMN} FROM {lineage_sql(dataset, dict)[0]} ORDER BY 1"
    ).fetchall()
    assert [row[:2] for row in lineage] == [(1, 1), (3, 1)]
    assert {row[2].startswith("shop/orders/data/") for row in lineage} == {True}


def test_columns_are_known_by_their_ids(connection, orders, landed):
    with orders.update_schema() as change:
        change.update_column("id", LongType())
        change.update_column("amt", DoubleType())
        change.rename_column("amt", "net")
    with orders.update_schema() as change:
        change.add_column("amt", LongType())
    orders.append(pa.table({"id": [2**40], "net": [0.1], "amt": [7]}))
    with orders.update_schema() as change:
        change.move_first("amt")
    dataset = landed()
    assert [*columns(connection, dataset)] == ["amt", "id", "net"]
    assert rows(connection, dataset) == [(7, 2**40, 0.1), *[(None, n, n * 10.0) for n in (1, 2, 3)]]


def test_what_is_written_later_lands_beside_and_is_read(connection, orders, landed):
    before = landed()
    orders.append(amounts((4, 40.0)))
    assert (len(rows(connection, landed())), len(rows(connection, before))) == (4, 3)


def test_a_table_without_rows_has_its_columns(connection, catalog, landed):
    catalog.create_table("shop.orders", AMOUNTS)
    assert {name: str(kind) for name, kind in columns(connection, landed()).items()} == {
        "id": "INTEGER",
        "amt": "FLOAT",
    }


def test_values_are_those_that_the_table_has(connection, catalog, landed):
    day, clock = dt.date(2024, 1, 5), dt.time(1, 2, 3, 4)
    values = {
        "d": pa.array([Decimal("1.10")], pa.decimal128(38, 2)),
        "day": pa.array([day]),
        "t": pa.array([clock], pa.time64("us")),
        "at": pa.array(["2024-01-05T01:00:00"]).cast(pa.timestamp("us")),
        "z": pa.array([dt.datetime(2024, 1, 5, 1, tzinfo=dt.UTC)], pa.timestamp("us", "UTC")),
        "b": pa.array([b"\xff"]),
        "f": pa.array([b"\xff\x00"], pa.binary(2)),
        "l": pa.array([[{"k": [1]}]]),
        "m": pa.array([{"a": 1.5}], pa.map_(pa.string(), pa.float64())),
    }
    catalog.create_table("shop.orders", pa.table(values).schema).append(pa.table(values))
    ((*found, nested, mapped),) = rows(connection, landed())
    assert [str(value) for value in found] == [
        *("1.10", "2024-01-05", "01:02:03.000004", "2024-01-05 01:00:00"),
        *(str(found[4]), "b'\\xff'", "b'\\xff\\x00'"),
    ]
    assert found[4].timestamp() == dt.datetime(2024, 1, 5, 1, tzinfo=dt.UTC).timestamp()
    assert (nested, mapped) == ([{"k": [1]}], {"a": 1.5})


def test_a_partition_tells_the_values_that_its_files_lack(connection, orders, landed):
    """As tables have them that were Hive's."""
    with orders.update_spec() as change:
        change.add_field("id", IdentityTransform())
    orders.overwrite(amounts((1, 10.0), (2, 20.0)))
    for task in orders.scan().plan_files():
        path = task.file.file_path.removeprefix("file://")
        without = parquet.read_table(path, partitioning=None).drop_columns(["id"])
        parquet.write_table(without, path)
    assert rows(connection, landed()) == [(1, 10.0), (2, 20.0)]


def test_files_without_ids_are_read_by_the_names_that_the_table_maps(connection, orders, landed, tmp_path):
    added = tmp_path / "there/shop/orders/data/other.parquet"
    parquet.write_table(amounts((7, 70.0)), added)
    orders.add_files([str(added)])
    with orders.update_schema() as change:
        change.rename_column("amt", "net")
    assert rows(connection, landed())[-1] == (7, 70.0)
    with orders.transaction() as change:
        change.remove_properties("schema.name-mapping.default")
    with pytest.raises(LandingError, match=r"other\.parquet: its columns have no ids"):
        rows(connection, landed())


@pytest.mark.parametrize("also", ["rename", "anew"])
def test_a_field_within_a_column_that_was_renamed_is_refused(connection, catalog, landed, also):
    given = pa.table({"x": pa.array([{"a": 1, "b": 2}])})
    table = catalog.create_table("shop.orders", given.schema)
    table.append(given)
    with table.update_schema() as change:
        change.add_column(("x", "c"), LongType())
    assert rows(connection, landed()) == [({"a": 1, "b": 2, "c": None},)]
    with table.update_schema(allow_incompatible_changes=True) as change:
        change.rename_column("x.a", "d") if also == "rename" else change.delete_column("x.a")
    if also == "anew":
        with table.update_schema() as change:
            change.add_column(("x", "a"), LongType())
    with pytest.raises(LandingError, match="the field a within a column was renamed since"):
        rows(connection, landed())


class _Deletes(ManifestWriterV2):
    def content(self):
        return ManifestContent.DELETES

    @property
    def _meta(self):
        return {**super()._meta, "content": "deletes"}


def with_deletes(table, path, content, file_format):
    """A snapshot more, with a file of deletes: pyiceberg writes none itself."""
    metadata, io = table.metadata, table.io
    snapshot = metadata.current_snapshot()
    file = DataFile.from_args(
        content=content,
        file_path=path,
        file_format=file_format,
        partition=Record(),
        record_count=1,
        file_size_in_bytes=1,
    )
    file.spec_id = 0
    entry = ManifestEntry.from_args(
        status=ManifestEntryStatus.ADDED,
        snapshot_id=7,
        sequence_number=9,
        file_sequence_number=9,
        data_file=file,
    )
    place = f"{metadata.location}/metadata"
    output = io.new_output(f"{place}/deletes-m0.avro")
    with _Deletes(metadata.spec(), metadata.schema(), output, 7, "deflate") as writer:
        writer.add_entry(entry)
    listed = [*snapshot.manifests(io), writer.to_manifest_file()]
    with write_manifest_list(2, io.new_output(f"{place}/snap-7.avro"), 7, None, 9, "deflate") as writer:
        writer.add_manifests(listed)
    told = json.loads(metadata.model_dump_json())
    told["snapshots"].append(
        told["snapshots"][-1]
        | {"snapshot-id": 7, "sequence-number": 9, "manifest-list": f"{place}/snap-7.avro"}
    )
    told |= {"current-snapshot-id": 7, "last-sequence-number": 9}
    told["refs"]["main"]["snapshot-id"] = 7
    newest = f"{place}/00099-x.gz.metadata.json".removeprefix("file://")
    Path(newest).write_bytes(gzip.compress(json.dumps(told).encode()))


def test_deletes_by_position_are_applied(connection, orders, landed):
    orders.append(amounts((4, 40.0), (5, 50.0)))
    (first,) = (task.file.file_path for task in orders.scan("id = 1").plan_files())
    path = f"{orders.location()}/data/deletes.parquet"
    duckdb.sql(f"SELECT '{first}' AS file_path, unnest([0, 2])::BIGINT AS pos").write_parquet(
        path.removeprefix("file://")
    )
    with_deletes(orders, path, DataFileContent.POSITION_DELETES, FileFormat.PARQUET)
    dataset = landed()
    assert rows(connection, dataset) == [(2, 20.0), (4, 40.0), (5, 50.0)]
    lineage = f"SELECT id, {ROW_COLUMN} FROM {lineage_sql(dataset, dict)[0]} ORDER BY 1"
    assert connection.execute(lineage).fetchall() == [(2, 2), (4, 1), (5, 2)]


@pytest.mark.parametrize(
    ("content", "file_format", "words"),
    [
        (DataFileContent.EQUALITY_DELETES, FileFormat.PARQUET, "with rows deleted by equal values"),
        (DataFileContent.POSITION_DELETES, FileFormat.PUFFIN, "with deletion vectors"),
        (DataFileContent.DATA, FileFormat.ORC, "with ORC files"),
    ],
)
def test_what_the_files_alone_do_not_say_is_refused(connection, orders, landed, content, file_format, words):
    with_deletes(orders, f"{orders.location()}/data/x", content, file_format)
    with pytest.raises(LandingError, match=f"shop/orders: it is an Iceberg table {words}"):
        rows(connection, landed())


def test_a_file_that_lies_elsewhere_is_told(connection, orders, landed, tmp_path):
    secret = tmp_path / "secret.parquet"
    parquet.write_table(amounts((7, 70.0)), secret)
    orders.add_files([str(secret)])
    with pytest.raises(LandingError, match=r"its log names .*secret\.parquet, which has not landed"):
        rows(connection, landed())


def test_two_files_that_say_to_be_the_newest_metadata_are_a_question(connection, orders, landed, tmp_path):
    (newest,) = (tmp_path / "there/shop/orders/metadata").glob("00001-*.metadata.json")
    shutil.copy(newest, newest.with_name("00001-other.metadata.json"))
    with pytest.raises(LandingError, match=r"00001-.* and 00001-.* both say to be its newest metadata"):
        rows(connection, landed())


@pytest.mark.parametrize("name", ["metadata", "manifest"])
def test_damaged_metadata_is_told(connection, orders, landed, tmp_path, name):
    folder = tmp_path / "there/shop/orders/metadata"
    if name == "metadata":
        (folder / "00002-x.metadata.json").write_text('{"format-version": 9}')
    else:
        for path in folder.glob("*-m0.avro"):
            path.write_bytes(path.read_bytes()[:200])
    with pytest.raises(LandingError, match="shop/orders: its Iceberg metadata cannot be read"):
        rows(connection, landed())
