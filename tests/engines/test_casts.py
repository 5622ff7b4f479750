"""A landed cell becomes the same value on both engines, or is bad on both."""

from __future__ import annotations

import duckdb
import pytest
from trino.exceptions import TrinoQueryError

from meshlake.landing.casts import cast_cell, cast_expression
from meshlake.landing.written import cast_written
from meshlake.types.duckdb import parse

KEPT = [
    ("VARCHAR", "BIGINT", "'17850.0'", "17850"),
    ("VARCHAR", "BIGINT", "' -42 '", "-42"),
    ("VARCHAR", "BIGINT", "'0'", "0"),
    ("VARCHAR", "BIGINT", "'-9223372036854775808'", "-9223372036854775808"),
    (
        "VARCHAR",
        "DECIMAL(38,0)",
        "'12345678901234567890123456789012345678'",
        "CAST('12345678901234567890123456789012345678' AS DECIMAL(38, 0))",
    ),
    # Of a number with a fraction, any way to write it is that number.
    ("VARCHAR", "DECIMAL(12,2)", "'5'", "5"),
    ("VARCHAR", "DECIMAL(12,2)", "'+007.5'", "7.5"),
    ("VARCHAR", "DECIMAL(12,2)", "'1e3'", "1000"),
    ("VARCHAR", "DOUBLE", "'1e3'", "1000"),
    ("VARCHAR", "DOUBLE", "'1.50'", "1.5"),
    ("VARCHAR", "DOUBLE", "'+1.5'", "1.5"),
    ("VARCHAR", "DOUBLE", "'007'", "7"),
    ("VARCHAR", "DOUBLE", "'1.7976931348623157e+308'", "1.7976931348623157e+308::DOUBLE"),
    ("VARCHAR", "DATE", "'2024/1/5'", "DATE '2024-01-05'"),
    ("VARCHAR", "TIMESTAMP", "'2024-1-5 10:00'", "TIMESTAMP '2024-01-05 10:00:00'"),
    ("VARCHAR", "DOUBLE", "'0.30000000000000004'", "0.30000000000000004::DOUBLE"),
    ("VARCHAR", "DOUBLE", "'9007199254740992'", "9007199254740992::DOUBLE"),
    ("VARCHAR", "DOUBLE", "'-Infinity'", "'-Infinity'::DOUBLE"),
    ("VARCHAR", "DOUBLE", "'0.000000000000000000'", "0::DOUBLE"),
    ("VARCHAR", "FLOAT", "'1.5'", "1.5::FLOAT"),
    ("VARCHAR", "DECIMAL(12,2)", "'1.5000'", "1.5"),
    ("VARCHAR", "DECIMAL(12,4)", "'-7.1234'", "-7.1234"),
    ("VARCHAR", "DATE", "'2024-01-05T00:00:00Z'", "DATE '2024-01-05'"),
    ("VARCHAR", "TIMESTAMP", "'2024-01-05T10:00:00Z'", "TIMESTAMP '2024-01-05 10:00:00'"),
    ("VARCHAR", "TIMESTAMP", "'2024-01-05 10:00:00.1234560'", "TIMESTAMP '2024-01-05 10:00:00.123456'"),
    *(
        ("VARCHAR", "TIMESTAMP WITH TIME ZONE", f"'{text}'", f"TIMESTAMPTZ '{moment}+00'")
        for text, moment in {
            "2024-01-05T10:00:00Z": "2024-01-05 10:00:00",
            "2024-01-05T10:00:00.123456+02:00": "2024-01-05 08:00:00.123456",
            "2024-01-05T10:00:00.1234560+0200": "2024-01-05 08:00:00.123456",
            "2024-01-05T10:00Z": "2024-01-05 10:00:00",
            "2024-01-05T10:00-05:30": "2024-01-05 15:30:00",
            "2024-01-05 10:00:00 +0200": "2024-01-05 08:00:00",
            "2024-01-05 10:00 Z": "2024-01-05 10:00:00",
            "2024/1/5 1:00:00+14": "2024-01-04 11:00:00",
            " 2024-01-05 10:00:00 ": "2024-01-05 10:00:00",
            "2024-01-05 10:00": "2024-01-05 10:00:00",
            "2024-01-05": "2024-01-05 00:00:00",
            "2024-01-05 10:00:00 UTC": "2024-01-05 10:00:00",
            "2024-07-05 10:00:00 Europe/Berlin": "2024-07-05 08:00:00",
        }.items()
    ),
    ("VARCHAR", "TIME", "' 12:30 '", "TIME '12:30:00'"),
    ("VARCHAR", "INTEGER[]", "'[1, 2, null]'", "[1, 2, NULL]"),
    ("VARCHAR", "VARCHAR[]", """'["a,b", "c"]'""", "['a,b', 'c']"),
    ("VARCHAR", "DOUBLE[]", "'[1, 1.50]'", "[1.0::DOUBLE, 1.5::DOUBLE]"),
    ("BIGINT", "DOUBLE", "9007199254740992", "9007199254740992::DOUBLE"),
    ("DOUBLE", "BIGINT", "12.0", "12"),
    ("DOUBLE", "DECIMAL(12,2)", "1.1", "1.1"),
    ("DECIMAL(12,3)", "DECIMAL(12,2)", "1.230", "1.23"),
    ("DOUBLE[]", "INTEGER[]", "[1.0, NULL]", "[1, NULL]"),
    ("TIMESTAMP", "DATE", "'2024-01-05 00:00:00'", "DATE '2024-01-05'"),
]
BAD = [
    ("VARCHAR", "BIGINT", "'1.5'"),
    ("VARCHAR", "BIGINT", "'15e-1'"),
    # What cannot be written back as it was is no whole number: the zeros, the sign and the letters would be lost.
    *(
        ("VARCHAR", kind, f"'{text}'")
        for kind in ("BIGINT", "INTEGER", "DECIMAL(12,0)")
        for text in (
            "1e3",
            "1E4",
            "01067",
            "007",
            "00",
            "-0",
            "+5",
            "0x1F",
            "0b11",
            "6_0311",
            "5.",
            ".5",
            "1_0.0",
        )
    ),
    *(
        ("VARCHAR", kind, f"'{text}'")
        for kind in ("DOUBLE", "FLOAT", "DECIMAL(12,2)")
        for text in ("1_000", "1_0.5", "0x1F", "1.5_0", "0_0")
    ),
    ("VARCHAR", "DATE", "'24-01-05'"),
    ("VARCHAR", "DATE", "'epoch'"),
    *(("VARCHAR", "DATE", f"'{text}'") for text in ("2024-01-3x", " 999-01-31", "-024-01-31", "12024-01-31")),
    *(
        ("VARCHAR", "TIMESTAMP", f"'{text}'")
        for text in ("-024-01-31 10:00:00", "2024-01-05T10:00:0Z", "0000-12-31 10:00:00")
    ),
    ("VARCHAR", "DATE", "'0000-12-31'"),
    ("VARCHAR", "TIME", "'24:00'"),
    *(
        ("VARCHAR", kind, f"'2024-01-05{clock}'")
        for kind in ("DATE", "TIMESTAMP", "TIMESTAMP WITH TIME ZONE")
        for clock in (" 24:00:00", "T24:00", " 24:00:00.000")
    ),
    ("VARCHAR", "TIMESTAMP WITH TIME ZONE", "'2024-01-05T24:00:00Z'"),
    ("VARCHAR", "TIMESTAMP WITH TIME ZONE", "'2024-01-05 24:00:00+02:00'"),
    ("VARCHAR", "TIMESTAMP", "'24-01-05'"),
    ("VARCHAR", "TIMESTAMP", "'infinity'"),
    ("VARCHAR", "TIMESTAMP WITH TIME ZONE", "'24-01-05 10:00:00Z'"),
    *(
        ("VARCHAR", "TIMESTAMP WITH TIME ZONE", f"'{text}'")
        for text in (
            "2024-01-05 10:00:00+2",
            "2024-01-05 10",
            "2024-01-05 10:00:00.1234567Z",
            "2024-01-05T10:00:00Z oops",
            "2024-01-05T25:00:00Z",
            "05.01.2024 10:00:00Z",
            # Offsets that no clock has, however they are written.
            "2024-01-05T10:00:00+46:00",
            "2024-01-05 10:00:00+15:99",
            "2024-01-05 10:00:00-99",
            "2024-01-05T10:00:00+14:60",
            "2024-01-05T10:00+1401",
            "2024-01-05 10:00:00.123-12:30",
            "2024-01-05 10:00:00.123456+15",
            "2024-01-05 3:00:00 -13:00",
        )
    ),
    ("VARCHAR", "DOUBLE", "'9007199254740993'"),
    ("VARCHAR", "DOUBLE", "'1e999'"),
    ("VARCHAR", "DOUBLE", "'1e-400'"),
    ("VARCHAR", "FLOAT", "'16777217'"),
    ("VARCHAR", "DECIMAL(12,2)", "'1.239'"),
    ("VARCHAR", "DECIMAL(12,2)", "' 1.239 '"),
    ("VARCHAR", "DATE", "'2024-01-05 10:00:00'"),
    ("VARCHAR", "TIMESTAMP", "'2024-01-05 10:00:00+02'"),
    ("VARCHAR", "TIMESTAMP", "'2024-01-05 10:00:00.1234567'"),
    ("VARCHAR", "TIME", "'12:30:00+02'"),
    ("VARCHAR", "INTEGER[]", "'[1.5]'"),
    ("VARCHAR", "INTEGER[]", """'["7"]'"""),
    ("VARCHAR", "DECIMAL(12,2)[]", "'[1.239]'"),
    ("VARCHAR", 'STRUCT("a" INTEGER)', """'{"a": 1.5}'"""),
    ("VARCHAR", "MAP(VARCHAR, INTEGER)", """'{"a": 1.5}'"""),
    ("BIGINT", "DOUBLE", "9007199254740993"),
    ("BIGINT", "DOUBLE", "9223372036854775807"),
    ("INTEGER", "FLOAT", "16777217"),
    ("DECIMAL(21,2)", "DOUBLE", "1234567890123456789.12"),
    ("DOUBLE", "DECIMAL(12,2)", "1.239"),
    ("DOUBLE", "BIGINT", "1.5"),
    ("DECIMAL(12,3)", "DECIMAL(12,2)", "1.239"),
    ("DOUBLE[]", "INTEGER[]", "[1.5]"),
    ("VARCHAR[]", "INTEGER[]", "['7']"),
    ("STRUCT(a DOUBLE)", 'STRUCT("a" INTEGER)', "{'a': 1.5}"),
    ("TIMESTAMP", "DATE", "'2024-01-05 10:00:00'"),
]


