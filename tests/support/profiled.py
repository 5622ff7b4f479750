"""Profiles of files written down."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from meshlake.discovery.profile import profile_dataset

if TYPE_CHECKING:
    from collections.abc import Callable

    from meshlake.discovery.dataset_profile import DatasetProfile
    from meshlake.settings import Settings
    from support.small_mesh import SmallMesh


@pytest.fixture
def profile(mesh: SmallMesh, settings: Settings) -> Callable[[dict[str, str | bytes]], DatasetProfile]:
    """The profile of `crm.people`, made of the files given."""
    return lambda files: profile_dataset(settings, mesh.land_files("crm.people", files))[0]
