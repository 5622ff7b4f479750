"""What `transformLogic` only tries is a misfit where it cannot be had, unless the contract says what comes then."""

from __future__ import annotations

import duckdb
import pytest

from meshlake.landing.casts import cast_expression
from meshlake.landing.expressions import makes_text, without_attempts
from meshlake.types.duckdb import parse

DAY = "try_strptime(x, '%d.%m.%Y')"
OTHER = "try_strptime(x, '%d/%m/%Y')"
# expression, type, what landed, what is published: "bad" is kept aside by name
TRIED = [
    ("TRY_CAST(x AS INTEGER)", "INTEGER", "7", 7),
    ("TRY_CAST(x AS INTEGER)", "INTEGER", "n/a", "bad"),
    ("TRY_CAST(x AS INTEGER)", "INTEGER", None, None),
    ("TRY_CAST(x AS INTEGER)", "INTEGER", " ", None),
    ("TRY(CAST(x AS INTEGER) + 1)", "INTEGER", "n/a", "bad"),
    ("TRY(CAST(x AS INTEGER) + 1)", "INTEGER", "", None),
    (f"YEAR({DAY})", "INTEGER", "05.01.2024", 2024),
    (f"YEAR({DAY})", "INTEGER", "30.02.2024", "bad"),
    (f"YEAR({DAY})", "INTEGER", "", None),
    (f"YEAR(COALESCE({DAY}, {OTHER}))", "INTEGER", "05/01/2024", 2024),
    (f"YEAR(COALESCE({DAY}, {OTHER}))", "INTEGER", "soon", "bad"),
    ("TRY_CAST(REPLACE(x, 'EUR', '') AS INTEGER)", "INTEGER", "EUR", "bad"),
    ("TRY_CAST(x AS INTEGER) > 0", "BOOLEAN", "n/a", "bad"),
    ("TRY(TRY_CAST(x AS INTEGER) + 1)", "INTEGER", "n/a", "bad"),
    ("10 // CAST(x AS INTEGER)", "INTEGER", "5", 2),
    ("10 // CAST(x AS INTEGER)", "INTEGER", "0", "bad"),
    ("10 // CAST(x AS INTEGER)", "INTEGER", None, None),
    ("10 % CAST(x AS INTEGER)", "INTEGER", "0", "bad"),
    ("mod(10, CAST(x AS INTEGER))", "INTEGER", "0", "bad"),
    ("divide(10, CAST(x AS INTEGER))", "INTEGER", "0", "bad"),
    ("10 / CAST(x AS DOUBLE)", "DOUBLE", "0", "bad"),
    ("1 / (1 / CAST(x AS DOUBLE))", "DOUBLE", "0", "bad"),
    ("TRY(10 // CAST(x AS INTEGER))", "INTEGER", "0", "bad"),
    ("CAST(x AS INTEGER) / 0", "DOUBLE", "7", "bad"),
    ("CAST(x AS INTEGER) / 0", "DOUBLE", None, None),
    # Asked for in words.
    ("10 // NULLIF(CAST(x AS INTEGER), 0)", "INTEGER", "0", None),
    ("COALESCE(10 // CAST(x AS INTEGER), -1)", "INTEGER", "0", -1),
    ("CASE WHEN x <> '0' THEN 10 / CAST(x AS INTEGER) END", "DOUBLE", "0", None),
    ("TRY_CAST(NULLIF(x, 'n/a') AS INTEGER)", "INTEGER", "n/a", None),
    ("TRY_CAST(NULLIF(x, 'n/a') AS INTEGER)", "INTEGER", "soon", "bad"),
    ("CASE WHEN x <> 'n/a' THEN TRY_CAST(x AS INTEGER) END", "INTEGER", "n/a", None),
    ("CASE WHEN x <> 'n/a' THEN TRY_CAST(x AS INTEGER) END", "INTEGER", "soon", "bad"),
    ("CASE WHEN TRY_CAST(x AS INTEGER) IS NULL THEN NULL ELSE 1 END", "INTEGER", "soon", None),
    ("COALESCE(TRY_CAST(x AS INTEGER), 0)", "INTEGER", "soon", 0),
    ("COALESCE(TRY_CAST(x AS INTEGER), NULL)", "INTEGER", "soon", None),
    ("TRY_CAST(x AS INTEGER) IS NULL", "BOOLEAN", "soon", True),
]


