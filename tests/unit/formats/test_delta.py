"""Delta tables that landed as folders: the rows that their log says, or a plain refusal; Hudi's refused."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal

import deltalake
import duckdb
import pyarrow as pa
import pytest

from meshlake.discovery.profile import profile_dataset
from meshlake.errors import LandingError
from meshlake.formats.format import FILE_COLUMN, ROW_COLUMN
from meshlake.landing.arrival import land
from meshlake.landing.relation import columns, lineage_sql, relation_sql
from meshlake.names import DatasetName

ORDERS = DatasetName("shop", "orders")


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "inbox" / "orders"


def landed(zone, folder):
    land([folder], zone, "shop")
    return zone.dataset(ORDERS)


def rows(connection, dataset):
    found = connection.execute(f"SELECT * FROM {relation_sql(dataset)}").fetchall()
    return sorted(found, key=str)


def test_deleted_and_superseded_rows_are_not_read(connection, zone, folder):
    deltalake.write_deltalake(folder, pa.table({"id": [1, 2, 3], "amt": [10.0, 20.0, 30.0]}))
    table = deltalake.DeltaTable(folder)
    table.delete("id = 2")
    table.update(predicate="id = 3", updates={"amt": "99.0"})
    dataset = landed(zone, folder)
    assert str(dataset.format) == "delta"
    assert rows(connection, dataset) == [(1, 10.0), (3, 99.0)]
    lineage = connection.execute(
        f"SELECT id, {ROW_COLUMN}, {FILE_COLUMN} FROM {lineage_sql(dataset, dict)[0]}"
    ).fetchall()
    assert sorted(row[:2] for row in lineage) == [(1, 1), (3, 2)]
    assert {row[2].startswith("shop/orders/part-") for row in lineage} == {True}


def test_what_is_written_later_lands_beside_and_is_read(connection, zone, folder):
    deltalake.write_deltalake(folder, pa.table({"id": [1]}))
    before = landed(zone, folder)
    deltalake.write_deltalake(
        folder, pa.table({"id": [2], "more": ["x"]}), mode="append", schema_mode="merge"
    )
    after = landed(zone, folder)
    assert before.fingerprint != after.fingerprint
    assert (rows(connection, before), rows(connection, after)) == ([(1,)], [(1, None), (2, "x")])
    deltalake.write_deltalake(folder, pa.table({"id": [7], "more": ["y"]}), mode="overwrite")
    assert rows(connection, landed(zone, folder)) == [(7, "y")]


def test_types_are_the_tables_and_partitions_the_logs(connection, zone, folder):
    moment = dt.datetime(2024, 1, 5, 10, tzinfo=dt.UTC)
    table = pa.table(
        {
            "id": pa.array([1, 2], pa.int32()),
            "price": pa.array([Decimal("1.50"), None], pa.decimal128(9, 2)),
            "at": pa.array([moment, None], pa.timestamp("us", "UTC")),
            "day": pa.array([dt.date(2024, 1, 5), None], pa.date32()),
            "kind": ["a b/c=d", "é"],
        }
    )
    deltalake.write_deltalake(folder, table, partition_by=["day", "kind"])
    dataset = landed(zone, folder)
    assert {name: str(kind) for name, kind in columns(connection, dataset).items()} == {
        "id": "INTEGER",
        "price": "DECIMAL(9,2)",
        "at": "TIMESTAMP WITH TIME ZONE",
        "day": "DATE",
        "kind": "VARCHAR",
    }
    first, second = rows(connection, dataset)
    assert (first[0], first[1], first[2].timestamp(), *first[3:]) == (
        *(1, Decimal("1.50"), moment.timestamp()),
        *(dt.date(2024, 1, 5), "a b/c=d"),
    )
    assert second == (2, None, None, None, "é")


def test_a_table_without_rows_has_its_columns(connection, zone, folder):
    deltalake.write_deltalake(folder, pa.table({"id": pa.array([], pa.int64())}))
    dataset = landed(zone, folder)
    assert (list(columns(connection, dataset)), rows(connection, dataset)) == (["id"], [])


def test_a_table_is_profiled_as_one(settings, zone, folder):
    deltalake.write_deltalake(folder, pa.table({"id": [1, 2]}))
    deltalake.write_deltalake(folder, pa.table({"id": [3], "x": [1]}), mode="append", schema_mode="merge")
    profile, _ = profile_dataset(settings, landed(zone, folder))
    assert (profile.format, profile.row_count, profile.drift) == ("delta", 3, ())


def test_moments_as_spark_writes_them_are_utc(connection, zone, folder):
    at = pa.table({"at": pa.array([dt.datetime(2024, 1, 5, 10, tzinfo=dt.UTC)], pa.timestamp("us", "UTC"))})
    deltalake.write_deltalake(folder, at)
    (file,) = folder.glob("*.parquet")
    pa.parquet.write_table(at, file, use_deprecated_int96_timestamps=True)
    _correct_size(folder, file)
    connection.execute("SET TimeZone = 'Asia/Tokyo'")
    ((found,),) = rows(connection, landed(zone, folder))
    assert found.timestamp() == dt.datetime(2024, 1, 5, 10, tzinfo=dt.UTC).timestamp()


def _correct_size(folder, file):
    log = folder / "_delta_log" / "00000000000000000000.json"
    actions = [json.loads(line) for line in log.read_text().splitlines()]
    for action in actions:
        if "add" in action:
            action["add"]["size"] = file.stat().st_size
    log.write_text("\n".join(map(json.dumps, actions)))


def _change_log(folder, change):
    log = folder / "_delta_log" / "00000000000000000000.json"
    actions = [json.loads(line) for line in log.read_text().splitlines()]
    for action in actions:
        change(action)
    log.write_text("\n".join(map(json.dumps, actions)))


def leads_out(action):
    if "add" in action:
        action["add"]["path"] = "../../secret.parquet"


def maps_columns(action):
    if "metaData" in action:
        action["metaData"]["configuration"]["delta.columnMapping.mode"] = "name"


def needs_a_new_reader(action):
    if "protocol" in action:
        action["protocol"] |= {"minReaderVersion": 3, "minWriterVersion": 7}
        action["protocol"] |= {"readerFeatures": ["fromTheFuture"], "writerFeatures": ["fromTheFuture"]}


def deletes_rows_beside(action):
    if "protocol" in action:
        action["protocol"] |= {"minReaderVersion": 3, "minWriterVersion": 7}
        action["protocol"] |= {"readerFeatures": ["deletionVectors"], "writerFeatures": ["deletionVectors"]}
    if "add" in action:
        place = {"storageType": "u", "pathOrInlineDv": "vBn[lx{q8@P<9BNH/isA", "offset": 1}
        action["add"]["deletionVector"] = {**place, "sizeInBytes": 36, "cardinality": 1}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (deletes_rows_beside, "it is a Delta table with deleted rows in files of their own"),
        (leads_out, r"its log names \.\./\.\./secret\.parquet, which has not landed"),
        (maps_columns, "it is a Delta table that maps its columns to other names"),
        (needs_a_new_reader, "Delta"),
    ],
)
def test_what_the_files_alone_do_not_say_is_refused(connection, zone, folder, change, words):
    deltalake.write_deltalake(folder, pa.table({"id": [1]}))
    _change_log(folder, change)
    with pytest.raises(LandingError, match=rf"shop/orders: .*{words}"):
        rows(connection, landed(zone, folder))


def test_a_damaged_log_and_a_missing_file_are_told(connection, zone, folder):
    deltalake.write_deltalake(folder, pa.table({"id": [1]}))
    (file,) = folder.glob("*.parquet")
    file.unlink()
    with pytest.raises(LandingError, match=r"its log names part-.*, which has not landed"):
        rows(connection, landed(zone, folder))
    log = folder.parent / "broken" / "_delta_log" / "00000000000000000000.json"
    log.parent.mkdir(parents=True)
    log.write_text("{")
    land([folder.parent / "broken"], zone, "shop")
    with pytest.raises(LandingError, match="shop/broken: its Delta log cannot be read"):
        rows(connection, zone.dataset(DatasetName("shop", "broken")))


def test_a_table_within_a_dataset_is_no_part_of_it(zone, folder, tmp_path):
    deltalake.write_deltalake(folder, pa.table({"id": [1]}))
    inbox = tmp_path / "inbox"
    (inbox / "plain.csv").write_text("id\n1\n")
    assert {str(file.dataset) for file in land([inbox], zone, "shop")} == {
        *("landing.shop.orders", "landing.shop.plain")
    }
    (tmp_path / "zone").mkdir()
    deltalake.write_deltalake(f"{zone.root}/shop/all/2024/orders", pa.table({"id": [1]}))
    with pytest.raises(LandingError, match=r"shop/all/2024/orders is one of Delta tables within the folders"):
        zone.dataset(DatasetName("shop", "all"))


def test_a_table_without_a_reader_is_refused(zone, folder):
    words = "Hudi tables keep files with rows that they have no more"
    (folder / ".hoodie").mkdir(parents=True)
    (folder / ".hoodie" / "hoodie.properties").write_text("{}")
    duckdb.sql(f"COPY (SELECT 1 AS id) TO '{folder / 'a.parquet'}'")
    with pytest.raises(LandingError, match=words):
        land([folder.parent], zone, "shop")
    assert not zone.datasets()
    folder.rename(_made(zone.root + "/shop/orders"))
    dataset = zone.dataset(ORDERS)
    with pytest.raises(LandingError, match=words):
        relation_sql(dataset)


def _made(place):
    from pathlib import Path

    Path(place).parent.mkdir(parents=True)
    return place
