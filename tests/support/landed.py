"""Fixtures of a mesh in a temporary folder: files land by being written, products by being drafted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from meshlake.discovery.dataset_profile import DatasetProfile
from meshlake.discovery.profile import profile_dataset
from meshlake.landing.zone import LandingZone
from meshlake.names import DatasetName
from meshlake.settings import Settings, load_settings

Put = Callable[[str, dict[str, str | bytes]], None]
Profile = Callable[[dict[str, str | bytes]], DatasetProfile]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings({}, tmp_path)


@pytest.fixture
def zone(settings: Settings) -> LandingZone:
    return LandingZone(settings.landing)


@pytest.fixture
def put(settings: Settings) -> Put:
    """Writes the files of a dataset, `crm.people` for example."""

    def write(dataset: str, files: dict[str, str | bytes]) -> None:
        folder = Path(settings.landing, *dataset.split("."))
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)

    return write


@pytest.fixture
def profile(settings: Settings, zone: LandingZone, put: Put) -> Profile:
    """The profile of `crm.people`, made of the files given."""

    def made(files: dict[str, str | bytes]) -> DatasetProfile:
        put("crm.people", files)
        return profile_dataset(settings, zone.dataset(DatasetName("crm", "people")))[0]

    return made


def csv(*rows: str) -> str:
    return "\n".join(rows) + "\n"
