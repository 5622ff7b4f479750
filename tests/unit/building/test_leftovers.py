"""`mesh clean` beside the lake: half-written model versions and spilled files go, whole versions stay."""

from __future__ import annotations

from pathlib import Path

from meshlake.building.leftovers import remove_leftovers
from meshlake.settings import load_settings


def test_only_what_killed_builds_left_goes(tmp_path):
    settings = load_settings({}, tmp_path)
    folder = Path(settings.models, "a.b")
    for file in (
        folder / "v1" / "record.json",
        folder / "v2" / "model.skops",
        settings.scratch / "spilled.tmp",
    ):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"{}")
    assert remove_leftovers(settings, grace_seconds=3600) == 0
    assert remove_leftovers(settings, grace_seconds=0) == 2
    assert list(folder.iterdir()) == [folder / "v1"]
    assert list(settings.scratch.iterdir()) == []
