"""Contract types as Iceberg types and back, and the field ids files carry."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.column_types import TYPES

from meshlake.column import Column
from meshlake.errors import ContractError
from meshlake.lake.schema import field_ids_sql, table_schema
from meshlake.types.duckdb import parse
from meshlake.types.tree import Scalar


@pytest.mark.slow
@given(st.lists(TYPES, min_size=1, max_size=4))
def test_every_field_has_an_id_of_its_own(types):
    schema = table_schema([Column(f"c{i}", kind) for i, kind in enumerate(types)])
    assert len(schema._lazy_id_to_field) == schema.highest_field_id
    assert not any(field.required for field in schema.fields)


def test_descriptions_stay_with_their_columns():
    schema = table_schema([Column("a", Scalar.DATE, "The day"), Column("b", Scalar.DATE)])
    assert [field.doc for field in schema.fields] == ["The day", None]


def test_field_ids_name_every_level():
    schema = table_schema(
        [
            Column("a", Scalar.BIGINT),
            Column('b"c', parse("VARCHAR[]")),
            Column("m", parse("MAP(VARCHAR, DATE)")),
            Column("s", parse('STRUCT(x DATE, "y z" TIME[])')),
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


@pytest.mark.parametrize("text", ["HUGEINT", "ENUM('a')", "INTERVAL", "SMALLINT[]", "INTEGER[3]"])
def test_a_type_iceberg_has_not_is_refused_with_those_it_has(text):
    with pytest.raises(ContractError, match="cannot be kept") as caught:
        table_schema([Column("x", parse(text))])
    assert "BIGINT" in caught.value.hint
