"""What a transform gives is held against the contract: nothing is lost silently, nothing is taken by position."""

from __future__ import annotations

from decimal import Decimal

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from meshlake.building.conform import conformed_select, misfits_error
from meshlake.column import Column
from meshlake.contract.model import Contract
from meshlake.errors import BuildError
from meshlake.names import ProductName
from meshlake.types.duckdb import parse


def contract(**columns: str) -> Contract:
    listed = tuple(Column(name, parse(kind)) for name, kind in columns.items())
    return Contract(ProductName("crm", "people"), "1.0.0", "active", "", "", "", "ana", listed, ())


def conform(select: str, **wanted: str) -> tuple[list[tuple], list[str], list[str]]:
    """Rows, column names and types after conforming."""
    described = duckdb.sql(select)
    given_types = dict(zip(described.columns, map(parse, map(str, described.types)), strict=True))
    conformed = duckdb.sql(
        conformed_select(select, given_types, contract(**wanted), "crm/people/transform.sql")
    )
    return conformed.fetchall(), conformed.columns, [str(kind) for kind in conformed.types]


def test_columns_are_taken_by_name_in_the_contract_s_order():
    rows, names, types = conform("SELECT 1 AS b, 'x' AS a", a="VARCHAR", b="BIGINT")
    assert (rows, names, types) == ([("x", 1)], ["a", "b"], ["VARCHAR", "BIGINT"])


SAFE = [
    ("1::TINYINT", "BIGINT", 1),
    ("1::HUGEINT", "BIGINT", 1),
    ("1::INTEGER", "DOUBLE", 1.0),
    ("1::BIGINT", "DECIMAL(12,2)", Decimal("1.00")),
    ("1.5::DECIMAL(4,1)", "DOUBLE", 1.5),
    ("1.5::DECIMAL(4,1)", "DECIMAL(12,2)", Decimal("1.50")),
    ("1.5::FLOAT", "DOUBLE", 1.5),
    ("'x'::ENUM('x')", "VARCHAR", "x"),
    ("[1, 2]::INTEGER[]", "BIGINT[]", [1, 2]),
    ("{'a': 1::INTEGER}", "STRUCT(a BIGINT)", {"a": 1}),
]


@pytest.mark.parametrize(("value", "wanted", "expected"), SAFE)
def test_casts_that_keep_every_value_are_made(value, wanted, expected):
    rows, _, types = conform(f"SELECT {value} AS x", x=wanted)
    assert rows == [(expected,)]
    assert list(map(parse, types)) == [parse(wanted)]


LOSSY = [
    ("NULL", "DATE"),  # an INTEGER to DuckDB
    ("'1'", "BIGINT"),
    ("1.5::DOUBLE", "BIGINT"),
    ("1.5::DOUBLE", "FLOAT"),
    ("1.55::DECIMAL(12,2)", "DECIMAL(12,1)"),
    ("1.55::DECIMAL(12,2)", "BIGINT"),
    ("1::BIGINT", "VARCHAR"),
    ("1::BIGINT", "BOOLEAN"),
    ("true", "BIGINT"),
    ("TIMESTAMP '2024-01-01 10:00:00'", "DATE"),
    ("now()", "TIMESTAMP"),
    ("DATE '2024-01-01'", "VARCHAR"),
    ("1.5::DOUBLE", "DECIMAL(12,2)"),
    ("TIMESTAMP '2024-01-01 10:00:00'", "TIMESTAMP WITH TIME ZONE"),
]


@pytest.mark.parametrize(("value", "wanted"), LOSSY)
def test_a_cast_that_could_lose_something_is_the_transform_s_to_write(value, wanted):
    with pytest.raises(BuildError, match=r"crm/people/transform\.sql: x is .*, the contract says") as caught:
        conform(f"SELECT {value} AS x", x=wanted)
    assert caught.value.hint.startswith(f"Write CAST(... AS {wanted})")


CHANGED = [
    ("9007199254740993::BIGINT", "DOUBLE", "9007199254740993"),
    ("16777217::INTEGER", "FLOAT", "16777217"),
    ("1234567890123456789.12::DECIMAL(21,2)", "DOUBLE", "1234567890123456789.12"),
    ("9223372036854775808::HUGEINT", "BIGINT", "9223372036854775808"),
    ("TIMESTAMP_NS '2024-01-05 10:00:00.123456789'", "TIMESTAMP", "2024-01-05 10:00:00.123456789"),
    ("[9007199254740993]::BIGINT[]", "DOUBLE[]", "[9007199254740993]"),
]


@pytest.mark.parametrize(("value", "wanted", "shown"), CHANGED)
def test_a_value_that_the_contract_s_type_would_change_is_an_error_that_names_it(value, wanted, shown):
    select = f"SELECT {value} AS x UNION ALL SELECT NULL"
    described = duckdb.sql(select)
    given_types = dict(zip(described.columns, map(parse, map(str, described.types)), strict=True))
    told = (select, given_types, contract(x=wanted), "crm/people/transform.sql")
    with pytest.raises(duckdb.ConversionException):
        duckdb.sql(conformed_select(*told)).fetchall()
    error = misfits_error(*told, lambda sql: duckdb.sql(sql).fetchall())
    assert f"column x: '{shown}' is no {wanted}" in error.message


def test_a_failure_that_no_value_is_to_blame_for_has_no_misfits():
    told = ("SELECT 1::BIGINT AS x", {"x": parse("BIGINT")}, contract(x="DOUBLE"), "transform.sql")
    assert misfits_error(*told, lambda sql: duckdb.sql(sql).fetchall()) is None


@pytest.mark.parametrize(
    ("select", "told", "hint"),
    [
        (
            "SELECT 1::BIGINT AS custmer_id, 'x' AS name",
            "gives no column customer_id",
            "Did you mean custmer_id?",
        ),
        ("SELECT 'x' AS name", "gives no column customer_id", "Add it to the transform"),
        ("SELECT 1::BIGINT AS customer_id, 'x' AS name, 2 AS extra", "gives extra, which", "Describe it"),
    ],
)
def test_columns_missing_or_unknown_are_named(select, told, hint):
    with pytest.raises(BuildError, match=told) as caught:
        conform(select, customer_id="BIGINT", name="VARCHAR")
    assert hint in caught.value.hint


@given(st.integers(-(2**127), 2**127 - 1))
def test_an_integer_comes_through_unchanged_or_fails(number):
    try:
        rows, _, _ = conform(f"SELECT '{number}'::HUGEINT AS x", x="BIGINT")
    except duckdb.ConversionException:
        assert not -(2**63) <= number < 2**63
    else:
        assert rows == [(number,)]


@given(st.decimals(-9999, 9999, allow_nan=False, places=2), st.integers(2, 6))
def test_a_decimal_of_more_digits_is_the_same_number(number, scale):
    rows, _, _ = conform(f"SELECT '{number}'::DECIMAL(6,2) AS x", x=f"DECIMAL(18,{scale})")
    assert rows == [(number,)]