def _cast(given: str, wanted: str, value: str):
    return cast_cell("x", parse(given), parse(wanted)), f"(SELECT CAST({value} AS {given}) AS x) AS landed"


@pytest.mark.parametrize(("given", "wanted", "value", "expected"), KEPT)
def test_a_cast_value_is_that_which_landed(query, given, wanted, value, expected):
    cast, landed = _cast(given, wanted, value)
    same = (
        f"{made} IS NOT DISTINCT FROM CAST({expected} AS {wanted})" for made in (cast.strict, cast.lenient)
    )
    assert query(f"SELECT {', '.join(same)} FROM {landed}") == [(True, True)]


@pytest.mark.parametrize(("given", "wanted", "value"), BAD)
def test_a_cast_that_would_change_a_value_is_bad(query, given, wanted, value):
    cast, landed = _cast(given, wanted, value)
    assert query(f"SELECT {cast.lenient} IS NULL FROM {landed}") == [(True,)]
    with pytest.raises((duckdb.Error, TrinoQueryError)):
        query(f"SELECT {cast.strict} FROM {landed}")


WRITTEN = [
    # format in Java's letters, zone, type, text, value
    ("yyyy-dd-MM", None, "DATE", "2024-02-05", "DATE '2024-05-02'"),
    ("d.M.yyyy", None, "DATE", " 5.2.2024 ", "DATE '2024-02-05'"),
    ("dd.MM.yyyy HH:mm", None, "TIMESTAMP", "05.02.2024 10:30", "TIMESTAMP '2024-02-05 10:30:00'"),
    ("yyyy-MM-dd", None, "DATE", "2024-02-05", "DATE '2024-02-05'"),
    (
        None,
        "Europe/Berlin",
        "TIMESTAMP WITH TIME ZONE",
        "2024-07-05 12:00:00",
        "TIMESTAMPTZ '2024-07-05 10:00:00+00'",
    ),
    (
        None,
        "Europe/Berlin",
        "TIMESTAMP WITH TIME ZONE",
        "2024-01-05 12:00",
        "TIMESTAMPTZ '2024-01-05 11:00:00+00'",
    ),
    # a moment that says its own offset, beside the zone of those that do not
    (
        None,
        "Europe/Berlin",
        "TIMESTAMP WITH TIME ZONE",
        "2024-07-05T12:00:00Z",
        "TIMESTAMPTZ '2024-07-05 12:00:00+00'",
    ),
    (
        None,
        "Europe/Berlin",
        "TIMESTAMP WITH TIME ZONE",
        "2024-07-05 12:00-07:00",
        "TIMESTAMPTZ '2024-07-05 19:00:00+00'",
    ),
    (
        "dd.MM.yyyy HH:mm",
        "Europe/Berlin",
        "TIMESTAMP WITH TIME ZONE",
        "05.07.2024 12:00",
        "TIMESTAMPTZ '2024-07-05 10:00:00+00'",
    ),
    ("dd.MM.yyyy HH:mm", "Europe/Berlin", "TIMESTAMP WITH TIME ZONE", "31.03.2024 02:30", None),
    ("dd.MM.yyyy HH:mm", "Europe/Berlin", "TIMESTAMP WITH TIME ZONE", "27.10.2024 02:30", None),
    ("yyyy-dd-MM", None, "DATE", "2024-13-13", None),
    ("yyyy-dd-MM", None, "DATE", "24-02-05", None),
    ("yyyy-dd-MM", None, "DATE", "2024-02-05 oops", None),
    # a time that the zone left out, and one that it had twice
    (None, "Europe/Berlin", "TIMESTAMP WITH TIME ZONE", "2024-03-31 02:30:00", None),
    (None, "Europe/Berlin", "TIMESTAMP WITH TIME ZONE", "2024-10-27 02:30:00", None),
    (None, "Australia/Lord_Howe", "TIMESTAMP WITH TIME ZONE", "2024-04-07 01:45:00", None),
]


