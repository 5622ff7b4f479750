"""Corrections on S3 are whole as on a disk: killed at any step, and while others read."""

from __future__ import annotations

import uuid

import pytest

from support.corrections import FILES, IS_DONE_FROM, STEPS, hold_kills_and_replacements
from support.server_mesh import settings_of
from support.small_mesh import SmallMesh

pytestmark = pytest.mark.services


def test_a_correction_killed_at_any_step_is_whole_or_has_not_been(tmp_path, endpoints):
    keys = {name: value for name, value in settings_of(endpoints).items() if name.startswith("s3")}
    mesh = SmallMesh(tmp_path / "mesh", landing=f"s3://landing/{uuid.uuid4().hex}", **keys)
    steps = [1, FILES, IS_DONE_FROM, IS_DONE_FROM + 2, STEPS - 3, STEPS - 1]
    hold_kills_and_replacements(mesh, steps, times=5)
