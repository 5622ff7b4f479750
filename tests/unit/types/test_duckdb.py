"""DuckDB's texts of types, read into values and written again."""

from __future__ import annotations

import duckdb
import pytest
from hypothesis import given
from tests.support.column_types import TYPES

from meshlake.types.duckdb import parse
from meshlake.types.tree import Decimal, Field, ListOf, MapOf, Scalar, Struct, Unknown

SPELLINGS = [
    ("varchar(18)", "VARCHAR"),
    ("TEXT", "VARCHAR"),
    ("Character  Varying(3)", "VARCHAR"),
    ("INT", "INTEGER"),
    ("NUMERIC(5)", "DECIMAL(5,0)"),
    ("DECIMAL", "DECIMAL(18,3)"),
    ("timestamptz", "TIMESTAMP WITH TIME ZONE"),
    ("TIMESTAMP(3) WITH TIME ZONE", "TIMESTAMP WITH TIME ZONE"),
    ("DATETIME", "TIMESTAMP"),
    ("VARCHAR[][]", "VARCHAR[][]"),
    ("INTEGER[3][]", "INTEGER[3][]"),
    ('STRUCT(a INT, "b ""c" DECIMAL(4, 1)[])', 'STRUCT("a" INTEGER, "b ""c" DECIMAL(4,1)[])'),
    ('STRUCT("a, (b" INT)', 'STRUCT("a, (b" INTEGER)'),
    ("MAP(VARCHAR, INTEGER)", "MAP(VARCHAR, INTEGER)"),
    ("null", '"NULL"'),
    ("ENUM('it''s', 'a, (b')", "ENUM('it''s', 'a, (b')"),
]


@pytest.mark.parametrize(("text", "canonical"), SPELLINGS)
def test_a_type_has_one_text_whatever_its_spelling(text, canonical):
    assert str(parse(text)) == canonical
    assert parse(canonical) == parse(text)


def test_a_type_is_read_into_its_parts():
    read = parse("STRUCT(a DECIMAL(4,1)[], b MAP(DATE, INTERVAL[2]))")
    days = MapOf(Scalar.DATE, ListOf(Unknown("INTERVAL"), 2))
    assert read == Struct((Field("a", ListOf(Decimal(4, 1))), Field("b", days)))


@pytest.mark.parametrize("text", ["INTEGR", "INTERVAL", "UNION(a INTEGER)", "ENUM('x')", "VARIANT", ""])
def test_a_type_not_known_here_keeps_its_text(text):
    assert parse(text) == Unknown(text)


@pytest.mark.parametrize("text", ["DECIMAL(39,0)", "DECIMAL(0,0)", "DECIMAL(2,3)"])
def test_decimals_have_at_most_38_digits(text):
    with pytest.raises(ValueError, match="38 digits"):
        parse(text)


@pytest.mark.parametrize("text", ["DECIMAL(12,2", "STRUCT(a INT", "MAP(A, (B)", "ENUM('x)", "STRUCT(INT)"])
def test_text_that_is_not_whole_is_refused(text):
    with pytest.raises(ValueError, match=r"closed|field"):
        parse(text)


def test_every_name_that_duckdb_has_for_a_type_is_known():
    names = duckdb.sql("SELECT type_name, logical_type FROM duckdb_types() WHERE database_name = 'system'")
    others = {"DECIMAL", "LIST", "STRUCT", "MAP", "UNION", "ENUM", "ARRAY", "NULL"}
    for name, logical in names.fetchall():
        if logical in others or name == "JSON":
            continue
        known = parse(name)
        assert str(known) == logical or (isinstance(known, Unknown) and known.text == name)
        assert isinstance(known, Scalar) or logical in {
            "BIGNUM",
            "BIT",
            "GEOMETRY",
            "INTERVAL",
            "TYPE",
            "VARIANT",
        }


@pytest.mark.slow
@given(TYPES)
def test_what_duckdb_says_of_a_type_reads_back_as_that_type(type_):
    with duckdb.connect() as connection:
        described = connection.execute(f"DESCRIBE SELECT CAST(NULL AS {type_}) AS c").fetchone()
    assert parse(described[1]) == type_ == parse(str(type_))
