"""Fixtures that every suite may use."""

from __future__ import annotations

import hypothesis
import pytest

from meshlake import services
from support.mesh_folder import MeshFolder

# A busy machine is no failing property; the suite as a whole has a time limit.
hypothesis.settings.register_profile("meshlake", deadline=None)
hypothesis.settings.load_profile("meshlake")


@pytest.fixture
def mesh_folder(tmp_path) -> MeshFolder:
    """An empty mesh in a folder of its own."""
    return MeshFolder(tmp_path / "mesh")


@pytest.fixture(scope="session")
def mesh_home(tmp_path_factory):
    """The home of one mesh's real servers for the whole session, on free ports and away from the user's own mesh."""
    home = tmp_path_factory.mktemp("mesh")
    yield home
    services.down(home)


@pytest.fixture(scope="session")
def endpoints(mesh_home):
    """MinIO, PostgreSQL and Trino, running: only tests marked `services` may ask for them."""
    return services.up(mesh_home)
