"""What a `transform.py` may return, by library: every value as it was, or the first that cannot be kept is named."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from meshlake.types.tree import ListOf, Scalar
from support.returned import assert_refused, read

NS = 1_704_067_200_000_000_001  # a nanosecond into 2024
BERLIN = dt.timezone(dt.timedelta(hours=1))
NAN = float("nan")
UTC = dt.UTC
FIVE = dt.datetime(2024, 1, 1, 5)  # noqa: DTZ001 - without an offset, as columns have them


def series(values, dtype=None):
    return pd.DataFrame({"x": pd.Series(values, dtype=dtype)})


def objects(*values):
    return pd.DataFrame({"x": pd.Series(values, dtype=object)})


def ns(unit="datetime64[ns]"):
    return pd.Series(np.array([NS], dtype="int64").view(unit))


PANDAS = [
    (series([1, 2], "int64"), "BIGINT", ["1", "2"]),
    (series([2**64 - 1], "uint64"), "UBIGINT", ["18446744073709551615"]),
    (series([1.5, NAN]), "DOUBLE", ["1.5", None]),
    (series([float("inf"), -0.0]), "DOUBLE", ["inf", "-0.0"]),
    (series([1.5, None], "float16"), "FLOAT", ["1.5", None]),
    (series([True, False]), "BOOLEAN", ["true", "false"]),
    (series([2**63 - 1, None], "Int64"), "BIGINT", ["9223372036854775807", None]),
    (series([1.5, None], "Float64"), "DOUBLE", ["1.5", None]),
    (series([True, None], "boolean"), "BOOLEAN", ["true", None]),
    (series(["a", None, ""]), "VARCHAR", ["a", None, ""]),
    (series(["a", None], "string"), "VARCHAR", ["a", None]),
    (series(["a\0b", "é"]), "VARCHAR", ["a\0b", "é"]),
    (series([7, None], pd.ArrowDtype(pa.uint8())), "UTINYINT", ["7", None]),
    (series(["a", None, "b"], "category"), "VARCHAR", ["a", None, "b"]),
    (series([3, None, 1], "category"), "BIGINT", ["3", None, "1"]),
    (series(pd.Categorical([Decimal("1.10"), None])), "DECIMAL(3,2)", ["1.10", None]),
    (series([0, 1, 0], "Sparse[int64]"), "BIGINT", ["0", "1", "0"]),
    (series(pd.to_datetime(["2024-01-01 05:00", None])), "TIMESTAMP", ["2024-01-01 05:00:00", None]),
    (series(pd.to_datetime(["2024-01-01"]).as_unit("s")), "TIMESTAMP", ["2024-01-01 00:00:00"]),
    (series(ns()), "TIMESTAMP_NS", ["2024-01-01 00:00:00.000000001"]),
    (
        series(pd.to_datetime(["2024-07-01", None]).tz_localize("Europe/Berlin")),
        "TIMESTAMP WITH TIME ZONE",
        ["2024-06-30 22:00:00+00", None],
    ),
    (
        series(pd.to_datetime(["2024-07-01"]).tz_localize("Europe/Berlin").as_unit("ns")),
        "TIMESTAMP WITH TIME ZONE",
        ["2024-06-30 22:00:00+00"],
    ),
    (objects("a", None, NAN, pd.NA), "VARCHAR", ["a", None, None, None]),
    (objects(1, None, 2), "BIGINT", ["1", None, "2"]),
    (objects(1, 2.5), "DOUBLE", ["1.0", "2.5"]),
    (objects(np.int8(1), np.int64(2)), "BIGINT", ["1", "2"]),
    (objects(True, None), "BOOLEAN", ["true", None]),
    (objects(b"a\xff", None), "BLOB", ["a\\xFF", None]),
    (objects(Decimal("1.10"), Decimal("22.123"), 4), "DECIMAL(5,3)", ["1.100", "22.123", "4.000"]),
    (objects(dt.date(2024, 1, 1), pd.NaT), "DATE", ["2024-01-01", None]),
    (objects(dt.time(1, 2, 3, 4)), "TIME", ["01:02:03.000004"]),
    (
        objects(dt.datetime(2024, 1, 1, tzinfo=UTC), dt.datetime(2024, 1, 1, tzinfo=BERLIN)),
        "TIMESTAMP WITH TIME ZONE",
        ["2024-01-01 00:00:00+00", "2023-12-31 23:00:00+00"],
    ),
    (objects(uuid.UUID(int=1)), "UUID", ["00000000-0000-0000-0000-000000000001"]),
    (objects([1, None], (2,), np.array([3])), "BIGINT[]", ["[1, NULL]", "[2]", "[3]"]),
    (
        objects({"a": 1}, {"b": "z"}),
        "STRUCT(a BIGINT, b VARCHAR)",
        ["{'a': 1, 'b': NULL}", "{'a': NULL, 'b': z}"],
    ),
]
ARROW = [
    (pa.array([1704067200000], pa.date64()), "DATE", ["2024-01-01"]),
    (pa.array([1], pa.time64("ns")), "TIME_NS", ["00:00:00.000000001"]),
    (pa.array([Decimal("1.5")], pa.decimal256(50, 1)), "DECIMAL(38,1)", ["1.5"]),
    (pa.array([Decimal("1500")], pa.decimal128(5, -2)), "DECIMAL(7,0)", ["1500"]),
    (pa.array(["a", None]).dictionary_encode(), "VARCHAR", ["a", None]),
    (pa.RunEndEncodedArray.from_arrays([2, 3], ["a", "b"]), "VARCHAR", ["a", "a", "b"]),
    (pa.array(['{"a": 1}'], pa.json_(pa.string())), "VARCHAR", ['{"a": 1}']),
    (pa.array([[("k", 1)]], pa.map_(pa.string(), pa.int8())), "MAP(VARCHAR, TINYINT)", ["{k=1}"]),
    (pa.array([[1, 2], None], pa.list_(pa.int32(), 2)), "INTEGER[2]", ["[1, 2]", None]),
    (pa.array(["a"], pa.string_view()), "VARCHAR", ["a"]),
]


@pytest.mark.parametrize(("frame", "kind", "values"), PANDAS, ids=[str(f.x.dtype) for f, *_ in PANDAS])
def test_pandas_is_kept(frame, kind, values):
    assert read(frame) == (kind, values)


@pytest.mark.parametrize(("column", "kind", "values"), ARROW, ids=[str(a.type) for a, *_ in ARROW])
def test_arrow_is_kept_in_every_form(column, kind, values):
    table = pa.table({"x": column})
    for form in (table, table.to_reader(), table.to_batches()[0]):
        assert read(form) == (kind, values)


def test_a_relation_of_duckdb_is_kept():
    customers = pa.table({"x": [1, 2], "born": [dt.date(2000, 1, 1), None]})  # noqa: F841 - read by its name
    assert read(duckdb.sql("SELECT born AS x FROM customers WHERE x = 1")) == ("DATE", ["2000-01-01"])


def test_nothing_but_null_is_of_the_type_that_the_contract_promises():
    assert read(objects(None, NAN), x=Scalar.VARCHAR) == ("VARCHAR", [None, None])
    assert read(pa.table({"x": [[], [None]]}), x=ListOf(Scalar.DATE)) == ("DATE[]", ["[]", "[NULL]"])


REFUSED = {
    "text and number": (objects("a", None, 7), "x, row 3: 7 cannot be kept: it is of type int"),
    "text and bytes": (objects("a", b"a"), "x, row 2: b'a' cannot be kept: it is of type bytes"),
    "yes and one": (objects(True, 1), "x, row 2: 1 cannot be kept: it is of type int"),
    "Decimal and float": (objects(Decimal(1), 1.5), "x, row 2: 1.5 cannot be kept"),
    "day and moment": (
        objects(dt.date(2024, 1, 1), FIVE),
        "x, row 2: datetime.datetime",
    ),
    "moments with and without offset": (
        objects(FIVE, dt.datetime(2024, 1, 1, tzinfo=UTC)),
        "x, row 2: datetime.datetime(2024, 1, 1, 0, 0, tzinfo=datetime.timezone.utc) cannot be kept",
    ),
    "integer beside float": (objects(0.5, 2**53 + 1), "x, row 2: 9007199254740993 cannot be kept"),
    "large integer": (objects(1, 2, 2**64), "x, row 3: 18446744073709551616 cannot be kept"),
    "nanosecond as an object": (
        objects(pd.Timestamp(NS)),
        "x, row 1: Timestamp('2024-01-01 00:00:00.000000001')",
    ),
    "nanosecond of a duration": (objects(dt.timedelta(1), pd.Timedelta(1)), "x, row 2: Timedelta("),
    "time with offset": (objects(dt.time(1, tzinfo=UTC)), "it would become datetime.time(1, 0)"),
    "half a surrogate": (objects("a", "\udcff"), "x, row 2: '\\udcff' cannot be kept"),
    "infinite Decimal": (objects(Decimal("Infinity")), "x, row 1: Decimal('Infinity')"),
    "set": (objects({1}), "x, row 1: {1} cannot be kept: a column cannot hold a set"),
    "object": (
        objects(Path("a")),
        "x, row 1: PosixPath('a') cannot be kept: a column cannot hold a PosixPath",
    ),
    "bytes in a list": (objects(["a"], ["a", b"b"]), "x, row 2: ['a', b'b'] cannot be kept"),
    "object of a category": (series(pd.Categorical(["a", 1])), "x, row 2: 1 cannot be kept"),
    "complex": (series([1j]), "column x is of complex128, which Arrow has no type for"),
    "period": (
        series(pd.period_range("2024", periods=1, freq="M")),
        "column x is of extension<pandas.period",
    ),
    "interval": (series(pd.interval_range(0, 1)), "column x is of extension<pandas.interval"),
    "nanosecond with zone": (
        series(ns().dt.tz_localize("UTC")),
        "x, row 1: Timestamp('2024-01-01 00:00:00.000000001+",
    ),
    "named index": (
        pd.DataFrame({"x": [1]}, index=pd.Index(["a"], name="plan")),
        "the index 'plan' is no column",
    ),
    "index of text": (pd.DataFrame({"x": [1]}, index=["a"]), "the index of "),
    "levels": (pd.DataFrame({"x": [1]}, index=pd.MultiIndex.from_tuples([(1, 2)])), "the index of object"),
    "column of a number": (pd.DataFrame([[1]]), "column 0 has a name of int, not text"),
    "pandas, twice": (pd.DataFrame([[1, 2]], columns=["x", "x"]), "column x is there twice"),
    "Arrow, twice": (pa.table([pa.array([1])] * 2, names=["x", "x"]), "column x is there twice"),
    "date with time": (
        pa.table({"x": pa.array([0, 5], pa.date64())}),
        "x, row 2: datetime.datetime(1970, 1, 1, 0, 0, 0, 5000) cannot be kept",
    ),
    "nanosecond in a list": (
        pa.table({"x": pa.array([[0], [NS]], pa.list_(pa.timestamp("ns", "UTC")))}),
        "x, row 2: [Timestamp(",
    ),
    "far moment": (
        pa.table({"x": pa.array([2**62], pa.timestamp("s"))}),
        "x, row 1: 4611686018427387904 cannot",
    ),
    "50 digits": (
        pa.table({"x": pa.array([Decimal("9" * 45)], pa.decimal256(50, 0))}),
        "x, row 1: Decimal('9999",
    ),
    "DuckDB, 39 digits": (
        duckdb.sql("SELECT 1::HUGEINT AS x"),
        "column x is of HUGEINT, which Arrow has no type",
    ),
    "DuckDB, in a list": (
        duckdb.sql("SELECT [TIMETZ '10:00+02'] AS x"),
        "column x is of TIME WITH TIME ZONE[]",
    ),
    "series of pandas": (pd.Series([1], name="x"), "transform returned Series"),
    "array": (pa.array([1]), "transform returned Int64Array"),
    "None": (None, "transform returned NoneType"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_kept_is_named(name):
    assert_refused(*REFUSED[name])


def test_numbers_of_rows_are_no_column():
    frame = pd.DataFrame({"x": [1, 2, 3]})
    assert read(frame[frame.x > 1]) == ("BIGINT", ["2", "3"])
    assert read(pd.concat([frame, frame]))[1] == ["1", "2", "3"] * 2
    assert read(frame[frame.x > 3]) == ("BIGINT", [])
