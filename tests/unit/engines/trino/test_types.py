import pytest

from meshlake.engines.trino.types import duckdb_type_of, trino_type_of

SAME = [
    ("VARCHAR", "varchar"),
    ("FLOAT", "real"),
    ("DECIMAL(38,0)", "decimal(38, 0)"),
    ("TIME", "time(6)"),
    ("TIMESTAMP", "timestamp(6)"),
    ("TIMESTAMP WITH TIME ZONE", "timestamp(6) with time zone"),
    ("BLOB", "varbinary"),
    ("UUID", "uuid"),
    ("VARCHAR[][]", "array(array(varchar))"),
    ("MAP(VARCHAR, DECIMAL(10,2))", "map(varchar, decimal(10, 2))"),
    ('STRUCT("a, b" INTEGER, "say ""hi""" DATE[])[]', 'array(row("a, b" integer, "say ""hi""" array(date)))'),
]


@pytest.mark.parametrize(("duckdb", "trino"), SAME)
def test_a_type_is_said_in_trino_and_back(duckdb, trino):
    assert trino_type_of(duckdb) == trino
    assert duckdb_type_of(trino) == duckdb


@pytest.mark.parametrize(
    ("trino", "duckdb"),
    [
        ("varchar(12)", "VARCHAR"),
        ("timestamp(3) with time zone", "TIMESTAMP WITH TIME ZONE"),
        ("time(0)", "TIME"),
        ("row(a integer, B varchar(3))", 'STRUCT("a" INTEGER, "B" VARCHAR)'),
    ],
)
def test_types_only_trino_has_become_their_nearest(trino, duckdb):
    assert duckdb_type_of(trino) == duckdb


@pytest.mark.parametrize("trino", ["ipaddress", "row(integer)", "interval day to second"])
def test_a_type_duckdb_does_not_have_is_refused(trino):
    with pytest.raises(ValueError, match="Trino"):
        duckdb_type_of(trino)
