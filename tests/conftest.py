"""Fixtures that every suite may use."""

from __future__ import annotations

import hypothesis
import pytest
from support.mesh_folder import MeshFolder

# A busy machine is no failing property; the suite as a whole has a time limit.
hypothesis.settings.register_profile("meshlake", deadline=None)
hypothesis.settings.load_profile("meshlake")


@pytest.fixture
def mesh_folder(tmp_path) -> MeshFolder:
    """An empty mesh in a folder of its own."""
    return MeshFolder(tmp_path / "mesh")
