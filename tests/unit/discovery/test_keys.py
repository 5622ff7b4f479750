"""Keys of one and of several columns, and what nearly is one."""

from __future__ import annotations

from itertools import product

import duckdb
import pytest

from meshlake.discovery.keys import Part, suspects
from meshlake.discovery.landed_view import SAMPLE


def _csv(header: str, rows: list[tuple[object, ...]]) -> dict[str, str]:
    return {"a.csv": "\n".join([header, *(",".join(map(str, row)) for row in rows)]) + "\n"}


@pytest.mark.slow
def test_a_key_is_found_whatever_an_estimate_says(profile) -> None:
    for count in (1_000, 3_322, 20_011):
        rows = [(f"N{n * 7919 % 1_000_003}", n % 5) for n in range(count)]
        assert profile(_csv("tailnum,seats", rows)).keys == (("tailnum",),)


def test_what_only_counts_the_rows_comes_last(profile) -> None:
    rows = [(n, 5_000_000 + n * 3, f"p{n}@example.com") for n in range(200)]
    made = profile(_csv("RowNumber,CustomerId,email", rows))
    assert made.keys == (("CustomerId",), ("email",), ("RowNumber",))


def test_keys_of_three_and_four_columns(profile) -> None:
    rows = [(f"p{n}", year, stint, n % 11) for n, year, stint in product(range(80), (2001, 2002), (1, 2))]
    made = profile(_csv("player_id,year,stint,games", rows))
    assert made.keys[0] == made.likely_key == ("player_id", "year", "stint")
    rows = [(*each, each[0] * 7 % 13) for each in product(range(30), (2001, 2002), (1, 2), ("c", "p"))]
    made = profile(_csv("player_id,year,stint,position,games", rows))
    assert made.likely_key == ("player_id", "year", "stint", "position")


def test_columns_that_chance_keeps_apart_are_no_key(profile) -> None:
    # 40 rows of two measures with a thousand values each: that no pair is there twice says nothing.
    rows = [("a" if n % 3 else "b", n * 37 % 20, n * 53 % 20 + n // 20) for n in range(40)]
    assert profile(_csv("plan,minutes,cost", rows)).likely_key == ()


def test_a_key_but_for_one_row_is_told_with_the_row(profile) -> None:
    rows = [(10_000 + n, n % 3) for n in range(1_000)] + [(10_007, 1)]
    made = profile(_csv("customer_id,plan", rows))
    assert made.keys == ()
    assert made.near_key.told(made.row_count) == (
        "customer_id is a key but for 1 of 1,001 rows, of which 1 repeats another's value, for example '10007'"
    )
    rows = [(10_000 + n if n else "", n % 3) for n in range(1_000)]
    assert profile(_csv("customer_id,plan", rows)).near_key.null_count == 1


def test_what_is_far_from_a_key_is_none(profile) -> None:
    rows = [(n % 500, n % 3) for n in range(1_000)]
    assert profile(_csv("customer_id,plan", rows)).near_key is None


def test_leading_columns_that_fill_a_grid_are_a_key_whatever_they_are_called(profile) -> None:
    rows = [(f"S{s}", c, t, (s * 7 + t) % 5) for s, c, t in product(range(40), ("art", "bio", "law"), (1, 2))]
    assert profile(_csv("student,course,half,grade", rows)).likely_key == ("student", "course", "half")
    assert profile(_csv("pupil,lesson,turn,grade", rows)).likely_key == ("pupil", "lesson", "turn")


def test_a_measure_that_never_repeats_hides_no_key(profile) -> None:
    rows = [(y, f"T{t}", t % 9, 40_000 + 997 * y + 13 * t) for y, t in product(range(2000, 2010), range(9))]
    made = profile(_csv("season,team,wins,attendance", rows))
    assert (("attendance",) in made.keys, made.likely_key) == (True, ("season", "team"))


def test_what_nearly_is_a_key_is_not_made_one_by_another_column(profile) -> None:
    rows = [(100 + n, f"name {n % 40}", n % 60) for n in range(400)]
    rows.append((103, "name 9", 9))
    made = profile(_csv("holder_no,first,age", rows))
    assert (made.likely_key, made.near_key.columns) == ((), ("holder_no",))


def test_a_small_table_s_columns_are_not_all_its_key(profile) -> None:
    courses = profile(_csv("RowNumber,course_no,title", [(n, f"C{n}", f"Title {n}") for n in range(5)]))
    assert [courses.key_mark(c.name) for c in courses.columns] == ["unique", "key", "unique"]
    marks = profile(_csv("student_no,course_no,mark", [(n // 3, n % 3, n % 4) for n in range(60)]))
    assert [marks.key_mark(c.name) for c in marks.columns] == ["part of the key", "part of the key", ""]


def test_what_only_counts_the_rows_is_not_what_a_table_is_about(profile) -> None:
    assert profile(_csv("RowNumber,stars", [(n, n % 5) for n in range(200)])).likely_key == ()


def test_the_sample_is_asked_once_for_a_column() -> None:
    parts = [Part(name, "integer", 0.5, 200, 0) for name in ("a_id", "b_id")]
    shares: dict[str, float] = {}
    with duckdb.connect() as connection:
        connection.execute(
            f"CREATE TABLE {SAMPLE} AS SELECT range AS a_id, range // 2 AS b_id FROM range(200)"
        )
        assert suspects(connection, parts, 200, shares) == ["a_id"]
        connection.execute(f"DROP TABLE {SAMPLE}")
        assert suspects(connection, parts, 200, shares) == ["a_id"]
    assert shares == {"a_id": 1.0, "b_id": 0.5}


def test_what_nearly_is_a_key_is_told_beside_an_address_that_is_one_and_what_is_measured_is_none(
    profile,
) -> None:
    rows = [(100 + n, f"p{n}@example.com", n * 7) for n in range(400)] + [(103, "q@example.com", 1)]
    made = profile(_csv("holder_no,email,distance_km", rows))
    assert (made.keys, made.near_key.columns) == ((("email",),), ("holder_no",))
