"""Frames of polars that a `transform.py` may return: every value as it was, or the first that is not is named."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import polars as pl
import pytest

from meshlake.types.tree import Scalar
from support.returned import assert_refused, read

NS = 1_704_067_200_000_000_001  # a nanosecond into 2024
BERLIN = dt.timezone(dt.timedelta(hours=1))
NAN = float("nan")
FIVE = dt.datetime(2024, 1, 1, 5)  # noqa: DTZ001 - without an offset, as columns have them
KEPT = [
    (pl.Series([1, None]), "BIGINT", ["1", None]),
    (pl.Series([1.5, NAN, None]), "DOUBLE", ["1.5", "nan", None]),
    (pl.Series([1.5], dtype=pl.Float16), "FLOAT", ["1.5"]),
    (pl.Series(["a", None, "é" * 20]), "VARCHAR", ["a", None, "é" * 20]),
    (pl.Series([b"a\xff"]), "BLOB", ["a\\xFF"]),
    (pl.Series(["a", None], dtype=pl.Categorical), "VARCHAR", ["a", None]),
    (pl.Series(["b"], dtype=pl.Enum(["a", "b"])), "VARCHAR", ["b"]),
    (pl.Series([Decimal("1.10")], dtype=pl.Decimal(10, 2)), "DECIMAL(10,2)", ["1.10"]),
    (pl.Series([dt.date(2024, 1, 1)]), "DATE", ["2024-01-01"]),
    (pl.Series([dt.time(1, 2, 3)]), "TIME_NS", ["01:02:03"]),
    (pl.Series([FIVE]), "TIMESTAMP", ["2024-01-01 05:00:00"]),
    (pl.Series([NS]).cast(pl.Datetime("ns")), "TIMESTAMP_NS", ["2024-01-01 00:00:00.000000001"]),
    (
        pl.Series([dt.datetime(2024, 1, 1, tzinfo=BERLIN)]),
        "TIMESTAMP WITH TIME ZONE",
        ["2023-12-31 23:00:00+00"],
    ),
    (pl.Series([[1, None], None, []]), "BIGINT[]", ["[1, NULL]", None, "[]"]),
    (pl.Series([{"a": 1, "b": "z"}]), "STRUCT(a BIGINT, b VARCHAR)", ["{'a': 1, 'b': z}"]),
    (pl.Series([True, None]), "BOOLEAN", ["true", None]),
]
REFUSED = {
    "polars, twice": (pl.DataFrame({"x": [1], "X": [2]}), "column X and column x have the same name in SQL"),
    "polars, 128 bits": (
        pl.DataFrame({"y": [1], "x": [2**100]}),
        "column x is of Int128, which Arrow has no type",
    ),
    "polars, object": (pl.DataFrame({"x": [object()]}), "column x is of Object, which Arrow has no type for"),
    "polars, nanosecond": (
        pl.DataFrame({"x": pl.Series([0, NS]).cast(pl.Datetime("ns", "UTC"))}),
        "x, row 2: Timestamp('2024-01-01 00:00:00.000000001+",
    ),
    "series of polars": (pl.Series("x", [1]), "transform returned Series"),
}


@pytest.mark.parametrize(("column", "kind", "values"), KEPT, ids=[str(s.dtype) for s, *_ in KEPT])
def test_polars_is_kept_lazy_or_not(column, kind, values):
    frame = pl.DataFrame({"x": column})
    assert read(frame) == (kind, values)
    assert read(frame.lazy()) == (kind, values)


def test_nothing_but_null_is_of_the_type_that_the_contract_promises():
    assert read(pl.DataFrame({"x": [None]}), x=Scalar.DOUBLE) == ("DOUBLE", [None])


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_kept_is_named(name):
    assert_refused(*REFUSED[name])
