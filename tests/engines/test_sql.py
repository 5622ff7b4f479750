"""DuckDB's SQL gives the same rows on each engine: literal values in, literal rows out."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID

import pytest

NUMBERS = [
    ("1 / 4", 0.25),
    ("CAST(10 AS DECIMAL(10,2)) / CAST(3 AS DECIMAL(10,2))", 10 / 3),
    ("7 // 2", 3),
    ("-7 // 2", -3),
    ("7 % 0", None),
    ("1 / 0", math.inf),
    ("100.0 * 5 / 3", 500 / 3),
    ("CAST(1.5 AS DECIMAL(10,2)) * CAST(2.25 AS DECIMAL(10,2))", Decimal("3.3750")),
    ("round(CAST(2.675 AS DOUBLE), 2)", 2.68),
    ("round(-2.5)", -3),
    ("log(100)", 2.0),
    ("greatest(1, NULL, 3)", 3),
    ("least(1, NULL, 3)", 1),
    ("1 = '1'", True),
    ("DATE '2024-03-05' < '2024-03-06'", True),
    ("DATE '2024-03-05' BETWEEN '2024-03-01' AND '2024-03-31'", True),
    ("TIMESTAMP '2024-03-05 10:00:00' IN ('2024-03-05 10:00:00')", True),
    ("'a' || 1 || TRUE", "a1true"),
    ("'a' || NULL", None),
    ("concat('a', NULL, 1)", "a1"),
]
CASTS = [
    ("CAST(2.5 AS INTEGER)", 3),
    ("CAST(CAST(2.5 AS DOUBLE) AS INTEGER)", 2),
    ("CAST(CAST(-3.5 AS DOUBLE) AS INTEGER)", -4),
    ("CAST(' 12 ' AS INTEGER)", 12),
    ("CAST('12.5' AS INTEGER)", 13),
    ("CAST('1e3' AS BIGINT)", 1000),
    ("TRY_CAST('12.5.1' AS INTEGER)", None),
    ("TRY_CAST('' AS INTEGER)", None),
    ("TRY_CAST('99999999999' AS INTEGER)", None),
    ("CAST('1.005' AS DECIMAL(10,2))", Decimal("1.01")),
    ("CAST(' 1.5 ' AS DECIMAL(10,2))", Decimal("1.50")),
    ("CAST('inf' AS DOUBLE)", math.inf),
    ("TRY_CAST('12d' AS DOUBLE)", None),
    ("TRY_CAST('0x1p3' AS DOUBLE)", None),
    ("CAST('yes' AS BOOLEAN)", True),
    ("TRY_CAST('ja' AS BOOLEAN)", None),
    ("CAST('2024/01/05' AS DATE)", date(2024, 1, 5)),
    ("TRY_CAST('2024-13-01' AS DATE)", None),
    ("CAST('2024-01-05T10:00:00.5Z' AS TIMESTAMP)", datetime(2024, 1, 5, 10, 0, 0, 500000)),  # noqa: DTZ001
    ("CAST('2024-01-05 10:00:00.1234567' AS TIMESTAMP)", datetime(2024, 1, 5, 10, 0, 0, 123456)),  # noqa: DTZ001
    ("CAST(TIMESTAMPTZ '2024-03-05 23:30:00-02' AS DATE)", date(2024, 3, 6)),
    ("CAST(TIMESTAMPTZ '2024-03-05 10:00:00.5+02' AS VARCHAR)", "2024-03-05 08:00:00.5+00"),
    ("CAST(TIMESTAMP '2024-01-05 10:00:20' AS VARCHAR)", "2024-01-05 10:00:20"),
    ("CAST(TIMESTAMP '2024-01-05 10:00:00.1234' AS VARCHAR)", "2024-01-05 10:00:00.1234"),
    ("CAST(TIME '10:11:12.5' AS VARCHAR)", "10:11:12.5"),
    ("CAST(CAST(1.50 AS DECIMAL(10,2)) AS VARCHAR)", "1.50"),
    ("CAST(TRUE AS VARCHAR)", "true"),
    ("CAST(CAST('[1,2]' AS JSON) AS INTEGER[])", [1, 2]),
    ("TRY(CAST(CAST('[1,\"x\"]' AS JSON) AS INTEGER[]))", None),
]
FLOAT_TEXTS = [
    ("1", "1.0"),
    ("-2.5", "-2.5"),
    ("0.1", "0.1"),
    ("123456.789", "123456.789"),
    ("1e7", "10000000.0"),
    ("1e15", "1000000000000000.0"),
    ("1e16", "1e+16"),
    ("0.0001", "0.0001"),
    ("1.25e-5", "1.25e-05"),
    ("1e300", "1e+300"),
    ("'-inf'", "-inf"),
    ("'nan'", "nan"),
    ("NULL", None),
]
TEXTS = [
    ("trim('  a ') || '|'", "a|"),
    ("trim(chr(9) || 'a' || chr(160))", "\ta"),
    ("ltrim('xxax', 'x')", "ax"),
    ("length('é日')", 2),
    ("regexp_replace('aXbXc', 'X', '-')", "a-bXc"),
    ("regexp_replace('aXbXc', 'x', '-', 'gi')", "a-b-c"),
    (r"regexp_replace('ab12', '([a-z]+)([0-9]+)', '\2$\1')", "12$ab"),
    (r"regexp_replace('ab12ab12', '([a-z]+)([0-9]+)', '\2\1', 'g')", "12ab12ab"),
    ("regexp_replace('12.500', '[.]0*$', '')", "12.500"),
    ("regexp_matches('abc', 'b')", True),
    ("regexp_matches('abc' || chr(10), 'c$')", False),
    ("regexp_matches('a$', '[$]$')", True),
    ("regexp_full_match('abc', 'b')", False),
    ("regexp_extract('ab12', '([a-z])([0-9]+)', 2)", "12"),
    ("regexp_extract('ab', '[0-9]+')", ""),
    ("split_part('a,b', ',', 5)", ""),
    ("contains('hello', 'ell')", True),
    ("ends_with('hello', 'lo')", True),
    ("right('hello', 2)", "lo"),
    ("right('a', 2)", "a"),
    ("repeat('ab', 3)", "ababab"),
    ("'hello'[2]", "e"),
    ("'Hello' ILIKE 'he%'", True),
    ("md5('a')", "0cc175b9c0f1b6a831c399e269772661"),
    ("length(repeat('é', 1000000))", 1_000_000),
]
DATES = [
    ("DATE '2024-03-01' - DATE '2024-02-27'", 3),
    ("DATE '2024-01-31' + 1", date(2024, 2, 1)),
    ("DATE '2024-01-31' + INTERVAL 1 MONTH", datetime(2024, 2, 29)),  # noqa: DTZ001
    ("DATE '2024-01-31' + INTERVAL 1 HOUR", datetime(2024, 1, 31, 1)),  # noqa: DTZ001
    ("DATE '2024-01-31' - (1 + 1) * INTERVAL 1 DAY", datetime(2024, 1, 29)),  # noqa: DTZ001
    ("DATE '2024-01-31' - INTERVAL 1 QUARTER", datetime(2023, 10, 31)),  # noqa: DTZ001
    ("DATE '2024-01-31' + INTERVAL (2) DAY", datetime(2024, 2, 2)),  # noqa: DTZ001
    ("TIMESTAMP '2024-01-31 10:00:00.123456' + to_days(3)", datetime(2024, 2, 3, 10, 0, 0, 123456)),  # noqa: DTZ001
    ("TIMESTAMP '2024-03-01' - TIMESTAMP '2024-02-27 12:00:00'", timedelta(days=2, hours=12)),
    ("date_diff('month', DATE '2024-01-31', DATE '2024-02-01')", 1),
    ("date_diff('day', TIMESTAMP '2024-01-01 23:00:00', TIMESTAMP '2024-01-02 01:00:00')", 1),
    ("date_sub('day', TIMESTAMP '2024-01-01 23:00:00', TIMESTAMP '2024-01-02 01:00:00')", 0),
    ("date_trunc('week', DATE '2024-03-15')", datetime(2024, 3, 11)),  # noqa: DTZ001
    ("date_trunc('hour', DATE '2024-03-15')", datetime(2024, 3, 15)),  # noqa: DTZ001
    ("extract(dow FROM DATE '2024-03-17')", 0),
    ("date_part('isodow', DATE '2024-03-17')", 7),
    ("extract(week FROM DATE '2024-12-30')", 1),
    ("dayname(DATE '2024-03-17')", "Sunday"),
    ("strftime(TIMESTAMP '2024-03-05 14:05:06', '%d.%m.%Y %H:%M:%S %B')", "05.03.2024 14:05:06 March"),
    ("strptime('05.03.2024', '%d.%m.%Y')", datetime(2024, 3, 5)),  # noqa: DTZ001
    ("epoch(TIMESTAMP '1970-01-02 00:00:00.5')", 86400.5),
    ("epoch_ms(TIMESTAMP '1970-01-02 00:00:00.5')", 86_400_500),
    ("epoch_ms(86400500)", datetime(1970, 1, 2, 0, 0, 0, 500000)),  # noqa: DTZ001
    ("make_date(2024, 2, 3)", date(2024, 2, 3)),
    ("TIMESTAMPTZ '2024-03-05 10:00:00+02' AT TIME ZONE 'Europe/Paris'", datetime(2024, 3, 5, 9)),  # noqa: DTZ001
    ("TIMESTAMP '2024-03-05 10:00:00' AT TIME ZONE 'Europe/Paris'", datetime(2024, 3, 5, 9, tzinfo=UTC)),
]
NESTED = [
    ("len([1, 2, 3])", 3),
    ("[1, 2, 3][2]", 2),
    ("[1, 2, 3][5]", None),
    ("[1, 2, 3][-1]", 3),
    ("[1, 2, 3][2:]", [2, 3]),
    ("[1] || [2]", [1, 2]),
    ("list_contains([1, 2], 2)", True),
    ("list_sort([3, NULL, 2], 'DESC', 'NULLS LAST')", [3, 2, None]),
    ("list_transform([1, 2], lambda x: x + 1)", [2, 3]),
    ("[x + 1 FOR x IN [1, 2, 3] IF x > 1]", [3, 4]),
    ("list_sum([1, NULL, 2])", 3),
    ("{'a': 1, 'b': 'x'}.b", "x"),
    ("{'a': 1, 'b': 'x'}['a']", 1),
    ("{'t': TIMESTAMP '2024-01-05 10:00:00.123456'}.t", datetime(2024, 1, 5, 10, 0, 0, 123456)),  # noqa: DTZ001
    ("map_keys(MAP {'a': 1})", ["a"]),
]
# Every type a product can have, with and without a value.
TYPES = [
    ("BOOLEAN", "true", True),
    ("INTEGER", "-2147483648", -2147483648),
    ("BIGINT", "9223372036854775807", 9223372036854775807),
    ("FLOAT", "1.5", 1.5),
    ("DOUBLE", "1.7976931348623157e308", 1.7976931348623157e308),
    (
        "DECIMAL(38,10)",
        "1234567890123456789012345678.0123456789",
        Decimal("1234567890123456789012345678.0123456789"),
    ),
    ("VARCHAR", "Zürich 日本 \U0001f600", "Zürich 日本 \U0001f600"),
    ("DATE", "1969-12-31", date(1969, 12, 31)),
    ("TIME", "23:59:59.999999", time(23, 59, 59, 999999)),
    ("TIMESTAMP", "2024-02-29 23:59:59.999999", datetime(2024, 2, 29, 23, 59, 59, 999999)),  # noqa: DTZ001
    (
        "TIMESTAMP WITH TIME ZONE",
        "2024-02-29 23:59:59.999999-05:00",
        datetime(2024, 3, 1, 4, 59, 59, 999999, UTC),
    ),
    ("UUID", "550e8400-e29b-41d4-a716-446655440000", UUID("550e8400-e29b-41d4-a716-446655440000")),
    ("BLOB", "abc", b"abc"),
]
V = "(VALUES (1, 'a', 1.5), (2, 'b', 2.5), (2, NULL, NULL), (4, 'c', 0.5)) AS v (i, s, d)"
QUERIES = [
    (f"SELECT avg(d), avg(i), sum(d), count(s) FROM {V}", [(1.5, 2.25, Decimal("4.5"), 3)]),
    (f"SELECT sum(i > 1), bool_or(i > 3) FROM {V}", [(3, True)]),
    (f"SELECT sum(i), avg(d), count(*), max(s) FROM {V} WHERE i > 9", [(None, None, 0, None)]),
    (f"SELECT median(i), quantile_cont(i, 0.25), quantile_disc(i, 0.5) FROM {V}", [(2.0, 1.75, 2)]),
    (f"SELECT median(i) FILTER (WHERE i > 9) FROM {V}", [(None,)]),
    (f"SELECT arg_max(s, i), arg_min(s, d), first(i ORDER BY s DESC) FROM {V}", [("c", "c", 4)]),
    (f"SELECT string_agg(s, '-' ORDER BY s DESC) FILTER (WHERE i < 4) FROM {V}", [("b-a",)]),
    (f"SELECT list(s ORDER BY i, s) FROM {V}", [(["a", "b", None, "c"],)]),
    (f"SELECT any_value(s) FROM {V} WHERE s = 'a' OR s IS NULL", [("a",)]),
    (f"SELECT count(DISTINCT (i, s)) FILTER (WHERE s IS NOT NULL) FROM {V}", [(3,)]),
    (f"SELECT corr(i, d), regr_slope(d, i) FROM {V}", [(-0.6546536707079772, -0.42857142857142855)]),
    (f"SELECT i, count(*) AS n FROM {V} GROUP BY ALL ORDER BY ALL", [(1, 1), (2, 2), (4, 1)]),
    (f"SELECT i % 2 AS odd, count(*) AS n FROM {V} GROUP BY odd HAVING n > 1", [(0, 3)]),
    (f"SELECT i + 1 AS j, j * 2 AS k FROM {V} WHERE j > 4", [(5, 10)]),
    (f"SELECT * EXCLUDE (s, d) FROM {V} WHERE i = 1", [(1,)]),
    (f"SELECT * REPLACE (i + 1 AS i) FROM {V} WHERE i = 1", [(2, "a", Decimal("1.5"))]),
    (f"FROM {V} SELECT i ORDER BY i LIMIT 1 OFFSET 1", [(2,)]),
    (f"SELECT d FROM {V} ORDER BY d DESC", [(Decimal("2.5"),), (Decimal("1.5"),), (Decimal("0.5"),), (None,)]),
    (
        f"SELECT * FROM {V} QUALIFY NOT (s IS NOT NULL) OR count(*) OVER (PARTITION BY i) > 1 ORDER BY s",
        [(2, "b", Decimal("2.5")), (2, None, None)],
    ),
    (f"SELECT s, row_number() OVER (ORDER BY i DESC) AS n FROM {V} QUALIFY n = 1", [("c", 1)]),
    (f"SELECT DISTINCT ON (i) i, d FROM {V} ORDER BY i, d", [(1, 1.5), (2, 2.5), (4, 0.5)]),
    (f"SELECT DISTINCT ON (j) i + 1 AS j, s FROM {V} ORDER BY j DESC, s LIMIT 2", [(5, "c"), (3, "b")]),
    (f"SELECT DISTINCT ON (i) i, d FROM {V} QUALIFY count(*) OVER (PARTITION BY i) > 1 ORDER BY i, s", [(2, 2.5)]),
    (
        f"SELECT i, count(*) AS n FROM {V} GROUP BY i QUALIFY rank() OVER (ORDER BY count(*) DESC) = 1 ORDER BY n",
        [(2, 2)],
    ),
    ("SELECT 1 AS a, 'x' AS b UNION ALL BY NAME SELECT 'y' AS b, 2 AS a ORDER BY a", [(1, "x"), (2, "y")]),
    (f"SELECT i, s, x FROM {V} JOIN (VALUES (4, TRUE)) AS r (i, x) USING (i)", [(4, "c", True)]),
    (f"SELECT s FROM {V} ANTI JOIN (VALUES (1), (2)) AS r (i) USING (i)", [("c",)]),
    (f"SELECT v.i, r.j FROM {V}, LATERAL (SELECT v.i + 1 AS j) AS r WHERE v.i = 1", [(1, 2)]),
    ("SELECT a, unnest(l) AS u FROM (VALUES (1, [5, 6]), (2, [])) AS v (a, l) ORDER BY u", [(1, 5), (1, 6)]),
    ("SELECT count(*), max(n) FROM range(20000) AS t (n)", [(20000, 19999)]),
    ("SELECT range FROM range(2, 0)", []),
    ("SELECT CAST(unnest(generate_series(DATE '2024-01-01', DATE '2024-01-02', INTERVAL 1 DAY)) AS DATE) AS d "
     "ORDER BY d", [(date(2024, 1, 1),), (date(2024, 1, 2),)]),
    ("SELECT s.a, s.b[1] FROM (SELECT {'a': 1, 'b': ['x']} AS s) AS t", [(1, "x")]),
    ("WITH RECURSIVE r (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 3) SELECT max(n) FROM r", [(3,)]),
]  # fmt: skip


@pytest.mark.parametrize(("expression", "expected"), [*NUMBERS, *CASTS, *TEXTS, *DATES, *NESTED])
def test_an_expression_of_literals(query, expression, expected):
    assert plain(query(f"SELECT {expression} AS x")) == [(close(plain(expected)),)]


@pytest.mark.parametrize(("number", "text"), FLOAT_TEXTS)
def test_a_float_as_text(query, number, text):
    assert query(f"SELECT CAST(CAST({number} AS DOUBLE) AS VARCHAR) AS x") == [(text,)]


@pytest.mark.parametrize(("kind", "text", "expected"), TYPES)
def test_a_value_and_a_null_of_each_type(query, kind, text, expected):
    rows = query(f"SELECT CAST(x AS {kind}) AS y FROM (VALUES ('{text}'), (NULL)) AS v (x) ORDER BY y")
    assert plain(rows) == [(plain(expected),), (None,)]


@pytest.mark.parametrize(("sql", "expected"), QUERIES)
def test_a_query(query, sql, expected):
    assert plain(query(sql)) == [tuple(map(close, plain(row))) for row in expected]


def close(value):
    return pytest.approx(value, rel=1e-9) if isinstance(value, float) else value


def plain(value):
    """Values as both clients may give them: a date is its midnight, a moment is in UTC."""
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, tuple):
        return tuple(plain(item) for item in value)
    if isinstance(value, datetime):
        return value.astimezone(UTC) if value.tzinfo else value
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day)  # noqa: DTZ001
    return value