@pytest.mark.parametrize(("expression", "wanted", "landed", "published"), TRIED)
def test_what_cannot_be_had_is_bad_unless_the_contract_says_what_comes_then(
    expression, wanted, landed, published
):
    cast = cast_expression(expression, parse(wanted), ["x"])
    rows = "FROM (VALUES (CAST($1 AS VARCHAR)), ('1'), (NULL)) AS t(x)"
    is_bad = published == "bad"
    with duckdb.connect() as connection:
        bad = connection.execute(f"SELECT {cast.is_bad}, {cast.text} {rows}", [landed]).fetchall()
        assert bad[0] == (is_bad, landed)
        if is_bad:
            with pytest.raises(duckdb.Error):
                connection.execute(f"SELECT {cast.strict} {rows}", [landed]).fetchall()
        else:
            assert (
                connection.execute(f"SELECT {cast.strict} {rows} LIMIT 1", [landed]).fetchone()[0]
                == published
            )


@pytest.mark.parametrize(
    "expression", ["STRPTIME(x, '%d.%m.%Y')", "x  ||  'a' -- TRY_CAST", "TRY_CAST('n/a' AS INT)", "x  / 100"]
)
def test_what_tries_nothing_that_landed_is_taken_as_it_is_written(expression):
    assert without_attempts(expression) == expression


@pytest.mark.parametrize(
    ("expression", "is_text"),
    [
        ("REPLACE(TRIM(x), ',', '.')", True),
        ("REGEXP_REPLACE(x, '(..)[.](..)', '\\2-\\1', 'g')", True),
        ("SUBSTRING(x, 1, 4) || '-' || SUBSTRING(x, 5, 2)", True),
        ("CASE WHEN X IN ('', 'n/a') OR NOT x LIKE 'a%' THEN NULL ELSE LOWER(x) END", True),
        ("CASE x WHEN 'a' THEN '1' ELSE COALESCE(x, '0') END", True),
        ("x", True),
        ("number", False),
        ("REPLACE(number, ',', '.')", False),
        ("CASE WHEN number > 1 THEN x END", False),
        ("CASE WHEN CAST(x AS INT) > 1 THEN x END", False),
        ("CAST(x AS INT)", False),
        ("STRPTIME(x, '%d')", False),
        ("LENGTH(x)", False),
        ("SUBSTRING(x, CAST(x AS INT))", False),
        ("'a'", False),
    ],
)
def test_what_makes_text_of_text_is_known(expression, is_text):
    assert makes_text(expression, {"x"}) is is_text


@pytest.mark.parametrize(
    ("wanted", "landed", "published"),
    [
        ("BIGINT", "17 EUR", 17),
        ("BIGINT", "1.5 EUR", "bad"),
        ("BIGINT", "007 EUR", "bad"),
        ("BIGINT", " EUR", None),
        ("DOUBLE", "9007199254740993 EUR", "bad"),
        ("DECIMAL(12,2)", "1.239 EUR", "bad"),
        ("DATE", "24-01-05 EUR", "bad"),
        ("VARCHAR", "007 EUR", "007"),
    ],
)
def test_text_that_is_made_is_cast_as_strictly_as_text_that_landed(wanted, landed, published):
    cast = cast_expression("REPLACE(x, ' EUR', '')", parse(wanted), ["x"], ["x"])
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE t AS SELECT CAST($1 AS VARCHAR) AS x", [landed])
        bad = f"{cast.has_value} AND {cast.lenient} IS NULL"
        assert connection.execute(f"SELECT {cast.text}, {bad} FROM t").fetchone() == (
            landed,
            published == "bad",
        )
        if published == "bad":
            with pytest.raises(duckdb.Error):
                connection.execute(f"SELECT {cast.strict} FROM t").fetchall()
        else:
            assert connection.execute(f"SELECT {cast.strict} FROM t").fetchone() == (published,)
