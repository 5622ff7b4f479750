"""A landing zone in a temporary folder, as the tests of landing have it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pytest

from meshlake.landing.zone import Dataset, LandingZone
from meshlake.names import DatasetName

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NAME = DatasetName("crm", "customers")


@pytest.fixture
def put(tmp_path: Path) -> Callable[[dict[str, bytes | str]], Dataset]:
    """Writes files of `crm.customers`, named below its folder, and gives the dataset."""
    zone = LandingZone(str(tmp_path / "landing"))

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
