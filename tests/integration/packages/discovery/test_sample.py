"""What the beginning of the files does not show is found in the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from meshlake.discovery.batches import batches
from meshlake.engines.duckdb.connection import connect

if TYPE_CHECKING:
    from collections.abc import Callable

    from meshlake.discovery.dataset_profile import DatasetProfile
    from meshlake.settings import Settings

# More than the sample has.
ROWS = 21_000


@pytest.mark.parametrize(
    ("first", "rest", "found"),
    [
        ("", "2024-01-05", "date"),
        ("", "x", "string"),
        ("7", "2024-01-05", "string"),
        ("N/A", "8", "string"),
    ],
)
def test_what_begins_after_the_sample_is_read(
    profile: Callable[[dict[str, str | bytes]], DatasetProfile], first: str, rest: str, found: str
) -> None:
    late = {"a.csv": "n,x\n" + f"1,{first}\n" * ROWS + f"1,{rest}\n" * 200 * (ROWS // 200)}
    x = profile(late).columns[1]
    assert (x.found_type, x.null_count) == (found, 0 if first else ROWS)


@pytest.mark.parametrize("late", ["z", " ", '""', " 7"])
@pytest.mark.parametrize("first", ["a", ""])
def test_values_of_few_are_counted_whatever_the_rest_adds(profile, first: str, late: str) -> None:
    rest = ["a", "b", late, late]
    x = profile({"a.csv": "n,x\n" + f"1,{first}\n" * ROWS + "".join(f"1,{cell}\n" for cell in rest)}).columns[
        1
    ]
    value = late.strip('"')
    shown = {"a": 1 + ROWS * (first == "a"), "b": 1} | ({value: 2} if value else {})
    assert dict(x.values) == shown
    assert (x.distinct_count, x.null_count) == (len(shown), ROWS * (first == "") + 2 * (value == ""))


def test_a_key_by_the_sample_is_none_by_all_rows(profile) -> None:
    rows = [*range(ROWS), 5, 6]
    found = profile({"a.csv": "id,n\n" + "".join(f"k{key},{n}\n" for n, key in enumerate(rows))})
    assert found.keys == (("n",),)


def test_the_last_of_many_files_is_in_the_sample_with_a_column_of_its_own(
    profile: Callable[[dict[str, str | bytes]], DatasetProfile],
) -> None:
    files = {f"{month:02}.csv": f"n,zebra\n{month},7\n" for month in range(1, 12)}
    found = profile(files | {"12.csv": "n,zebra,opened\n12,7,2024-01-05\n"})
    assert [column.found_type for column in found.columns] == ["integer", "integer", "date"]


def test_a_batch_holds_what_it_may_cost_and_at_least_one(settings: Settings) -> None:
    with connect(settings) as connection:
        connection.execute("SET threads = 20")
        costs = [60, 60, 30, 200, 1]
        assert list(batches(connection, costs, lambda cost: cost)) == [[60], [60, 30], [200], [1]]
