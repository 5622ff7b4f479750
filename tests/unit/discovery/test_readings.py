"""Readings: what text can be read as, and that a build reads the same."""

from __future__ import annotations

import re

import duckdb
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from meshlake.discovery.column_types import best_reading
from meshlake.discovery.landed_view import LANDED
from meshlake.discovery.readings import NUMERIC, READINGS, Reading
from meshlake.discovery.scan import measure
from meshlake.discovery.suspicion import Suspicion
from meshlake.types.tree import Scalar


def first_reading(cell: str) -> tuple[str, str | None] | None:
    """The first reading that is true of a single cell."""
    for reading in READINGS:
        row = duckdb.execute(
            f"SELECT {reading.looks_right('cell')} AND {reading.value('cell')} IS NOT NULL FROM (SELECT ? AS cell)",
            [cell],
        ).fetchone()
        if row and row[0]:
            return reading.logical_type, reading.format
    return None


def test_times_that_say_their_offset_keep_it_and_others_are_given_none():
    zoned = next(reading for reading in READINGS if reading.is_zoned)
    cells = ["2024-01-05T13:30:00+02:00", "2024-01-05T13:30:00Z", "2024-01-05 13:30:00"]
    query = f"SELECT epoch({zoned.value('cell')}) FROM (SELECT ? AS cell)"
    read = [duckdb.execute(query, [cell]).fetchone()[0] for cell in cells]
    assert read == [1704454200.0, 1704461400.0, None]
    assert first_reading(cells[0]) == ("timestamp", None)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("12", ("integer", None)),
        (" -7 ", ("integer", None)),
        ("12.0", ("integer", None)),
        ("12.5", ("number", None)),
        ("1e-05", ("number", None)),
        ("1.25e+20", ("number", None)),
        ("0.30000000000000004", ("number", None)),
        ("1.10", ("number", None)),
        ("-0", ("number", None)),
        ("0,500", ("number", "1.234,5")),
        ("-0,5", ("number", "1.234,5")),
        # what does not come back as it is written
        (".5", None),
        ("5.", None),
        ("+5", None),
        ("007", None),
        ("01067", None),
        ("1e3", None),
        ("12E4", None),
        ("+4915112345678", None),
        ("89490200001234567890", None),
        ("1234567890123456.789", None),
        ("007,5", None),
        ("t", None),
        ("F", None),
        ("yes", ("boolean", None)),
        ("No", ("boolean", None)),
        ("TRUE", ("boolean", None)),
        ("2024-01-05", ("date", None)),
        ("2024-01-05 00:00:00", ("date", None)),
        ("2024-01-05 13:30:00", ("timestamp", None)),
        ("2024-01-05T13:30:00Z", ("timestamp", None)),
        ("1,234.50", ("number", "1,234.5")),
        ("12,5", ("number", "1.234,5")),
        ("1.234,5", ("number", "1.234,5")),
        ("25/12/2024", ("date", "%d/%m/%Y")),
        ("12/25/2024", ("date", "%m/%d/%Y")),
        ("25.12.2024", ("date", "%d.%m.%Y")),
        ("25 Dec 2024", ("date", "%d %b %Y")),
        ("25/12/2024 08:26", ("timestamp", "%d/%m/%Y %H:%M")),
        ("12/25/2024 08:26:11", ("timestamp", "%m/%d/%Y %H:%M:%S")),
        ("12/31/99", ("date", "%m/%d/%y")),
        ("January 5, 2024", ("date", "%B %d, %Y")),
        ("24:00", None),
        ("31.02.22", None),
        ("0x1f", None),
        ("1_000", None),
        ("nan", None),
        ("inf", None),
        ("2024-13-45", None),
        ("2024-01-05 oops", None),
        ("32/13/2024", None),
        ("abc", None),
        ("7590-VHVEG", None),
        ("12,34,5", None),
    ],
)
def test_a_cell_is_read_as_what_it_looks_like(cell: str, expected: tuple[str, str | None] | None) -> None:
    assert first_reading(cell) == expected


