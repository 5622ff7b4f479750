from __future__ import annotations

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st
from open_data_contract_standard.model import SchemaProperty

from meshlake.contract.types import canonical_type, duckdb_type
from meshlake.names import quote_identifier


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("varchar(18)", "VARCHAR"),
        ("TEXT", "VARCHAR"),
        ("INT", "INTEGER"),
        ("NUMERIC(5)", "DECIMAL(5,0)"),
        ("DECIMAL", "DECIMAL(18,3)"),
        ("timestamptz", "TIMESTAMP WITH TIME ZONE"),
        ("DATETIME", "TIMESTAMP"),
        ("VARCHAR[][]", "VARCHAR[][]"),
        ('STRUCT(a INT, "b ""c" DECIMAL(4, 1)[])', 'STRUCT("a" INTEGER, "b ""c" DECIMAL(4,1)[])'),
        ("MAP(VARCHAR, INTEGER)", "MAP(VARCHAR, INTEGER)"),
    ],
)
def test_one_spelling_per_type(text, canonical):
    assert canonical_type(text) == canonical


@pytest.mark.parametrize(
    "text",
    [
        "",
        "INTEGR",
        "DECIMAL(12,2",
        "SMALLINT",
        "HUGEINT",
        "UBIGINT",
        "ENUM('a')",
        "JSON",
        "INTERVAL",
        "INTEGER[3]",
    ],
)
def test_other_types_are_refused(text):
    with pytest.raises(ValueError, match="type"):
        canonical_type(text)


def test_decimals_have_at_most_38_digits():
    with pytest.raises(ValueError, match="38 digits"):
        canonical_type("DECIMAL(39,0)")


SCALARS = st.one_of(
    st.sampled_from(["VARCHAR", "BIGINT", "INTEGER", "DOUBLE", "FLOAT", "BOOLEAN", "DECIMAL(12,2)"]),
    st.sampled_from(["DATE", "TIME", "TIMESTAMP", "TIMESTAMP WITH TIME ZONE", "UUID", "BLOB"]),
)
NAMES = st.text(st.characters(codec="utf-8", exclude_categories=("C",)), min_size=1, max_size=8)


def _struct(types: list[str], names: list[str]) -> str:
    return f"STRUCT({', '.join(f'{quote_identifier(n)} {t}' for n, t in zip(names, types, strict=False))})"


TYPES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        inner.map(lambda t: f"{t}[]"),
        inner.map(lambda t: f"MAP(VARCHAR, {t})"),
        st.builds(
            _struct,
            st.lists(inner, min_size=1, max_size=3),
            st.lists(NAMES, min_size=3, max_size=3, unique_by=str.lower),
        ),
    ),
    max_leaves=5,
)


@given(TYPES)
def test_what_duckdb_describes_reads_back_as_the_same_type(text):
    with duckdb.connect() as connection:
        described = connection.execute(f"DESCRIBE SELECT CAST(NULL AS {text}) AS c").fetchone()
    assert canonical_type(described[1]) == canonical_type(text) == text


@pytest.mark.parametrize(
    ("prop", "type_text"),
    [
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
            {
                "logicalType": "map",
                "map": {"key": {"logicalType": "string"}, "value": {"logicalType": "time"}},
            },
            "MAP(VARCHAR, TIME)",
        ),
    ],
)
def test_type_of_a_property(prop, type_text):
    assert duckdb_type(SchemaProperty(**prop)) == type_text


@pytest.mark.parametrize(
    ("prop", "words"),
    [
        ({}, "no logicalType"),
        ({"logicalType": "vector"}, "'vector' is unknown"),
        ({"logicalType": "array"}, "needs 'items'"),
        ({"logicalType": "object"}, "needs 'properties'"),
        ({"logicalType": "map"}, "needs 'map'"),
        ({"logicalType": "object", "properties": [{"logicalType": "date"}]}, "without a name"),
    ],
)
def test_a_property_without_a_type_says_why(prop, words):
    with pytest.raises(ValueError, match=words):
        duckdb_type(SchemaProperty(**prop))
