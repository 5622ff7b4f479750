"""Readings: what text can be read as, and that a build reads the same."""

from __future__ import annotations

import re

import duckdb
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.unit.discovery.test_readings import _reads

from meshlake.discovery.column_types import best_reading
from meshlake.discovery.landed_view import LANDED
from meshlake.discovery.readings import NUMERIC, READINGS
from meshlake.discovery.scan import measure
from meshlake.discovery.suspicion import Suspicion
from meshlake.types.tree import Scalar


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
