"""Differences between the files of one dataset."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pytest

from meshlake.discovery.drift import FileSchemas, column_groups, find_drift
from meshlake.types.duckdb import parse

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


def test_several_ways_to_write_a_name_are_one_column_called_by_the_latest() -> None:
    renamed = schemas(("unit_price",), ("UnitPrice",), ("Unit Price",))
    groups = column_groups(["unit_price", "UnitPrice", "Unit Price"], renamed)
    assert groups == [("Unit Price", "UnitPrice", "unit_price")]
    assert [d.kind for d in find_drift(groups, renamed)] == ["renamed", "renamed"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        *[("price_eur", "price_usd"), ("net_amount", "gross_amount"), ("first_name", "last_name")],
        *[
            ("created_at", "updated_at"),
            ("billing_address", "shipping_address"),
            ("sales_2023", "sales_2024"),
        ],
        *[
            ("temp_c", "temp_f"),
            ("latitude", "longitude"),
            ("Price", "UnitPrice"),
            ("cust_id", "customer_id"),
        ],
        *[("price ($)", "price (€)"), ("a1.5", "a15"), ("año", "ano"), ("t-1", "t1"), ("rate", "rate %")],
    ],
)
def test_likeness_is_asked_and_never_merged(profile, one, other) -> None:
    made = profile({"1.csv": f"n,{one}\n1,10\n", "2.csv": f"n,{other}\n2,20\n"})
    assert [(c.name, c.sources, c.null_count) for c in made.columns[1:]] == [
        (one, (one,), 1),
        (other, (other,), 1),
    ]
    (question,) = made.questions
    assert (question.columns, question.files) == ((one, other), tuple(made_files(made)))
    assert question.message.startswith(f"are these one column? {one} (in 1.csv), {other} (in 2.csv). ")


def made_files(made) -> list[str]:
    return [f"{made.name.removeprefix('landing.').replace('.', '/')}/{n}.csv" for n in (1, 2)]


def test_a_question_is_asked_once_of_all_that_are_alike() -> None:
    monthly = schemas(*((f"sales_2024_{month:02}",) for month in range(1, 13)))
    names = [f"sales_2024_{month:02}" for month in range(1, 13)]
    drift = find_drift(column_groups(names, monthly), monthly)
    assert [d.columns for d in drift if d.kind == "alike"] == [tuple(names)]


def test_too_many_columns_to_compare_are_told() -> None:
    wide = schemas(tuple(f"a{n}" for n in range(300)), ("b",))
    asked = [
        d for d in find_drift(column_groups([f"a{n}" for n in range(300)], wide), wide) if d.kind == "alike"
    ]
    assert [d.message.split(",")[0] for d in asked] == ["300 columns are not in all files"]


def test_two_ways_to_write_a_name_in_one_file_are_two_columns() -> None:
    together = schemas(("unit_price",), ("Unit Price", "UnitPrice"))
    names = ["unit_price", "Unit Price", "UnitPrice"]
    assert column_groups(names, together) == [(name,) for name in names]


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_case_is_no_drift(profile, tmp_path: Path, ending) -> None:
    files = {}
    for number, name in ((1, "ID"), (2, "id")):
        path = tmp_path / f"{number}.{ending}"
        duckdb.sql(f"COPY (SELECT {number} AS {name}, {number} AS n) TO '{path}'")
        files[path.name] = path.read_bytes()
    made = profile(files)
    assert (made.drift, [c.name for c in made.columns], made.columns[0].null_count) == ((), ["ID", "n"], 0)


NESTED = {
    "a field that is missing": (
        ("{'a': 1, 'b': 2}", "{'A': 1}"),
        ["x.b is missing from 2.parquet"],
    ),
    "fields that are alike": (
        ("{'price_eur': 1}", "{'price_usd': 1}"),
        [
            "x.price_eur is missing from 2.parquet",
            "x.price_usd is missing from 1.parquet",
            "are these one column? x.price_eur (in 1.parquet), x.price_usd (in 2.parquet). They are read as 2",
        ],
    ),
    "in lists": (("[{'a': {'k': 1}}]", "[{'a': {'K': 1, 'm': 2}}]"), ["x[].a.m is missing from 1.parquet"]),
    "in maps": (
        ("MAP {'k': 1}", "MAP {'k': 'v'}"),
        ["x.value is INTEGER in 1.parquet; VARCHAR in 2.parquet"],
    ),
    "case alone": (("{'A': 1}", "{'a': 1}"), []),
    "of another kind": (("{'A': 1}", "[1]"), ["x is STRUCT in 1.parquet; a list in 2.parquet"]),
}


@pytest.mark.parametrize(("values", "messages"), NESTED.values(), ids=NESTED)
def test_what_is_nested_follows_the_same_rules(connection, values, messages) -> None:
    files = {}
    for number, value in enumerate(values, start=1):
        (described,) = connection.execute(f"DESCRIBE SELECT {value} AS x").fetchall()
        files[f"d/{number}.parquet"] = {"x": parse(described[1])}
    nested = FileSchemas(files)
    assert [d.message for d in find_drift(column_groups(["x"], nested), nested)] == messages


def test_many_files_are_told_in_short() -> None:
    lacking = schemas(("a", "b"), *[("a",)] * 5)
    messages = [d.message for d in find_drift(column_groups(["a", "b"], lacking), lacking)]
    assert messages == ["b is missing from 2.csv, 3.csv and 3 more files"]
