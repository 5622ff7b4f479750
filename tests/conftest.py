"""Fixtures that every suite may use."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING

import duckdb
import hypothesis
import pytest

from meshlake import services
from meshlake.landing.zone import Dataset, LandingZone, files_zone
from support.small_mesh import SmallMesh

if TYPE_CHECKING:
    from meshlake.settings import Settings

PutFiles = Callable[[Mapping[str, bytes | str]], Dataset]

# A busy machine is no failing property; the suite as a whole has a time limit. The same examples each time: a change is
# judged by what it changes, and new examples are looked for by `make fuzz`.
hypothesis.settings.register_profile("meshlake", deadline=None, derandomize=True)
hypothesis.settings.register_profile("fuzz", deadline=None, print_blob=True)
hypothesis.settings.load_profile("meshlake")

# The suites' processes have the cores already: OpenMP's threads would spin there, each waiting for the others.
os.environ.setdefault("OMP_NUM_THREADS", "1")


@pytest.fixture(scope="session", autouse=True)
def _no_settings_of_the_shell():
    """`meshlake.open` reads variables too: those of whoever runs the tests are not the tests' meshes'."""
    with pytest.MonkeyPatch.context() as patch:
        for name in set(os.environ) - {"MESH_CACHE"}:
            if name.startswith(("MESH_", "DAGSTER_")):
                patch.delenv(name)
        yield


@pytest.fixture
def mesh(tmp_path) -> SmallMesh:
    """An empty mesh in a folder of its own."""
    return SmallMesh(tmp_path / "mesh")


@pytest.fixture(scope="session")
def mesh_home(tmp_path_factory):
    """The home of one mesh's real servers for the whole session, on free ports and away from the user's own mesh."""
    home = tmp_path_factory.mktemp("mesh")
    yield home
    services.down(home)


@pytest.fixture(scope="session", autouse=True)
def _trino_is_compiled_quickly():
    """The tests' Trinos live for minutes and read few rows: what Java's second compiler makes never pays for itself."""
    of_trino = services.Endpoints.as_trino_environment
    quickly = {"JDK_JAVA_OPTIONS": "-XX:TieredStopAtLevel=1"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(services.Endpoints, "as_trino_environment", lambda self: of_trino(self) | quickly)
        yield


@pytest.fixture(scope="session")
def endpoints(mesh_home):
    """MinIO, PostgreSQL and Trino, running: only tests marked `services` may ask for them."""
    return services.up(mesh_home)


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


@pytest.fixture(scope="session")
def _database() -> Iterator[duckdb.DuckDBPyConnection]:
    """One for all that ask for a connection: to open one takes eight milliseconds of a core."""
    with duckdb.connect(":memory:") as opened:
        opened.execute("SET preserve_insertion_order = false")
        yield opened


@pytest.fixture
def connection(_database: duckdb.DuckDBPyConnection) -> Iterator[duckdb.DuckDBPyConnection]:
    """DuckDB as the engine opens it: nothing is in it, and no setting is as another test left it."""
    before = _settings(_database)
    with _database.cursor() as opened:
        opened.execute("SET TimeZone = 'UTC'; ATTACH ':memory:' AS of_one_test; USE of_one_test")
        yield opened
    _database.execute("DETACH of_one_test")
    for name, _ in _settings(_database) - before:
        _database.execute(f"SET GLOBAL {name} = '{dict(before)[name]}'")


def _settings(connection: duckdb.DuckDBPyConnection) -> set[tuple[str, str | None]]:
    return set(connection.execute("SELECT name, value FROM duckdb_settings()").fetchall())
