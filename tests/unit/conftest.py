"""The empty mesh of a test as the packages below the front door take it: its settings, its landing zone, its files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING

import duckdb
import pytest

from meshlake.landing.zone import Dataset, LandingZone, files_zone

if TYPE_CHECKING:
    from meshlake.settings import Settings
    from support.small_mesh import SmallMesh

PutFiles = Callable[[Mapping[str, bytes | str]], Dataset]


@pytest.fixture
def settings(mesh: SmallMesh) -> Settings:
    return mesh.settings


@pytest.fixture
def zone(settings: Settings) -> LandingZone:
    return files_zone(settings)


@pytest.fixture
def put(mesh: SmallMesh) -> PutFiles:
    """Writes files of `crm.customers`, named below its folder, and gives the dataset."""
    return partial(mesh.land_files, "crm.customers")


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    """DuckDB as the engine opens it."""
    with duckdb.connect(":memory:") as opened:
        opened.execute("SET preserve_insertion_order = false; SET TimeZone = 'UTC'")
        yield opened
