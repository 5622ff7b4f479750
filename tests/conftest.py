"""Fixtures that every suite may use."""

from __future__ import annotations

import pytest
from support.mesh_folder import MeshFolder


@pytest.fixture
def mesh_folder(tmp_path) -> MeshFolder:
    """An empty mesh in a folder of its own."""
    return MeshFolder(tmp_path / "mesh")
