"""Landing files are whole or absent, and only what the demo itself left is removed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pytest

from meshlake.demo import land_demo
from meshlake.demo.files import part_path, remove_other_parts, write_part

if TYPE_CHECKING:
    from pathlib import Path


def test_a_failed_write_shows_no_file(tmp_path: Path) -> None:
    path = part_path(tmp_path, "daily_usage", 1, "parquet")
    with duckdb.connect() as connection, pytest.raises(duckdb.ConversionException):
        write_part(connection, "SELECT CAST('x' || i AS INTEGER) AS n FROM range(9) AS t (i)", path)
    assert [file for file in tmp_path.rglob("*") if file.is_file() and not file.name.startswith(".")] == []


@pytest.mark.parametrize("folder", ["plain", "with space and 'quote'", "ünï[1]*"])
def test_a_part_lands_in_any_folder(tmp_path: Path, folder: str) -> None:
    path = part_path(tmp_path / folder, "customers", 2, "csv")
    with duckdb.connect() as connection:
        write_part(connection, "SELECT 1 AS a, 'x,y' AS b", path)
    assert path == tmp_path / folder / "customers_0002.csv"
    assert path.read_text() == 'a,b\n1,"x,y"\n'


def test_only_other_parts_of_the_demo_are_removed(tmp_path: Path) -> None:
    folder = tmp_path / "customers"
    for day in ("day=1", "day=2"):
        (folder / day).mkdir(parents=True)
    for name in ("customers_0001.csv", "customers_0002.csv", "customers_mine.csv", "notes.txt"):
        (folder / name).write_text("")
        (folder / "day=1" / name).write_text("")
    (folder / "day=2" / "customers_0001.csv").write_text("")
    remove_other_parts(folder, {folder / "customers_0001.csv"})
    kept = [
        "customers_0001.csv",
        "customers_mine.csv",
        "day=1/customers_mine.csv",
        "day=1/notes.txt",
        "notes.txt",
    ]
    assert sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()) == kept
    assert not (folder / "day=2").exists()


@pytest.mark.slow
def test_the_demo_lands_both_operators(tmp_path: Path) -> None:
    lines: list[str] = []
    land_demo(tmp_path, customers=50, days=90, progress=lambda _, line: lines.append(line))
    files = [path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file()]
    datasets = {f"{path.parts[0]}/{path.parts[1]}" for path in files}
    assert datasets == {
        "billing/invoices",
        "crm/customers",
        "retail/transactions",
        "support/tickets",
        "usage/daily_usage",
    }
    assert lines[-1].startswith("50 customers landed")
