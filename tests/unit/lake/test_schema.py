"""Contract types as Iceberg types and back, and the field ids files carry."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meshlake.column import Column
from meshlake.errors import ContractError
from meshlake.lake.schema import duckdb_type, field_ids_sql, table_schema

PLAIN = [
    "VARCHAR",
    "BIGINT",
    "INTEGER",
    "DOUBLE",
    "FLOAT",
    "BOOLEAN",
    "DATE",
    "TIME",
    "TIMESTAMP",
    "TIMESTAMP WITH TIME ZONE",
    "BLOB",
    "UUID",
]
DECIMALS = st.integers(1, 38).flatmap(lambda p: st.integers(0, p).map(lambda s: f"DECIMAL({p},{s})"))
NAMES = st.text(st.sampled_from('ab "(),'), min_size=1, max_size=6)


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def structs(inner):
    fields = st.dictionaries(NAMES, inner, min_size=1, max_size=3)
    return fields.map(lambda f: "STRUCT(" + ", ".join(f"{quoted(n)} {t}" for n, t in f.items()) + ")")


TYPES = st.recursive(
    st.sampled_from(PLAIN) | DECIMALS,
    lambda inner: (
        inner.map(lambda t: f"{t}[]")
        | structs(inner)
        | st.tuples(inner, inner).map(lambda kv: f"MAP({kv[0]}, {kv[1]})")
    ),
    max_leaves=6,
)


@given(TYPES)
def test_a_type_is_the_same_after_iceberg_has_had_it(text):
    schema = table_schema([Column("x", text)])
    assert duckdb_type(schema.fields[0].field_type) == text


@given(st.lists(TYPES, min_size=1, max_size=4))
def test_every_field_has_an_id_of_its_own(types):
    schema = table_schema([Column(f"c{i}", text) for i, text in enumerate(types)])
    assert len(schema._lazy_id_to_field) == schema.highest_field_id
    assert not any(field.required for field in schema.fields)


def test_descriptions_stay_with_their_columns():
    schema = table_schema([Column("a", "DATE", "The day"), Column("b", "DATE")])
    assert [field.doc for field in schema.fields] == ["The day", None]


def test_field_ids_name_every_level():
    schema = table_schema(
        [
            Column("a", "BIGINT"),
            Column('b"c', "VARCHAR[]"),
            Column("m", "MAP(VARCHAR, DATE)"),
            Column("s", 'STRUCT(x DATE, "y z" TIME[])'),
        ]
    )
    a, b, m, s = schema.fields
    x, y = s.field_type.fields
    listed = (
        f'"a": {a.field_id}',
        f'"b""c": {{__duckdb_field_id: {b.field_id}, element: {b.field_type.element_id}}}',
        f'"m": {{__duckdb_field_id: {m.field_id}, key: {m.field_type.key_id}, value: {m.field_type.value_id}}}',
        f'"s": {{__duckdb_field_id: {s.field_id}, "x": {x.field_id}, '
        f'"y z": {{__duckdb_field_id: {y.field_id}, element: {y.field_type.element_id}}}}}',
    )
    assert field_ids_sql(schema) == "{" + ", ".join(listed) + "}"


@pytest.mark.parametrize("text", ["HUGEINT", "ENUM('a')", "INTERVAL", "DECIMAL", "varchar"])
def test_a_type_iceberg_has_not_is_refused_with_those_it_has(text):
    with pytest.raises(ContractError, match="cannot be kept") as caught:
        table_schema([Column("x", text)])
    assert "BIGINT" in caught.value.hint