@pytest.mark.parametrize(
    ("cell", "value"),
    [("1,234.50", 1234.5), ("12,5", 12.5), ("1.234,5", 1234.5), ("1.234", 1234.0)],
)
def test_a_written_number_has_its_value_in_either_form(cell: str, value: float) -> None:
    written = "1,234.5" if "," in cell and "." in cell and cell.index(",") < cell.index(".") else "1.234,5"
    reading = next(r for r in READINGS if r.format == written)
    strict = reading.expression("cell")
    row = duckdb.execute(
        f"SELECT {reading.value('cell')}, CAST({strict} AS DOUBLE) FROM (SELECT ? AS cell)", [cell]
    ).fetchone()
    assert row == (value, value)


def test_a_blank_cell_is_null_to_every_conversion() -> None:
    for reading in READINGS:
        logic = reading.expression("cell")
        if logic is not None:
            assert duckdb.execute(f"SELECT {logic} FROM (SELECT ' ' AS cell)").fetchone() == (None,)


@pytest.mark.parametrize(
    "text",
    [
        "0",
        "17",
        "-17",
        "9223372036854775807",
        "0.1",
        "-2.5",
        "1.10",
        "2.50",
        "1e-05",
        "1e+16",
        "12345.678901",
    ],
)
def test_a_number_that_is_believed_comes_back_as_the_text_it_was(text: str) -> None:
    reading = next(r for r in READINGS if _reads(r, text))
    value = f"CAST(CAST({reading.value('x')} AS {reading.type}) AS VARCHAR)"
    assert duckdb.execute(f"SELECT {value} FROM (SELECT ? AS x)", [text]).fetchone() == (text,)


def _reads(reading: Reading, text: str) -> bool:
    query = f"SELECT {reading.looks_right('x')} AND {reading.value('x')} IS NOT NULL FROM (SELECT ? AS x)"
    return bool((duckdb.execute(query, [text]).fetchone() or (False,))[0])


@pytest.mark.slow
@given(st.text("0123456789.,-+eE_", min_size=1, max_size=12))
def test_what_is_read_as_a_plain_number_is_written_back_the_same(text: str) -> None:
    for reading in READINGS:
        if reading.is_plain_number and _reads(reading, text):
            value = f"CAST(CAST({reading.value('x')} AS {reading.type}) AS VARCHAR)"
            (made,) = duckdb.execute(f"SELECT {value} FROM (SELECT ? AS x)", [text]).fetchone() or ("",)
            assert made.removesuffix(".0") == text.removesuffix(".0")


_SPELLINGS = st.one_of(
    st.integers(-(10**20), 10**20).map(str),
    st.floats(allow_nan=False).map(repr),
    st.from_regex(r"[-+]?0{0,2}[0-9]{1,20}([.][0-9]{0,6})?([eE][-+]?[0-9]{1,2})?", fullmatch=True),
    st.decimals(-1000, 1000, places=2).map(str),
    st.sampled_from(["1.10", "1", "1.0", "-0", "0", "0x1F", "6_0311", "true", "T", "F", "2024-01-05", ""]),
)


@pytest.mark.slow
@settings(max_examples=25)
@example(["12500000000000000000"])
@example(["100000000000000000000", "1.5"])
@given(
    st.one_of(_SPELLINGS, st.integers().map(str), st.floats(-1e6, 1e6).map(repr)).flatmap(
        lambda one: st.lists(st.one_of(st.just(one), _SPELLINGS), min_size=1, max_size=8)
    )
)
def test_a_number_is_believed_only_if_every_value_comes_back_as_it_was(cells) -> None:
    plain = [reading for reading in READINGS if reading.is_plain_number]
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE {LANDED} AS SELECT UNNEST($1::VARCHAR[]) AS x", [cells])
        _, measures = measure(
            connection, {"x": Scalar.VARCHAR}, {"x": plain}, Suspicion(with_blanks=frozenset({"x"}))
        )
        reading = best_reading("x", plain, measures["x"])
        if reading is None:
            return
        value = f"CAST({reading.value('x')} AS VARCHAR)"
        pairs = connection.execute(f"SELECT x, {value} FROM {LANDED} WHERE x <> ''").fetchall()
    # A whole number may be written as floats are, and a float of 1e+16 and more as it is printed.
    back = [(text.removesuffix(".0"), made and made.removesuffix(".0")) for text, made in pairs]
    assert [text for text, made in back if made is not None and made != text] == []
    numeric = [text for text, made in pairs if made is None and re.fullmatch(NUMERIC, text)]
    assert numeric == []
