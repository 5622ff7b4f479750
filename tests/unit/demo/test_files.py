"""Landing files are whole or absent, and only what the demo itself left is removed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pytest

from pipelines.demo import land_demo
from pipelines.demo.files import part_path, remove_later_parts, write_part

if TYPE_CHECKING:
    from pathlib import Path


def test_a_failed_write_shows_no_file(tmp_path: Path) -> None:
    path = part_path(tmp_path, "usage", "daily_usage", 1, "parquet")
    with duckdb.connect() as connection, pytest.raises(duckdb.ConversionException):
        write_part(connection, "SELECT CAST('x' || i AS INTEGER) AS n FROM range(9) AS t (i)", path)
    assert [file for file in tmp_path.rglob("*") if file.is_file() and not file.name.startswith(".")] == []


@pytest.mark.parametrize("folder", ["plain", "with space and 'quote'", "ünï[1]*"])
def test_a_part_lands_in_any_folder(tmp_path: Path, folder: str) -> None:
    path = part_path(tmp_path / folder, "crm", "customers", 2, "csv")
    with duckdb.connect() as connection:
        write_part(connection, "SELECT 1 AS a, 'x,y' AS b", path)
    assert path == tmp_path / folder / "crm" / "customers" / "customers_0002.csv"
    assert path.read_text() == 'a,b\n1,"x,y"\n'


def test_only_later_parts_of_the_demo_are_removed(tmp_path: Path) -> None:
    folder = tmp_path / "crm" / "customers"
    folder.mkdir(parents=True)
    for name in ("customers_0001.csv", "customers_0002.csv", "customers_mine.csv", "notes.txt"):
        (folder / name).write_text("")
    remove_later_parts(tmp_path, "crm", "customers", last_part=1)
    assert sorted(path.name for path in folder.iterdir()) == [
        "customers_0001.csv",
        "customers_mine.csv",
        "notes.txt",
    ]


def test_the_demo_lands_both_operators(tmp_path: Path) -> None:
    lines: list[str] = []
    land_demo(tmp_path, customers=50, days=90, progress=lambda _, line: lines.append(line))
    datasets = {str(path.parent.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()}
    assert datasets == {
        "billing/invoices",
        "crm/customers",
        "retail/transactions",
        "support/tickets",
        "usage/daily_usage",
    }
    assert lines[-1].startswith("50 customers landed")
