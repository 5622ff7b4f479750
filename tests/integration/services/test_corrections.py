"""Corrections on S3 are whole as on a disk: killed at any step, and while others read."""

from __future__ import annotations

import uuid

import pytest

from meshlake import services
from meshlake.services import Service
from support.corrections import FILES, IS_DONE_FROM, STEPS, hold_kills_and_replacements
from support.server_mesh import settings_of
from support.small_mesh import SmallMesh

pytestmark = pytest.mark.services


@pytest.fixture(scope="module")
def minio(tmp_path_factory):
    """MinIO alone, which is up in a second."""
    home = tmp_path_factory.mktemp("minio")
    yield services.up(home, which=[Service.MINIO])
    services.down(home)


def test_a_correction_killed_at_any_step_is_whole_or_has_not_been(tmp_path, minio):
    keys = {name: value for name, value in settings_of(minio).items() if name.startswith("s3")}
    mesh = SmallMesh(tmp_path / "mesh", landing=f"s3://landing/{uuid.uuid4().hex}", **keys)
    steps = [1, FILES, IS_DONE_FROM, IS_DONE_FROM + 2, STEPS - 3, STEPS - 1]
    hold_kills_and_replacements(mesh, steps, times=5)
