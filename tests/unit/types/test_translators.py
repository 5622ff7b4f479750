"""Types in the words of Iceberg, Trino, PostgreSQL, Arrow and ODCS, and back where both ways are used."""

from __future__ import annotations

from itertools import count

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given
from open_data_contract_standard.model import SchemaProperty
from tests.support.column_types import TYPES

from meshlake.types.arrow import to_arrow
from meshlake.types.duckdb import parse
from meshlake.types.iceberg import HELD, can_hold, from_iceberg, to_iceberg, widened
from meshlake.types.odcs import column_type, held_type, is_said_by_logical_type, logical_name
from meshlake.types.postgres import from_postgres, postgres_text
from meshlake.types.tree import Scalar
from meshlake.types.trino import parse_trino, trino_text


@given(TYPES)
def test_a_type_is_the_same_after_iceberg_and_trino_have_had_it(type_):
    assert from_iceberg(to_iceberg(type_, count(1).__next__)) == type_
    assert parse_trino(trino_text(type_)) == type_


@given(TYPES)
def test_what_a_table_holds_is_no_wider(type_):
    assert can_hold(type_)
    assert widened(type_) == type_


WIDER = [
    ("TINYINT", "INTEGER"),
    ("UINTEGER", "BIGINT"),
    ("UBIGINT", "DECIMAL(20,0)"),
    ("HUGEINT", "DECIMAL(38,0)"),
    ("TIMESTAMP_NS", "TIMESTAMP"),
    ("JSON", "VARCHAR"),
    ("ENUM('a')", "VARCHAR"),
    ("INTEGER[3]", "INTEGER[]"),
    ('STRUCT("a" SMALLINT[])', 'STRUCT("a" INTEGER[])'),
    ("MAP(VARCHAR, UTINYINT)", "MAP(VARCHAR, INTEGER)"),
]


@pytest.mark.parametrize(("text", "held"), WIDER)
def test_a_type_that_no_table_holds_has_a_wider_one(text, held):
    assert str(widened(parse(text))) == held
    with pytest.raises(ValueError, match="Iceberg"):
        to_iceberg(parse(text), count(1).__next__)


TRINO = [
    ("VARCHAR", "varchar"),
    ("FLOAT", "real"),
    ("DECIMAL(38,0)", "decimal(38,0)"),
    ("TIME", "time(6)"),
    ("TIMESTAMP", "timestamp(6)"),
    ("TIMESTAMP WITH TIME ZONE", "timestamp(6) with time zone"),
    ("BLOB", "varbinary"),
    ("UUID", "uuid"),
    ("VARCHAR[][]", "array(array(varchar))"),
    ("MAP(VARCHAR, DECIMAL(10,2))", "map(varchar, decimal(10,2))"),
    ('STRUCT("a, b" INTEGER, "say ""hi""" DATE[])[]', 'array(row("a, b" integer, "say ""hi""" array(date)))'),
]


@pytest.mark.parametrize(("text", "trino"), TRINO)
def test_a_type_is_said_in_trino_and_back(text, trino):
    assert trino_text(parse(text)) == trino
    assert str(parse_trino(trino)) == text


NEAREST = [
    ("varchar(12)", "VARCHAR"),
    ("char(3)", "VARCHAR"),
    ("timestamp(3) with time zone", "TIMESTAMP WITH TIME ZONE"),
    ("timestamp(3)", "TIMESTAMP"),
    ("timestamp(9)", "TIMESTAMP_NS"),
    ("time(0)", "TIME"),
    ("tinyint", "TINYINT"),
    ("unknown", '"NULL"'),
    ("row(a integer, B varchar(3))", 'STRUCT("a" INTEGER, "B" VARCHAR)'),
]


@pytest.mark.parametrize(("trino", "text"), NEAREST)
def test_types_only_trino_has_become_their_nearest(trino, text):
    assert str(parse_trino(trino)) == text


@pytest.mark.parametrize("trino", ["ipaddress", "row(integer)", "interval day to second"])
def test_a_type_duckdb_does_not_have_is_refused(trino):
    with pytest.raises(ValueError, match=r"Trino|field"):
        parse_trino(trino)


@pytest.mark.parametrize("text", ["HUGEINT", "INTERVAL", "TIME WITH TIME ZONE"])
def test_a_type_trino_does_not_have_is_refused(text):
    with pytest.raises(ValueError, match="Trino"):
        trino_text(parse(text))


POSTGRES = [
    ("int4", -1, "INTEGER"),
    ("timestamptz", -1, "TIMESTAMP WITH TIME ZONE"),
    ("numeric", (12 << 16 | 2) + 4, "DECIMAL(12,2)"),
    ("numeric", -1, None),  # of any length
    ("numeric", (40 << 16 | 2) + 4, None),
    ("numeric", (5 << 16 | (-2 & 0x7FF)) + 4, None),  # rounded to hundreds
    ("tstensor", -1, None),
]


