"""Differences between the files of one dataset."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb

from meshlake.discovery.drift import FileSchemas, column_groups, find_drift

if TYPE_CHECKING:
    from pathlib import Path


def test_equal_files_do_not_differ(profile) -> None:
    assert profile({"a.csv": "x,y\n1,2\n", "b.csv": "y,x\n3,4\n"}).drift == ()


def test_a_column_that_a_file_lacks(profile) -> None:
    made = profile({"a.csv": "x,y\n1,2\n", "b.csv": "x\n3\n"})
    assert [(d.kind, d.column, d.message) for d in made.drift] == [
        ("missing", "y", "y is missing from b.csv")
    ]


def test_a_renamed_column_is_profiled_as_one(profile) -> None:
    made = profile({"1.csv": "Customer ID,n\nC1,1\nC2,2\n", "2.csv": "CustomerID,n\nC3,3\n"})
    assert [(d.kind, d.message) for d in made.drift] == [
        ("renamed", "CustomerID is called Customer ID in 1.csv")
    ]
    merged = made.columns[0]
    assert (merged.name, merged.sources, merged.null_count) == (
        "CustomerID",
        ("CustomerID", "Customer ID"),
        0,
    )
    assert made.keys == (("CustomerID",), ("n",))


def test_a_column_that_changed_its_type(profile, tmp_path: Path) -> None:
    files = {}
    for name, value in (("1.parquet", "1"), ("2.parquet", "'a'")):
        duckdb.sql(f"SELECT {value} AS x").write_parquet(str(tmp_path / name))
        files[name] = (tmp_path / name).read_bytes()
    assert [d.message for d in profile(files).drift] == ["x is INTEGER in 1.parquet; VARCHAR in 2.parquet"]


def test_files_without_columns_say_nothing(profile) -> None:
    made = profile({"a.csv": "x\n1\n", "b.csv": ""})
    assert (made.drift, made.row_count) == ((), 1)


def schemas(*files: tuple[str, ...]) -> FileSchemas:
    return FileSchemas(
        {f"d/{n}.csv": dict.fromkeys(names, "VARCHAR") for n, names in enumerate(files, start=1)}
    )


def test_unlike_names_and_names_that_meet_are_columns_of_their_own() -> None:
    apart = schemas(("a", "Price"), ("a", "Country"))
    assert column_groups(["a", "Price", "Country"], apart) == [("a",), ("Price",), ("Country",)]
    together = schemas(("Price", "UnitPrice"), ("Price",))
    assert column_groups(["Price", "UnitPrice"], together) == [("Price",), ("UnitPrice",)]


def test_several_names_over_time_are_one_column_called_by_the_latest() -> None:
    renamed = schemas(("Price",), ("UnitPrice",), ("Unit Price",))
    groups = column_groups(["Price", "UnitPrice", "Unit Price"], renamed)
    assert groups == [("Unit Price", "UnitPrice", "Price")]
    assert [d.kind for d in find_drift(groups, renamed)] == ["renamed", "renamed"]


def test_many_files_are_told_in_short() -> None:
    lacking = schemas(("a", "b"), *[("a",)] * 5)
    messages = [d.message for d in find_drift(column_groups(["a", "b"], lacking), lacking)]
    assert messages == ["b is missing from 2.csv, 3.csv and 3 more files"]
