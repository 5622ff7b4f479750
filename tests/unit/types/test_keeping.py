"""What a cast keeps: told from the types, proven by the engine, and never changed in silence."""

from __future__ import annotations

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meshlake.types.casting import lenient_cast, strict_cast
from meshlake.types.duckdb import parse
from meshlake.types.iceberg import HELD
from meshlake.types.keeping import Keeps, is_silent, keeps
from meshlake.types.tree import Decimal, Scalar

ALL, PROVEN, NOTHING = Keeps.EVERYTHING, Keeps.PROVEN, Keeps.NOTHING
PAIRS = [
    ("INTEGER", "BIGINT", ALL),
    ("BIGINT", "INTEGER", PROVEN),
    ("UINTEGER", "BIGINT", ALL),
    ("UBIGINT", "BIGINT", PROVEN),
    ("TINYINT", "UTINYINT", PROVEN),
    ("INTEGER", "DOUBLE", ALL),
    ("BIGINT", "DOUBLE", PROVEN),
    ("HUGEINT", "DOUBLE", PROVEN),
    ("SMALLINT", "FLOAT", ALL),
    ("INTEGER", "FLOAT", PROVEN),
    ("FLOAT", "DOUBLE", ALL),
    ("DOUBLE", "FLOAT", PROVEN),
    ("DOUBLE", "BIGINT", PROVEN),
    ("BIGINT", "DECIMAL(21,2)", ALL),
    ("BIGINT", "DECIMAL(20,2)", PROVEN),
    ("DECIMAL(4,0)", "SMALLINT", ALL),
    ("DECIMAL(5,0)", "SMALLINT", PROVEN),
    ("DECIMAL(12,2)", "DECIMAL(14,4)", ALL),
    ("DECIMAL(12,2)", "DECIMAL(12,3)", PROVEN),
    ("DECIMAL(12,2)", "DECIMAL(38,1)", PROVEN),
    ("DECIMAL(15,2)", "DOUBLE", ALL),
    ("DECIMAL(16,2)", "DOUBLE", PROVEN),
    ("DECIMAL(7,2)", "FLOAT", PROVEN),
    ("DOUBLE", "DECIMAL(12,2)", PROVEN),
    ("TIMESTAMP", "DATE", PROVEN),
    ("DATE", "TIMESTAMP", PROVEN),
    ("TIMESTAMP_NS", "TIMESTAMP", PROVEN),
    ("TIMESTAMP WITH TIME ZONE", "TIMESTAMP", PROVEN),
    ("TIME WITH TIME ZONE", "TIME", PROVEN),
    ("TIMESTAMP", "TIME", NOTHING),
    ("TIMESTAMP", "BIGINT", NOTHING),
    ("BIGINT", "BOOLEAN", PROVEN),
    ("UUID", "VARCHAR", ALL),
    ("BLOB", "VARCHAR", NOTHING),
    ("VARCHAR", "BIGINT", NOTHING),
    ("VARCHAR[]", "INTEGER[]", NOTHING),
    ("DOUBLE[]", "INTEGER[]", PROVEN),
    ("INTEGER[3]", "BIGINT[]", ALL),
    ("STRUCT(a DOUBLE)", "STRUCT(a INTEGER)", PROVEN),
    ("STRUCT(a INTEGER, b DATE)", "STRUCT(b DATE, A BIGINT)", ALL),
    ("STRUCT(a INTEGER, b DATE)", "STRUCT(a INTEGER)", PROVEN),
    ("STRUCT(a INTEGER)", "STRUCT(b INTEGER)", NOTHING),
    ("MAP(VARCHAR, BIGINT)", "MAP(VARCHAR, DOUBLE)", PROVEN),
    ("MAP(DOUBLE, BIGINT)", "MAP(INTEGER, BIGINT)", NOTHING),
    ('"NULL"', "STRUCT(a INTEGER)", ALL),
    ("INTERVAL", "BIGINT", NOTHING),
    ("ENUM('a')", "VARCHAR", ALL),
]


@pytest.mark.parametrize(("given_text", "wanted", "kept"), PAIRS)
def test_how_much_a_cast_keeps(given_text, wanted, kept):
    assert keeps(parse(given_text), parse(wanted)) is kept


SILENT = [
    ("HUGEINT", "BIGINT", True),
    ("BIGINT", "DOUBLE", True),
    ("TIMESTAMP_NS", "TIMESTAMP", True),
    ("DATE", "TIMESTAMP WITH TIME ZONE", True),
    ("ENUM('a')", "VARCHAR", True),
    ("STRUCT(a INTEGER)", "STRUCT(a BIGINT)", True),
    ("DOUBLE[]", "INTEGER[]", False),
    ("VARCHAR[]", "INTEGER[]", False),
    ("STRUCT(a INTEGER, b DATE)", "STRUCT(a INTEGER)", False),
    ("BIGINT", "VARCHAR", False),
    ("BIGINT", "BOOLEAN", False),
    ("TIMESTAMP", "DATE", False),
    ("INTERVAL", "VARCHAR", False),
]


