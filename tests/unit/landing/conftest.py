"""A landing zone in a temporary folder, and DuckDB connections as the engine opens them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest

from meshlake.landing.relation import relation_sql
from meshlake.landing.zone import Dataset, LandingZone
from meshlake.names import DatasetName

NAME = DatasetName("crm", "customers")
PutFiles = Callable[[dict[str, bytes | str]], Dataset]


@pytest.fixture
def zone(tmp_path: Path) -> LandingZone:
    return LandingZone(str(tmp_path / "landing"))


@pytest.fixture
def put(zone: LandingZone) -> PutFiles:
    """Writes files of `crm.customers`, named below its folder, and gives the dataset."""

    def write(files: dict[str, bytes | str]) -> Dataset:
        for name, content in files.items():
            path = Path(zone.root, "crm", "customers", name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        return zone.dataset(NAME)

    return write


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(":memory:") as opened:
        opened.execute("SET preserve_insertion_order = false; SET TimeZone = 'UTC'")
        yield opened


@pytest.fixture
def read(connection: duckdb.DuckDBPyConnection) -> Callable[[Dataset], list[tuple[object, ...]]]:
    """All rows of a dataset, sorted, with nulls first."""

    def rows(dataset: Dataset) -> list[tuple[object, ...]]:
        found = connection.execute(f"SELECT * FROM {relation_sql(dataset)}").fetchall()
        return sorted(found, key=lambda row: [(value is not None, str(value)) for value in row])

    return rows
