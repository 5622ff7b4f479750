"""Whatever text lands and whatever type a contract wants: the value is the one that is written, or there is none."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal

import duckdb
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from meshlake.landing.casts import cast_cell
from meshlake.landing.text_values import short_text_value, text_value
from meshlake.types.duckdb import parse
from meshlake.types.tree import Scalar

TYPES = (
    "INTEGER",
    "BIGINT",
    "DOUBLE",
    "FLOAT",
    "DECIMAL(12,2)",
    "DECIMAL(38,0)",
    "DECIMAL(38,10)",
    "DATE",
    "TIME",
    "TIMESTAMP",
    "TIMESTAMP WITH TIME ZONE",
    "BOOLEAN",
)
_DAY = r"[0-9]{2,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4}"
_CLOCK = r"[0-2]?[0-9]:[0-5][0-9](:[0-6][0-9]([.][0-9]{1,10})?)?"
_ZONE = r" ?(Z|[-+]([01][0-9](:?[0-5][0-9])?|[0-9]{2}(:?[0-9]{2})?))"
_NUMBER = r"[-+]?[0-9]{0,22}([.,_][0-9]{0,22})?([eE][-+]?[0-9]{1,3})?"
_MOMENTS = st.from_regex(rf"20[0-9]{{2}}-[01][0-9]-[0-3][0-9]([T ]{_CLOCK}({_ZONE})?)?", fullmatch=True)
TEXTS = st.one_of(
    st.builds(
        lambda text, at, other: text[: at % len(text)] + other + text[at % len(text) + 1 :],
        _MOMENTS,
        st.integers(0, 40),
        st.sampled_from("0123456789-+/:Tx(_"),
    ),
    st.from_regex(_NUMBER, fullmatch=True),
    st.from_regex(r"-?0{0,3}[0-9]{1,19}([.]0{0,3}[0-9]{0,5})?", fullmatch=True),
    st.from_regex(_DAY, fullmatch=True),
    st.from_regex(rf"20[0-9]{{2}}[-/][01]?[0-9][-/][0-3]?[0-9]([T ]{_CLOCK}({_ZONE})?)?", fullmatch=True),
    st.from_regex(rf"{_CLOCK}({_ZONE})?", fullmatch=True),
    st.sampled_from(["true", "FALSE", "t", "F", "yes", "No", "y", "n", "1", "0", "on", "off", "nan", "inf"]),
    st.sampled_from(["-Infinity", "NULL", "N/A", "epoch", "today", "now"]),
    st.text(alphabet="0123456789-+.,:eETZ _/x", max_size=14),
)
_BOOLEANS = dict.fromkeys(("true", "t", "yes", "y", "1"), True) | dict.fromkeys(
    ("false", "f", "no", "n", "0"), False
)
_MIDNIGHT = datetime.combine(date.min, time())
_MOMENT = re.compile(
    r"(?P<day>[0-9]{4}[-/][0-9]{1,2}[-/][0-9]{1,2})?[T ]?(?P<clock>[0-9]{1,2}:[0-9]{2}(:[0-9]{2}([.][0-9]*)?)?)?"
    r" ?(?P<zone>Z|[-+][0-9]{2}(:?[0-9]{2})?)?"
)


def moment(text: str) -> tuple[date | None, timedelta, timedelta | None]:
    """The day, the time since midnight and the offset that are written; an error where it is none."""
    found = _MOMENT.fullmatch(text.strip())
    assert found, text
    day = found["day"] and date(*map(int, re.split("[-/]", found["day"])))
    hours, minutes, seconds = ([*(found["clock"] or "0:0:0").split(":"), "0"])[:3]
    microseconds = Decimal(seconds or 0) * 1_000_000
    assert microseconds == int(microseconds), text
    clock = timedelta(hours=int(hours), minutes=int(minutes), microseconds=int(microseconds))
    zone = found["zone"]
    if zone is None:
        return day, clock, None
    digits = re.sub("[^0-9]", "", zone).ljust(4, "0")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:])) * (-1 if zone.startswith("-") else 1)
    assert int(digits[2:]) < 60, text
    assert timedelta(hours=-12) <= offset <= timedelta(hours=14), text
    return day, clock, offset


def is_just(made: object, text: str, wanted: str) -> bool:
    """Whether `made` is the value that is written in `text`, by Python's own reading of it."""
    if isinstance(made, bool):
        return _BOOLEANS[text.strip().lower()] is made
    if isinstance(made, int | float | Decimal):
        if wanted in {"INTEGER", "BIGINT", "DECIMAL(38,0)"}:
            return re.sub("[.]0+$", "", text.strip()) == str(made)
        if str(made) in {"inf", "-inf", "nan"}:
            return str(float(text)) == str(made)
        shortest = made if isinstance(made, Decimal) else Decimal(repr(made))
        if wanted == "FLOAT":
            shortest = Decimal(duckdb.execute("SELECT CAST($1::FLOAT AS VARCHAR)", [made]).fetchone()[0])
        return Decimal(text.strip()) == shortest and "_" not in text
    day, clock, offset = moment(text)
    if clock >= timedelta(days=1):
        return False
    if wanted == "TIME":
        return day is None and not offset and (_MIDNIGHT + clock).time() == made
    assert day is not None, text
    at = datetime.combine(day, _MIDNIGHT.time()) + clock
    if wanted == "DATE":
        return at == datetime.combine(made, _MIDNIGHT.time()) and not offset
    if wanted == "TIMESTAMP":
        return at == made and not offset
    return at.replace(tzinfo=timezone(offset or timedelta())) == made.astimezone(UTC)