@pytest.mark.parametrize(("written", "zone", "wanted", "text", "expected"), WRITTEN)
def test_a_date_is_read_as_the_contract_says_it_is_written(query, written, zone, wanted, text, expected):
    cast = cast_written("x", parse("VARCHAR"), parse(wanted), written, zone) or cast_cell(
        "x", parse("VARCHAR"), parse(wanted)
    )
    landed = f"(SELECT CAST('{text}' AS VARCHAR) AS x) AS landed"
    same = f"{cast.lenient} IS NOT DISTINCT FROM CAST({expected or 'NULL'} AS {wanted})"
    assert query(f"SELECT {same}, {cast.has_value} FROM {landed}") == [(True, True)]
    if expected is None:
        with pytest.raises((duckdb.Error, TrinoQueryError)):
            query(f"SELECT {cast.strict} FROM {landed}")
    else:
        assert query(f"SELECT {cast.strict} = {expected} FROM {landed}") == [(True,)]


ATTEMPTS = [
    ("TRY_CAST(x AS INTEGER)", "n/a", True),
    ("TRY_CAST(x AS INTEGER)", " ", False),
    ("TRY_CAST(NULLIF(x, 'n/a') AS INTEGER)", "n/a", False),
    ("COALESCE(TRY_CAST(x AS INTEGER), NULL)", "n/a", False),
    ("YEAR(TRY_STRPTIME(x, '%d.%m.%Y'))", "30.02.2024", True),
    ("YEAR(TRY_STRPTIME(x, '%d.%m.%Y'))", "", False),
]


@pytest.mark.parametrize(("expression", "text", "is_bad"), ATTEMPTS)
def test_what_is_tried_and_cannot_be_had_is_bad(query, expression, text, is_bad):
    cast = cast_expression(expression, parse("INTEGER"), ["x"])
    landed = f"(SELECT CAST('{text}' AS VARCHAR) AS x) AS landed"
    # Each in a statement of its own, as in a build: what stands in both DuckDB works out outside of TRY.
    assert query(f"SELECT {cast.is_bad} FROM {landed}") == [(is_bad,)]
    assert query(f"SELECT {cast.lenient} IS NULL FROM {landed}") == [(True,)]