@pytest.mark.parametrize(("kind", "modifier", "text"), POSTGRES)
def test_types_of_postgresql(kind, modifier, text):
    found = from_postgres(kind, modifier)
    assert (found and str(found)) == text


@pytest.mark.parametrize(
    ("text", "words"),
    [("VARCHAR", "text"), ("DOUBLE[]", "double precision[]"), ("DECIMAL(4,1)", "DECIMAL(4,1)")],
)
def test_a_type_is_said_in_postgresql(text, words):
    assert postgres_text(parse(text)) == words


@pytest.mark.parametrize("scalar", [*HELD, Scalar.TINYINT, Scalar.UBIGINT, Scalar.TIMESTAMP_NS])
def test_arrow_s_type_is_that_of_duckdb_s_own_answer(scalar):
    if scalar is Scalar.UUID:
        assert to_arrow(scalar) == pa.string()
        return
    answer = duckdb.connect().execute("SET TimeZone = 'UTC'").execute(f"SELECT CAST(NULL AS {scalar}) AS c")
    assert to_arrow(scalar) == answer.to_arrow_table().schema.field(0).type


@given(TYPES)
def test_every_type_has_one_of_arrow_s(type_):
    assert isinstance(to_arrow(type_), pa.DataType)


PROPERTIES = [
    ({"logicalType": "string"}, "VARCHAR"),
    ({"logicalType": "integer"}, "BIGINT"),
    ({"logicalType": "number"}, "DOUBLE"),
    ({"logicalType": "number", "physicalType": "DECIMAL(12, 2)"}, "DECIMAL(12,2)"),
    ({"logicalType": "timestamp"}, "TIMESTAMP"),
    ({"logicalType": "timestamp", "logicalTypeOptions": {"timezone": True}}, "TIMESTAMP WITH TIME ZONE"),
    ({"logicalType": "array", "items": {"logicalType": "date"}}, "DATE[]"),
    (
        {"logicalType": "object", "properties": [{"name": "a b", "logicalType": "boolean"}]},
        'STRUCT("a b" BOOLEAN)',
    ),
    (
        {"logicalType": "map", "map": {"key": {"logicalType": "string"}, "value": {"logicalType": "time"}}},
        "MAP(VARCHAR, TIME)",
    ),
]


@pytest.mark.parametrize(("prop", "text"), PROPERTIES)
def test_type_of_a_contract_s_property(prop, text):
    assert str(column_type(SchemaProperty(**prop))) == text
    assert logical_name(parse(text)) == prop["logicalType"]


NO_TYPE = [
    ({}, "no logicalType"),
    ({"logicalType": "tensor"}, "'tensor' is unknown"),
    ({"logicalType": "array"}, "needs 'items'"),
    ({"logicalType": "object"}, "needs 'properties'"),
    ({"logicalType": "map"}, "needs 'map'"),
    ({"logicalType": "object", "properties": [{"logicalType": "date"}]}, "without a name"),
]


@pytest.mark.parametrize(("prop", "words"), NO_TYPE)
def test_a_property_without_a_type_says_why(prop, words):
    with pytest.raises(ValueError, match=words):
        column_type(SchemaProperty(**prop))


OTHERS = ["", "INTEGR", "DECIMAL(12,2", "SMALLINT", "HUGEINT", "UBIGINT", "ENUM('a')", "JSON", "INTERVAL"]


@pytest.mark.parametrize("text", [*OTHERS, "INTEGER[3]", "DECIMAL(39,0)"])
def test_a_contract_cannot_ask_for_other_types(text):
    with pytest.raises(ValueError, match="type"):
        held_type(text)


LOGICAL = [
    ("TINYINT", "integer"),
    ("SMALLINT", "integer"),
    ("UINTEGER", "integer"),
    ("UBIGINT", "number"),
    ("HUGEINT", "number"),
    ("FLOAT", "number"),
    ("DECIMAL(4,1)", "number"),
    ("TIMESTAMP_NS", "timestamp"),
    ("TIME WITH TIME ZONE", "string"),
    ("UUID", "string"),
    ("JSON", "string"),
    ("UNION(a INTEGER)", "string"),
    ("INTERVAL", "string"),
    ("ENUM('a', 'b')", "string"),
    ("INTEGER[3]", "array"),
]


@pytest.mark.parametrize(("text", "logical"), LOGICAL)
def test_every_type_has_a_logical_one(text, logical):
    assert logical_name(parse(text)) == logical


def test_logical_types_say_all_of_those_alone_that_they_mean():
    assert is_said_by_logical_type(Scalar.TIMESTAMPTZ)
    assert is_said_by_logical_type(Scalar.BIGINT)
    assert not is_said_by_logical_type(Scalar.INTEGER)
    assert not is_said_by_logical_type(Scalar.UUID)