@pytest.fixture(scope="module")
def connection():
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        yield connection


@example(
    ["2024-01-05T10:00Z", "2024-01-05 10:00:00 +0200", "24:00", "2024-01-05 24:00:00", "-0", "1E4", "0x1F"]
)
@example(
    [
        f"2024-01-05{end}"
        for end in ("T24:00:00", " 24:00", " 24:00:00.0", "T24:00:00Z", " 24:00:00+02:00", "  24:00Z")
    ]
)
@example(
    ["2084-04-2 2:05:01.32571983", "2084-04-02 02:05:1.1234567", "2084-04-2 2:5:1.1234567", "2:5:1.1234567"]
)
@example(
    ["2024-01-05 10:", "2024-01-05 3:0", "2024-1-5T3:", "2024/01/05 10:00:", "3160-11-14 03:2:", "53/7/9 2:9"]
)
@example(
    [
        f"2024-01-05T10:00{rest}"
        for rest in (":00+46:00", ":00+15:99", ":00-99", ":00+14:60", "+1401", "-12:01", ":00-13")
    ]
)
@example(
    [
        f"2024-01-05 10:00:00.123{offset}"
        for offset in ("", "Z", "+14:60", "-99", "+9900", "+00", "+00:00", "+05:30", "-03:30")
    ]
)
@example(["1E3.", "3.e1.", ".8e9.", "2e ", "3e+ ", "- ", "-", " +-6", "-.5", ".5", "5.", "-0.50"])
@example(
    [
        "2024-01-3x",
        "2024-12-1(",
        " 999-01-31",
        "-024-01-31",
        "-024-01-31 10:00:00",
        "12024-01-31",
        "2024-01-05T10:00:0Z",
    ]
)
@example(
    ["0000-01-01", "0000-12-31 10:00:00", "0000-12-31 10:00:00Z", "0001-01-01", "2024-01-05 (BC)", "24:00:00"]
)
@example(
    [
        "10000-01-01",
        "294247-01-10 04:00:54",
        "294248-01-01 00:00:00",
        "5881580-07-10",
        "-infinity",
        "infinity",
    ]
)
@example(["10:00:0Z", "10:00:0", "2024-01-05 10:00:0Z", "2024-01-05 1:0:0", "2024-01-05T10:00:0+02:00"])
@example(["10:", "03:2", "5: ", "10:00:", "+ ", "+-5", "+-0", "+5", "+5.50"])
@settings(max_examples=10)
@given(st.lists(TEXTS, min_size=20, max_size=60))
def test_a_value_is_the_one_that_is_written_or_there_is_none(connection, texts) -> None:
    casts = [cast_cell("x", Scalar.VARCHAR, parse(wanted)) for wanted in TYPES]
    row_sql = ", ".join(cast.lenient for cast in casts)
    rows = connection.execute(f"SELECT x, {row_sql} FROM (SELECT UNNEST($1) AS x)", [texts]).fetchall()
    assert len(rows) == len(texts)
    wrong = [
        (text, wanted, made)
        for text, *values in rows
        for wanted, made in zip(TYPES, values, strict=True)
        if made is not None and not is_just(made, text, wanted)
    ]
    assert wrong == []


