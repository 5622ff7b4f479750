"""Arrow's own files: files and streams, Feather; and what Parquet would keep as another type refused by name."""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal

import pyarrow as pa
import pytest
from pyarrow import feather, ipc, parquet

from meshlake.errors import LandingError
from meshlake.formats.parquet import PARQUET
from meshlake.landing.relation import columns, relation_sql


def as_feather(table, **options):
    sink = io.BytesIO()
    feather.write_feather(table, sink, **options)
    return sink.getvalue()


def as_ipc(table, opening):
    sink = io.BytesIO()
    with opening(sink, table.schema) as writer:
        writer.write_table(table, max_chunksize=2)
    return sink.getvalue()


WRITERS = {
    "a.feather": lambda table: as_feather(table, compression="lz4"),
    "a.arrow": lambda table: as_ipc(table, ipc.new_file),
    "a.arrows": lambda table: as_ipc(table, ipc.new_stream),
    "b.arrow": lambda table: as_ipc(table, ipc.new_stream),
}


def rows(connection, dataset):
    return connection.execute(f"SELECT * FROM {relation_sql(dataset)} ORDER BY ALL").fetchall()


@pytest.mark.parametrize("name", WRITERS)
def test_files_and_streams_are_read(connection, put, name):
    table = pa.table({"id": [1, 2, 3], "kind": pa.array(["x", None, "x"]).dictionary_encode()})
    assert rows(connection, put({name: WRITERS[name](table)})) == [(1, "x"), (2, None), (3, "x")]


VALUES = {
    "BIGINT": (pa.int64(), -(2**63)),
    "UBIGINT": (pa.uint64(), 2**64 - 1),
    "FLOAT": (pa.float32(), 0.5),
    "DECIMAL(38,2)": (pa.decimal128(38, 2), Decimal("1.10")),
    "VARCHAR": (pa.large_string(), " ü "),
    "BLOB": (pa.binary(), b"\xff"),
    "DATE": (pa.date64(), dt.date(2024, 1, 5)),
    "TIME": (pa.time64("us"), dt.time(1, 2, 3, 4)),
    "INTEGER[]": (pa.large_list(pa.int32()), [1, None]),
    'STRUCT("a" BIGINT)': (pa.struct([("a", pa.int64())]), {"a": 1}),
}


@pytest.mark.parametrize("kind", VALUES)
def test_values_are_those_of_the_file(connection, put, kind):
    type_, value = VALUES[kind]
    dataset = put({"a.arrow": as_ipc(pa.table({"x": pa.array([value], type_)}), ipc.new_file)})
    assert {name: str(found) for name, found in columns(connection, dataset).items()} == {"x": kind}
    assert rows(connection, dataset) == [(value,)]


@pytest.mark.parametrize(
    "array",
    [
        pa.array([1], pa.duration("s")),
        pa.array([[1]], pa.list_(pa.duration("us"))),
        pa.array([Decimal(1)], pa.decimal256(60, 0)),
        pa.RunEndEncodedArray.from_arrays(pa.array([1], pa.int32()), pa.array(["a"])),
        pa.UnionArray.from_sparse(pa.array([0], pa.int8()), [pa.array([1]), pa.array(["a"])]),
    ],
    ids=lambda array: str(array.type),
)
def test_what_parquet_keeps_as_another_type_is_refused(put, array):
    dataset = put({"a.arrow": as_ipc(pa.table({"x": array}), ipc.new_file)})
    with pytest.raises(LandingError, match=r"a\.arrow: its column x is of the type .*, which no column here"):
        relation_sql(dataset)


def test_durations_of_parquet_are_told_since_they_are_read_as_whole_numbers(connection, put):
    spans = {unit: pa.array([5], pa.duration(unit)) for unit in ("s", "ms", "us", "ns")}
    sink = io.BytesIO()
    parquet.write_table(pa.table({"id": [1], **spans}), sink)
    dataset = put({"a.parquet": sink.getvalue(), "b.parquet": sink.getvalue()})
    assert rows(connection, dataset) == [(1, 5, 5, 5, 5)] * 2
    words = {"s": "seconds", "ms": "milliseconds", "us": "microseconds", "ns": "nanoseconds"}
    assert PARQUET.notes(dataset.files) == [
        f"a.parquet and 1 more: column {unit} has durations, which Parquet has not: it is the whole number of {word}"
        for unit, word in words.items()
    ]


def as_parquet(table):
    sink = io.BytesIO()
    parquet.write_table(table, sink)
    return sink.getvalue()


def test_types_that_a_library_adds_to_arrow_are_told(put):
    # As pandas writes it, so that it is the same where pandas has told Arrow of its type.
    of_month = {"ARROW:extension:name": "pandas.period", "ARROW:extension:metadata": '{"freq": "M"}'}
    months = pa.field("month", pa.int64(), metadata=of_month)
    tags = pa.field("tags", pa.string(), metadata={"ARROW:extension:name": "arrow.json"})
    table = pa.table({"month": [648], "tags": ["{}"]}, schema=pa.schema([months, tags]))
    told = "column month is of the type pandas.period, which is not known here: int64 is read of it"
    assert PARQUET.notes(put({"a.parquet": as_parquet(table)}).files) == [f"a.parquet: {told}"]


@pytest.mark.parametrize("names", [["a", "A"], ["a", "a"]])
def test_columns_of_parquet_that_are_one_in_sql_are_told(connection, put, names):
    dataset = put({"a.parquet": as_parquet(pa.table([pa.array([1]), pa.array([2])], names=names))})
    assert list(columns(connection, dataset)) == ["a", f"{names[1]}_1"]
    told = (
        f"columns 'a' and '{names[1]}' are the same in SQL: those after the first have a number behind them"
    )
    assert PARQUET.notes(dataset.files) == [f"a.parquet: {told}"]


@pytest.mark.parametrize("name", ["a\x00b", "\x02file"])
def test_names_that_sql_cannot_have_are_refused(connection, put, name):
    dataset = put({"a.parquet": as_parquet(pa.table({name: [1]}))})
    with pytest.raises(
        LandingError, match=r"its column '.*' has a character in its name that no name in SQL"
    ):
        columns(connection, dataset)


def test_feather_of_version_1_is_told(put):
    with pytest.raises(LandingError, match=r"a\.feather: it is Feather of version 1"):
        relation_sql(put({"a.feather": b"FEA1" + bytes(100) + b"FEA1"}))


@pytest.mark.parametrize("name", WRITERS)
def test_a_damaged_file_is_told(put, name):
    whole = WRITERS[name](pa.table({"id": list(range(1_000))}))
    with pytest.raises(LandingError, match=r"it is cut off, damaged, or no Arrow file"):
        relation_sql(put({name: whole[: len(whole) // 2]}))
