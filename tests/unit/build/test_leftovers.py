"""`mesh clean` beside the lake: half-written model versions and spilled files go, whole versions stay."""

from __future__ import annotations

from pipelines.build.leftovers import remove_leftovers
from pipelines.settings import load_settings


def test_only_what_killed_builds_left_goes(tmp_path):
    settings = load_settings({}, tmp_path)
    whole, half = settings.models / "a.b" / "v1", settings.models / "a.b" / ".v2.0f"
    for folder in (whole, half, settings.scratch):
        folder.mkdir(parents=True)
    (settings.scratch / "duckdb_temp_storage.tmp").write_bytes(b"x")
    assert remove_leftovers(settings, grace_seconds=3600) == 0
    assert remove_leftovers(settings, grace_seconds=0) == 2
    assert whole.is_dir()
    assert not half.exists()
    assert list(settings.scratch.iterdir()) == []