@settings(max_examples=10)
@given(st.lists(TEXTS, min_size=20, max_size=60))
def test_what_is_quick_reads_what_is_careful_does(connection, texts) -> None:
    for wanted in map(parse, TYPES):
        if wanted is not Scalar.TIME:  # of which all is read with the same care
            quick, careful = text_value("x", wanted), short_text_value("x", wanted)
            rows = connection.execute(
                f"SELECT x, CAST({quick} AS VARCHAR), CAST({careful} AS VARCHAR) FROM (SELECT UNNEST($1) AS x)",
                [texts],
            ).fetchall()
            assert [row for row in rows if row[1] != row[2]] == [], wanted


@settings(max_examples=5)
@given(st.lists(TEXTS, min_size=1, max_size=4))
def test_a_build_fails_where_there_is_none(connection, texts) -> None:
    for wanted in TYPES:
        cast = cast_cell("x", Scalar.VARCHAR, parse(wanted))
        rows = "(SELECT UNNEST($1) AS x)"
        lenient = connection.execute(
            f"SELECT {cast.lenient}, {cast.has_value} FROM {rows}", [texts]
        ).fetchall()
        if any(value is None and is_there for value, is_there in lenient):
            with pytest.raises(duckdb.Error):
                connection.execute(f"SELECT {cast.strict} FROM {rows}", [texts]).fetchall()
        else:
            strict = connection.execute(f"SELECT {cast.strict} FROM {rows}", [texts]).fetchall()
            assert repr(strict) == repr([(value,) for value, _ in lenient])


_CLOCKS = (
    "2024-01-05T10:00",
    "2024-01-05 10:00:00",
    "2024/1/5 3:00:01",
    "2024-01-05 10:00:00.5",
    "2024-01-05T10:00:00.123456",
)
_HOURS = st.integers(0, 99)


@settings(max_examples=20)
@given(
    st.lists(
        st.tuples(st.sampled_from("+-"), _HOURS, _HOURS, st.sampled_from(["", ":"])), min_size=20, max_size=40
    )
)
def test_an_offset_is_one_that_a_clock_has(connection, offsets):
    """However a moment is written, it is taken if there is its offset, and only then."""
    cast = cast_cell("x", Scalar.VARCHAR, Scalar.TIMESTAMPTZ)
    written = [
        (
            f"{clock}{sign}{hours:02}{point}{minutes:02}",
            minutes < 60 and _is_offset(sign, hours * 60 + minutes),
        )
        for clock in _CLOCKS
        for sign, hours, minutes, point in [*offsets, ("+", 14, 0, ":"), ("-", 12, 0, ""), ("+", 14, 60, ":")]
    ]
    texts = [text for text, _ in written]
    found = connection.execute(
        f"SELECT {cast.lenient} IS NOT NULL FROM (SELECT UNNEST($1) AS x)", [texts]
    ).fetchall()
    assert [
        text for (text, is_one), (is_made,) in zip(written, found, strict=True) if is_one is not is_made
    ] == []


def _is_offset(sign: str, minutes: int) -> bool:
    return minutes <= (14 if sign == "+" else 12) * 60