@pytest.mark.parametrize(("given_text", "wanted", "expected"), SILENT)
def test_what_is_cast_without_being_asked_for(given_text, wanted, expected):
    assert is_silent(parse(given_text), parse(wanted)) is expected


def test_a_silent_cast_keeps_every_value_that_comes_back():
    scalars = [*Scalar, Decimal(12, 2), Decimal(38, 0)]
    silent = [(one, other) for one in scalars for other in scalars if is_silent(one, other)]
    assert silent
    assert all(keeps(one, other) is not Keeps.NOTHING for one, other in silent)


# --- values ---

GIVEN = {
    "TINYINT": st.integers(-(2**7), 2**7 - 1),
    "UBIGINT": st.integers(0, 2**64 - 1),
    "BIGINT": st.integers(-(2**63), 2**63 - 1) | st.integers(2**53 - 9, 2**53 + 9),
    "INTEGER": st.integers(-(2**31), 2**31 - 1) | st.integers(2**24 - 9, 2**24 + 9),
    "HUGEINT": st.integers(-(2**127), 2**127 - 1),
    "DOUBLE": st.floats().map(lambda f: f"'{f!r}'") | st.integers(-999, 999).map(lambda n: n / 4),
    "FLOAT": st.floats(width=32).map(lambda f: f"'{f!r}'"),
    "DECIMAL(21,2)": st.decimals(-(10**19) + 1, 10**19 - 1, places=2),
    "DECIMAL(6,3)": st.decimals(-999, 999, places=3),
    "BOOLEAN": st.booleans(),
    "DATE": st.dates().map(lambda d: f"'{d}'"),
    "TIMESTAMP": st.datetimes().map(lambda d: f"'{d}'"),
    "TIMESTAMP_NS": st.integers(-(10**18), 10**18).map(lambda ns: f"make_timestamp_ns({ns})"),
    "TIMESTAMP WITH TIME ZONE": st.datetimes().map(lambda d: f"'{d}+02'"),
    "TIME WITH TIME ZONE": st.times().map(lambda t: f"'{t}+0{t.hour % 3}'"),
    "UUID": st.uuids().map(lambda u: f"'{u}'"),
    "BLOB": st.sampled_from(["'a'", r"'\xC3\xB6'"]),
    "VARCHAR[]": st.sampled_from(["['7']", "['2024-01-05']", "['2024-01-05 oops']", "[NULL]"]),
    "DOUBLE[]": st.lists(st.sampled_from([1.5, 2.0, 9007199254740992.0]), max_size=3),
    "STRUCT(a DOUBLE)": st.sampled_from(["{'a': 1.5}", "{'a': 2.0}", "{'a': NULL}"]),
}
WANTED = [
    *HELD,
    Decimal(12, 2),
    Decimal(38, 0),
    Decimal(4, 3),
    *map(parse, ("INTEGER[]", "DATE[]", "STRUCT(a INTEGER)")),
]


@pytest.fixture(scope="module")
def connection():
    with duckdb.connect() as made:
        yield made.execute("SET TimeZone = 'UTC'")


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(st.data())
def test_a_value_is_the_one_given_or_the_cast_fails(connection, data):
    text = data.draw(st.sampled_from(sorted(GIVEN)))
    given_type, wanted = parse(text), data.draw(st.sampled_from(WANTED))
    rows = f"(SELECT CAST({data.draw(GIVEN[text])} AS {text}) AS x)"
    lenient, strict = (cast("x", given_type, wanted) for cast in (lenient_cast, strict_cast))
    back = (
        f"CAST(x AS VARCHAR) = {strict}"
        if wanted is Scalar.VARCHAR
        else f"CAST({strict} AS {text}) IS NOT DISTINCT FROM x"
    )
    (made,) = connection.execute(f"SELECT {lenient} FROM {rows}").fetchone()
    try:
        comes_back = connection.execute(f"SELECT {back} FROM {rows}").fetchone()
    except duckdb.ConversionException:
        assert made is None
    else:
        assert comes_back == (True,)


@pytest.mark.parametrize("strict", [True, False])
def test_a_cast_that_keeps_every_value_is_plain(strict):
    cast = strict_cast if strict else lenient_cast
    assert cast("x", Scalar.BIGINT, Scalar.BIGINT) == "x"
    assert cast("x", Scalar.INTEGER, Scalar.DOUBLE) == "CAST(x AS DOUBLE)"
