"""How columns of landed files are kept in Hive's tables and read back."""

from __future__ import annotations

import pytest

from meshlake.engines.trino.hive_types import hive_column, is_hive_name
from meshlake.types.duckdb import parse
from meshlake.types.tree import Scalar


@pytest.mark.parametrize(
    ("duckdb_type", "declared"),
    [
        ("VARCHAR", "varchar"),
        ("TINYINT", "tinyint"),
        ("FLOAT", "real"),
        ("DECIMAL(12,2)", "decimal(12,2)"),
        ("TIMESTAMP", "timestamp(6)"),
        ("BLOB", "varbinary"),
        ("INTEGER[]", "array(integer)"),
        ("MAP(VARCHAR, DOUBLE)", "map(varchar, double)"),
        ('STRUCT("a b" INTEGER, c DATE[])', 'row("a b" integer, "c" array(date))'),
    ],
)
def test_types_that_hive_has_are_read_as_they_lie(duckdb_type, declared):
    column = hive_column(parse(duckdb_type))
    assert (column.type, column.declared, column.written, column.read) == (
        parse(duckdb_type),
        declared,
        "{}",
        "{}",
    )
    assert column.is_as_found


@pytest.mark.parametrize(
    ("duckdb_type", "declared", "read"),
    [
        ("UBIGINT", "decimal(20,0)", "{}"),
        ("UINTEGER", "bigint", "{}"),
        ("TIMESTAMP_NS", "bigint", "CAST(from_unixtime_nanos({}) AT TIME ZONE 'UTC' AS timestamp(9))"),
        ("TIME", "varchar", "CAST({} AS time(6))"),
        ("UUID", "varchar", "CAST({} AS uuid)"),
    ],
)
def test_types_that_hive_lacks_are_kept_as_another(duckdb_type, declared, read):
    column = hive_column(parse(duckdb_type))
    assert (column.type, column.declared, column.read) == (parse(duckdb_type), declared, read)
    assert not column.is_as_found


def test_timestamps_with_zone_are_read_where_they_lie_and_given_their_zone_back():
    column = hive_column(Scalar.TIMESTAMPTZ)
    assert (column.declared, column.read) == ("timestamp(6)", "with_timezone({}, 'UTC')")
    assert column.is_as_found


@pytest.mark.parametrize("duckdb_type", ["INTERVAL", "JSON", "HUGEINT", 'STRUCT("a,b" INTEGER)', "TIME[]"])
def test_what_hive_cannot_hold_is_text(duckdb_type):
    column = hive_column(parse(duckdb_type))
    assert (column.type, column.declared) == (Scalar.VARCHAR, "varchar")
    assert not column.is_as_found


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Customer ID", True),
        ("größe", True),
        ("a.b", True),
        ("a,b", False),
        (" a", False),
        ("a\nb", False),
        ("", False),
    ],
)
def test_names_of_columns(name, expected):
    assert is_hive_name(name) is expected
