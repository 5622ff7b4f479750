"""That what is told of others is theirs alone, was known then, and is counted once for each thing that is shared."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meshlake.boosting.features_sql import features_sql
from support.sharing import counted_one_by_one, of_others

if TYPE_CHECKING:
    from collections.abc import Sequence

    from support.sharing import Done, Share

CUTOFFS, PEOPLE = (date(2024, 3, 1), date(2024, 6, 1)), (1, 2, 3, 4)
DAYS = st.dates(date(2024, 1, 1), date(2024, 7, 31))
SHARES = st.lists(st.tuples(st.sampled_from(PEOPLE), st.integers(7, 9), DAYS), max_size=12)
DONE = st.lists(st.tuples(st.sampled_from((*PEOPLE, 5)), DAYS, st.integers(-9, 50)), max_size=25)


def made(shares: Sequence[Share], done: Sequence[Done]) -> dict[tuple[int, date], tuple[float | None, ...]]:
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE labels (who INTEGER, cutoff DATE)")
        connection.execute("CREATE TABLE shares (who INTEGER, thing INTEGER, since DATE)")
        connection.execute("CREATE TABLE done (who INTEGER, day DATE, price INTEGER)")
        labels = [(who, day) for who in PEOPLE for day in CUTOFFS]
        for table, rows in (("labels", labels), ("shares", shares), ("done", done)):
            for row in rows:
                connection.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", row)
        found = connection.execute(
            features_sql("labels", "cutoff", ["who", "cutoff"], [of_others()])
        ).fetchall()
    assert len(found) == len(labels)
    return {row[:2]: row[2:] for row in found}


@given(SHARES, DONE)
@settings(max_examples=40, deadline=None)
def test_what_others_did_is_what_their_rows_say_and_nothing_that_came_later(
    shares: list[Share], done: list[Done]
) -> None:
    for (who, cutoff), row in made(shares, done).items():
        expected = counted_one_by_one(shares, done, who, cutoff)
        for cell, counted in zip(row, expected, strict=True):
            assert cell == (None if counted is None else pytest.approx(counted)), (who, cutoff)


@given(SHARES, DONE, st.sampled_from(PEOPLE))
@settings(max_examples=20, deadline=None)
def test_ones_own_rows_say_nothing_of_oneself(shares: list[Share], done: list[Done], who: int) -> None:
    without = made(shares, [row for row in done if row[0] != who])
    every = made(shares, done)
    for cutoff in CUTOFFS:
        assert every[who, cutoff] == pytest.approx(without[who, cutoff], nan_ok=True)
